"""What a form about a partner says, in the ledger's words; what is not acceptable, in those of people."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, SecretStr, ValidationError

from api.pages.languages import N_, cents_of
from ledger.manual_lines import NewManualLine
from ledger.partner_bank import NewBankDetails
from ledger.partner_tax import NewTaxStatus
from ledger.partners import NewPartner, Partner, PartnerChange
from ledger.refusals import NotAcceptable
from ledger.types import business_day

Wanted = TypeVar("Wanted", bound=BaseModel)

_FIELDS = ("name", "email", "sponsor_code", "campaign_slug", "supplement", "street", "zip", "city", "country_code")
_WRONG = {
    "code": N_("Der Code hat 1 bis 32 Zeichen: Großbuchstaben, Ziffern, „-“ und „_“."),
    "name": N_("Der Name hat 1 bis 200 Zeichen."),
    "email": N_("Die E-Mail-Adresse ist zu lang."),
    "country_code": N_("Das Land hat zwei Großbuchstaben, etwa DE."),
    "zip": N_("Die Postleitzahl ist zu lang."),
    "minimum_payout_cents": N_("Die Mindestauszahlung ist null oder größer."),
    "lexoffice_contact_id": N_("Die Id des Kontakts in lexoffice ist keine."),
    "valid_from": N_("Bitte nennen Sie den ersten Tag."),
    "status": N_("Diesen Status gibt es nicht."),
    "confirmed_year": N_("Das bestätigte Kalenderjahr ist keines."),
    "account_holder": N_("Der Kontoinhaber hat 1 bis 70 Zeichen."),
    "iban": N_("Die IBAN ist nicht gültig."),
    "reason": N_("Bitte nennen Sie den Grund (höchstens 500 Zeichen)."),
    "service_date": N_("Bitte nennen Sie den Leistungstag."),
    "net_cents": N_("Der Betrag ist zu groß."),
    "transaction_id": N_("Die Id des Verkaufs ist keine."),
    "kind": N_("Bonus oder Korrektur?"),
}


def typed_of(partner: Partner) -> dict[str, str]:
    """A partner as its form shows it."""
    fields = {name: getattr(partner, name) or "" for name in _FIELDS}
    minimum = partner.minimum_payout_cents
    return fields | {
        "code": partner.code,
        "status": partner.status,
        "lexoffice_contact_id": str(partner.lexoffice_contact_id or ""),
        "minimum": "" if minimum is None else f"{minimum // 100},{minimum % 100:02d}",
    }


def new_partner(form: Mapping[str, str]) -> NewPartner:
    return _read(NewPartner, _members(form) | {"code": _word(form, "code").upper()})


def partner_change(form: Mapping[str, str]) -> PartnerChange:
    return _read(PartnerChange, _members(form))


def tax_status(form: Mapping[str, str]) -> NewTaxStatus:
    members: dict[str, Any] = {
        "status": _word(form, "tax_status"),
        "valid_from": _word(form, "valid_from"),
        "vat_id": _word(form, "vat_id") or None,
        "tax_number": _word(form, "tax_number") or None,
        "confirmed_year": _word(form, "confirmed_year") or None,
    }
    return _read(NewTaxStatus, members)


def bank_details(form: Mapping[str, str]) -> NewBankDetails:
    return _read(
        NewBankDetails,
        {
            "account_holder": _word(form, "account_holder"),
            "iban": SecretStr(_word(form, "iban")),
            "bic": _word(form, "bic") or None,
        },
    )


def manual_line(form: Mapping[str, str]) -> NewManualLine:
    return _read(
        NewManualLine,
        {
            "kind": _word(form, "kind"),
            "net_cents": cents_of(_word(form, "amount")),
            "service_date": _word(form, "service_date"),
            "reason": _word(form, "reason"),
            "transaction_id": _word(form, "transaction_id") or None,
        },
    )


def agreement(form: Mapping[str, str]) -> tuple[str, date]:
    """Version and day of the agreement on self-billing."""
    version = _word(form, "version")
    if not 1 <= len(version) <= 50:
        raise NotAcceptable(N_("Bitte nennen Sie die Fassung der Vereinbarung."), code="version_missing")
    try:
        return version, business_day(_word(form, "accepted_on"))
    except ValueError:
        raise NotAcceptable(N_("Bitte nennen Sie den Tag als Datum."), code="day_missing") from None


def _members(form: Mapping[str, str]) -> dict[str, Any]:
    members: dict[str, Any] = {name: _word(form, name) or None for name in _FIELDS}
    members["name"] = _word(form, "name")
    members["status"] = _word(form, "status") or "active"
    members["country_code"] = _word(form, "country_code").upper() or None
    members["minimum_payout_cents"] = cents_of(form["minimum"]) if _word(form, "minimum") else None
    contact = _word(form, "lexoffice_contact_id")
    try:
        members["lexoffice_contact_id"] = UUID(contact) if contact else None
    except ValueError:
        raise NotAcceptable(_WRONG["lexoffice_contact_id"], code="contact_not_acceptable") from None
    return members


def _read(kind: type[Wanted], members: dict[str, Any]) -> Wanted:
    try:
        return kind.model_validate(members)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        sentence = _WRONG.get(field)
        if sentence is None and first["type"] == "value_error":
            sentence = str(first["ctx"]["error"])  # a sentence of the ledger's own
        # `from None`: the error repeats what was typed.
        raise NotAcceptable(
            sentence or N_("Angaben fehlen oder sind nicht zulässig."), code="invalid_request"
        ) from None


def _word(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()
