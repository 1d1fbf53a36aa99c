"""What an event changed, in words: each member with what it was and what it is."""

import json
from typing import Any, NamedTuple

from api.http.language import in_words, language
from api.pages.frame.languages import N_, _, money
from api.pages.frame.words import STATES, of_state
from ledger.reasons import Reason
from words import sentence

PROVIDERS = {
    "lexoffice": "lexoffice",
    "easybill": "easybill",
    "stripe": "Stripe",
    "custom": N_("Eigener Webhook"),
    "digistore24": "Digistore24",
    "copecart": "CopeCart",
}
_MEMBERS = {
    "state": N_("Status"),
    "state_reason": N_("Grund"),
    "holds": N_("Angehalten"),
    "payment_intent": N_("Zahlung bei Stripe"),
    "checkout_session": N_("Sitzung bei Stripe"),
    "order_reference": N_("Bestellung"),
    "partner_code": N_("Partner"),
    "campaign_slug": N_("Kampagne"),
    "base_cents": N_("Basis netto"),
    "tax_cents": N_("USt"),
    "gross_cents": N_("Brutto"),
    "paid_cents": N_("Bezahlt"),
    "refunded_cents": N_("Erstattet"),
    "open_cents": N_("Offen"),
    "net_cents": N_("Provision netto"),
    "provisional": N_("Vorläufig"),
    "invoice_id": N_("Rechnung (Id)"),
    "invoice_number": N_("Rechnung"),
    "credit_note_number": N_("Gutschrift"),
    "reopened": N_("Wieder ein Entwurf"),
    "difference": N_("Abweichung"),
    "names_invoices": N_("Nennt die Rechnung (Id)"),
    "payout": N_("Auszahlung"),
    "shows": N_("Der Beleg zeigt"),
    "differences": N_("Weicht ab"),
}


class ChangeWords(NamedTuple):
    what: str
    before: str
    after: str


def changes_of(changes: Any) -> list[ChangeWords]:
    """An event's `changes`, flat; commissions name their level and partner."""
    if not isinstance(changes, dict):
        return []
    kind = "payout" if "payout" in changes else "transaction"
    found = [
        _change(_name(member), value, member, kind) for member, value in changes.items() if member != "commissions"
    ]
    for moved in changes.get("commissions") or []:
        where = _("Provision Stufe %(level)s (%(partner)s)", level=moved.get("level"), partner=moved.get("partner"))
        found += [
            _change(f"{where}: {_name(member)}", value, member, "commission")
            for member, value in moved.items()
            if isinstance(value, list)
        ]
    return found


def readable(body: Any) -> str:
    """JSON with indents, other text as it is."""
    return body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)


def _name(member: str) -> str:
    return _(_MEMBERS.get(member, member))


def _change(what: str, value: Any, member: str, kind: str) -> ChangeWords:
    if isinstance(value, list) and len(value) == 2 and member != "differences":
        return ChangeWords(what, _value(value[0], member, kind), _value(value[1], member, kind))
    return ChangeWords(what, "", _value(value, member, kind))


def _value(value: Any, member: str, kind: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict) and "code" in value:
        return in_words(Reason(code=str(value["code"]), params=value.get("params") or {}))
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if member == "holds":
        return "; ".join(sentence(str(code), {}, language()) for code in value) or "–"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if member.endswith("_cents") and isinstance(value, int):
        return money(value)
    if member == "state" and value in STATES[kind]:
        return of_state(kind, value)
    return _(str(value))
