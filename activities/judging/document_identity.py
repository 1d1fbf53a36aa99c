"""A document whose creation got no answer: what makes one in the books the lost one, and what a search proves.

rules.md, The marker: adopted only if marker, net (gross ± 1 cent), recipient and organisation agree. The same for
every kind of document that we create.
"""

from collections.abc import Callable, Sequence

from activities.books.documents import BookedDocument
from activities.books.registry import documents_of
from ledger import tasks
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.inbox import redelivery
from ledger.reasons import Reason

CURRENCY = "EUR"


def carries_marker(document: BookedDocument, intent: Intent) -> bool:
    """The marker is compared whole, brackets included."""
    return intent.marker in document.text


def identity(document: BookedDocument, intent: Intent) -> dict[str, bool]:
    """Whether it is, by each of these, the document that was sent."""
    return {
        "organization": document.organization_id == intent.organization_id,
        "marker": carries_marker(document, intent),
        "recipient": document.recipient == documents_of(intent.provider).recipient_of(intent),
    }


def differences_of_invoice(document: BookedDocument, intent: Intent) -> tuple[str, ...]:
    """Names of what is not as it was sent. Its lines are gross, so lexoffice works out the net: ± 1 cent as well."""
    checks = {
        **identity(document, intent),
        "currency": document.currency == CURRENCY,
        "net": abs(document.total_net_cents - intent.net_cents) <= 1,
        "gross": abs(document.total_gross_cents - intent.gross_cents) <= 1,
    }
    return tuple(name for name, fits in checks.items() if not fits)


async def judge_search(
    tx: TenantTransaction,
    intent: Intent,
    marked: Sequence[BookedDocument],
    *,
    differences: Callable[[BookedDocument], tuple[str, ...]],
    needs_person: bool,
) -> list[str] | None:
    """Adopt the only document with the marker, if it is as sent. None three times, after the waiting time, proves that
    it was not made; `needs_person` says who may conclude that.

    Returns the candidates, where a person must say what became of it; None where nobody need be asked.
    """
    if intent.empty_searches >= unclear_outcomes.ENOUGH_SEARCHES:
        return None  # A notification has brought the question before a person meanwhile.
    if len(marked) == 1 and not differences(marked[0]):
        await intents.made(tx, intent.id, marked[0].id, adopted=True)
        await redelivery.hand_over_parked(tx)
        return None
    if marked:
        await unclear_outcomes.stop_searching(tx, intent.id)
        return [str(document.id) for document in marked]
    if await unclear_outcomes.count_empty_search(tx, intent.id) < unclear_outcomes.ENOUGH_SEARCHES:
        return None
    if needs_person:
        return []
    await intents.refuse(tx, intent.id, "not found in three searches", attempt=intent.attempt)
    return None


async def ask_about_lost_invoice(
    tx: TenantTransaction, intent: Intent, candidates: Sequence[str], differences: Sequence[str] = ()
) -> None:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="invoice_outcome_unknown",
            subject="transaction",
            subject_id=str(intent.transaction_id),
            reason=Reason.of("invoice_outcome_unclear"),
            actions=("adopt", "create_again", "cancel"),
            detail={"candidates": list(candidates), "differences": list(differences), "intent": str(intent.id)},
            links={"transaction": f"/api/v1/transactions/{intent.transaction_id}"},
        ),
    )
