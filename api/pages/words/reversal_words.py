"""A Storno in words: why it was asked for, and how far it is."""

from api.pages.frame.languages import N_, _
from ledger.payouts.own_reversal_rows import Ground, OwnReversal
from ledger.types import LEXOFFICE, DocumentStage

GROUNDS = {
    Ground.ERROR: N_("Der Beleg war falsch"),
    Ground.CHANGE: N_("Die Gegenleistung hat sich geändert (§ 17 UStG)"),
    Ground.OBJECTION: N_("Der Partner hat widersprochen (§ 14 Abs. 2 Satz 6 UStG)"),
}


def state(reversal: OwnReversal) -> str:
    """How far its document is."""
    if reversal.withdrawn_at is not None:
        return _("zurückgenommen")
    if reversal.confirmed is None:
        return _("wartet auf eine zweite Person")
    if not reversal.confirmed:
        return _("abgelehnt")
    if reversal.is_effective:
        return _("zugegangen")
    if reversal.blocked is not None:
        return _("kommt nicht weiter")
    match reversal.stage:
        case None:
            return _("wird ausgestellt")
        case DocumentStage.ISSUED if reversal.books == LEXOFFICE:
            return _("wird gebucht")
        case _:
            return _("wird zugestellt")
