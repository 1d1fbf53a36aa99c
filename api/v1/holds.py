"""What holds a sale or a payout, as the JSON API shows it: codes, and sentences in the language asked for."""

from typing import Any

from pydantic import BaseModel, Field

from api.http.language import in_words
from api.http.rows import shown
from ledger.payouts.payouts import Payout
from ledger.reasons import Hold
from ledger.sales.sale_holds import SaleHold
from ledger.sales.transactions import Transaction


class HoldInWords(Hold):
    sentence: str = Field(examples=["Zahlungsstreit"])


class Held(BaseModel):
    """`held_reason` and `blocked_reason` are the sentences of what `holds` (and `blocked`) name by codes."""

    holds: list[HoldInWords]
    held_reason: str | None
    blocked_reason: str | None


class TransactionShown(Held, Transaction):
    """`holds` has a sentence each."""

    state_reason: str | None = Field(description="Warum der Verkauf in seinem Zustand ist")


class PayoutShown(Held, Payout):
    """`holds` has a sentence each."""


def sale_shown(sale: Transaction, **more: Any) -> dict[str, Any]:
    voided = [in_words(hold) for hold in sale.holds if hold.code == SaleHold.INVOICE_VOIDED]
    return shown(
        sale,
        holds=[_shown(hold) for hold in sale.holds],
        held_reason="; ".join(in_words(hold) for hold in sale.held) or None,
        blocked_reason=voided[0] if voided else None,
        state_reason=in_words(sale.why),
        **more,
    )


def payout_shown(payout: Payout, **more: Any) -> dict[str, Any]:
    return shown(
        payout,
        holds=[_shown(hold) for hold in payout.holds],
        held_reason=" ".join(in_words(hold) for hold in payout.holds) or None,
        blocked_reason=None if payout.blocked is None else in_words(payout.blocked),
        state_reason=in_words(payout.why),
        **more,
    )


def _shown(hold: Hold) -> dict[str, Any]:
    return shown(hold, sentence=in_words(hold))
