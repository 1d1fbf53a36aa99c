"""What becomes of a payout whose document's voucher was undone in lexoffice: the Gutschrift still exists in law.

A person books it once more, or takes it back (rules.md, strategy B). Until then no bank file takes the payout.
"""

from datetime import date

from ledger import clock, tasks
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.types import DecisionId, Frozen, PayoutId, PayoutState, business_day

GONE = "voucher_gone"
ABOUT_THE_VOUCHER = (GONE, "voucher_differs", "voucher_number_taken", "voucher_unchecked")
"""Questions that a voucher answers which is there and agrees."""

_OF_THE_DOCUMENT = """
    EXISTS (SELECT FROM own_documents o
             WHERE o.tenant_id = d.tenant_id AND o.payout_id = d.payout_id AND o.closed_at IS NULL
               AND o.kind IN ('self_billed', 'commission_statement') AND o.issued_at <= d.decided_at)
"""
"""Of a decision `d`: said about the document that there is now, not about one that was „nicht ausgegeben"."""

_LIVES = (PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN, PayoutState.CREDIT_NOTE_OPEN)


async def ask_about_gone(tx: TenantTransaction, payout: Payout, why: Reason) -> None:
    """Keep the payout where it is, and ask. The payout is locked."""
    lives = payout.state in _LIVES
    if lives:
        await payouts.block(tx, payout.id, why)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=GONE,
            subject="payout",
            subject_id=payout.number,
            reason=why,
            # Who has ended is booked by nobody any more: what was paid is taken back, or left as it is.
            actions=("book_again", "reverse") if lives else ("reverse", "done"),
            links={"payout": f"/api/v1/payouts/{payout.number}", "credit_note": payout.credit_note_id},
        ),
    )


async def is_undone(tx: TenantTransaction, payout: PayoutId) -> bool:
    """Whether its voucher is voided, deleted, or was never found: then only a person's word goes on with it.

    Asked where no booking is open.
    """
    found: bool = await tx.fetchval(
        """
        SELECT EXISTS (SELECT FROM external_documents
                        WHERE tenant_id = $1 AND payout_id = $2 AND own_document_id IS NOT NULL AND detached_at IS NULL
                          AND (status IN ('voided', 'deleted') OR created_totals IS NULL))
        """,
        tx.tenant.id,
        payout,
    )
    return found


class Order(Frozen):
    """A person's word that a document is to be booked once more, and on which day, where the period is closed."""

    decision: DecisionId
    booked_on: str | None


def booking_day(said: object) -> str | None:
    """The day that a person names for a voucher, as it is kept. Raises NotAcceptable for none, or one to come."""
    if said is None or not str(said).strip():
        return None
    try:
        day = business_day(str(said).strip())
    except ValueError:
        raise NotAcceptable("booked_on_unreadable") from None
    if day > clock.today():
        raise NotAcceptable("booked_on_unreadable")
    return day.isoformat()


async def find_day(tx: TenantTransaction, payout: PayoutId) -> date | None:
    """The day on which a person wants a document booked whose own is in a closed period; the newest word counts."""
    found: str | None = await tx.fetchval(
        f"""
        SELECT d.detail ->> 'booked_on' FROM decisions d
         WHERE d.tenant_id = $1 AND d.payout_id = $2 AND d.kind = 'resolve' AND d.detail ->> 'action' = 'book_on'
           AND {_OF_THE_DOCUMENT}
         ORDER BY d.decided_at DESC LIMIT 1
        """,
        tx.tenant.id,
        payout,
    )
    return None if found is None else business_day(found)


async def find_order(tx: TenantTransaction, payout: PayoutId) -> Order | None:
    """The newest word that no booking has followed yet. One that lexoffice refused is none."""
    row = await tx.fetchrow(
        f"""
        SELECT d.id AS decision, d.detail ->> 'booked_on' AS booked_on FROM decisions d
         WHERE d.tenant_id = $1 AND d.payout_id = $2 AND d.kind = 'resolve'
           AND d.detail ->> 'kind' = $3 AND d.detail ->> 'action' = 'book_again'
           AND {_OF_THE_DOCUMENT}
           AND NOT EXISTS (SELECT FROM creation_intents i
                            WHERE i.tenant_id = d.tenant_id AND i.decision_id = d.id
                              AND (i.resource_id IS NOT NULL OR i.closed_at IS NULL))
         ORDER BY d.decided_at DESC LIMIT 1
        """,
        tx.tenant.id,
        payout,
        GONE,
    )
    return None if row is None else Order.from_row(row)
