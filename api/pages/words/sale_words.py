"""The words of sales and commissions: where they come from, which rule made them, what changed their state."""

import re
from typing import Protocol

from api.http.language import in_words
from api.pages.frame.languages import N_, _
from ledger.commissions.explanations import Computed, explained

SOURCES = {
    "stripe": N_("Stripe"),
    "lexoffice": N_("Rechnung in lexoffice"),
    "easybill": N_("Rechnung in easybill"),
    "api": N_("JSON-API"),
    "custom": N_("Eigener Webhook"),
    "digistore24": "Digistore24",
    "copecart": "CopeCart",
}
KINDS = {
    "sale": N_("Provision"),
    "clawback": N_("Rückbelastung"),
    "reissue": N_("Neu ausgestellt"),
    "correction": N_("Korrektur"),
    "month_close": N_("Monatsabschluss"),
    "bonus": N_("Bonus"),
    "opening_balance": N_("Anfangsbestand"),
}
_EVENT = re.compile(r"event:(\d+)(?:,\d+)*")
_CAUSES = {
    "stripe": N_("Ereignis von Stripe"),
    "decision": N_("Entscheidung über eine Auszahlung"),
    "user": N_("eine Person"),
    "key": N_("API-Schlüssel"),
    "engine": N_("automatisch"),
}


class Earned(Computed, Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def manual_kind(self) -> str | None: ...


def kind_of(row: Earned) -> str:
    return _(KINDS.get(row.manual_kind or row.kind, row.kind))


def rule_of(row: Earned) -> str:
    """„10 % von 84,03 € + 1,00 €“; of a line that a person wrote, that one did."""
    if row.manual_kind:
        return _("von Hand")
    why = explained(row)
    return in_words(why) if why else "–"


def event_of(cause: str | None) -> int | None:
    """The event that caused a change, where one did."""
    found = _EVENT.fullmatch(cause or "")
    return int(found[1]) if found else None


def cause_words(cause: str | None) -> str:
    return _(_CAUSES.get((cause or "").partition(":")[0], N_("PartnerDesk")))
