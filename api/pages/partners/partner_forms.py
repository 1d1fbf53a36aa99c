"""What a form about a partner says, in the ledger's words; what is not acceptable, in those of people."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, SecretStr, ValidationError

from api.pages.frame.languages import cents_of
from ledger.bank.partner_accounts import NewBankDetails
from ledger.commissions.manual_lines import NewManualLine
from ledger.programme.partners import NewPartner, Partner, PartnerChange
from ledger.refusals import NotAcceptable
from ledger.tax.seat_decisions import NewSeatDecision
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.tax.vat_checks import ProofByHand
from ledger.types import business_day

Wanted = TypeVar("Wanted", bound=BaseModel)

_FIELDS = (
    *("name", "email", "phone", "sponsor_code", "campaign_slug", "predecessor_code"),
    *("supplement", "street", "zip", "city", "country_code"),
)
_WRONG = {
    "code": "partner_code_not_acceptable",
    "name": "partner_name_not_acceptable",
    "email": "email_too_long",
    "phone": "phone_not_acceptable",
    "country_code": "country_not_acceptable",
    "zip": "zip_too_long",
    "minimum_payout_cents": "minimum_not_acceptable",
    "lexoffice_contact_id": "contact_not_acceptable",
    "valid_from": "first_day_missing",
    "status": "unknown_status",
    "confirmed_year": "confirmed_year_not_acceptable",
    "account_holder": "account_holder_not_acceptable",
    "iban": "iban_invalid",
    "reason": "reason_length",
    "service_date": "service_date_missing",
    "net_cents": "amount_too_large",
    "transaction_id": "sale_id_not_acceptable",
    "kind": "line_kind_missing",
    "request_id": "consultation_number_not_acceptable",
    "request_date": "day_not_acceptable",
}
"""Why a field is not acceptable, by its name."""


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
        "business_id": _word(form, "business_id") or None,
        "confirmed_year": _word(form, "confirmed_year") or None,
        "exclusion": _word(form, "exclusion") or None,
        "declared_on": _word(form, "declared_on") or None,
    }
    return _read(NewTaxStatus, members)


def seat_decision(form: Mapping[str, str]) -> NewSeatDecision:
    return _read(NewSeatDecision, {"rendered_from": _word(form, "rendered_from"), "reason": _word(form, "reason")})


def vat_proof(form: Mapping[str, str]) -> ProofByHand:
    return _read(ProofByHand, {"request_id": _word(form, "request_id"), "request_date": _word(form, "request_date")})


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
        raise NotAcceptable("version_missing")
    try:
        return version, business_day(_word(form, "accepted_on"))
    except ValueError:
        raise NotAcceptable("day_not_acceptable") from None


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
        raise NotAcceptable("contact_not_acceptable") from None
    return members


def _read(kind: type[Wanted], members: dict[str, Any]) -> Wanted:
    try:
        return kind.model_validate(members)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        code = _WRONG.get(field)
        if code is None and first["type"] == "value_error":
            code = str(first["ctx"]["error"])  # a code of the ledger's own
        # `from None`: the error repeats what was typed.
        raise NotAcceptable(code or "invalid_request") from None


def _word(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()
