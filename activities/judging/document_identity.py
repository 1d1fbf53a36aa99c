"""A document whose creation got no answer: what makes one in lexoffice the lost one, and what a search proves.

rules.md, The marker: adopted only if marker, net (gross ± 1 cent), recipient and organisation agree. The same for
every kind of document that we create.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from httpcalls.errors import NotFound
from httpcalls.json_bodies import without_none
from ledger import tasks
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.inbox import redelivery
from ledger.reasons import Reason
from ledger.types import DocumentKind
from lexoffice.client import LexofficeClient
from lexoffice.documents import CreditNote, DocumentAddress, Invoice
from lexoffice.new_documents import NewCreditNote, NewInvoice, Recipient
from lexoffice.wire import CURRENCY

Document = CreditNote | Invoice


def content_of(intent: Intent) -> NewCreditNote | NewInvoice:
    """What is sent, or was."""
    # Older versions stored null for members that the client has no longer (language, layout, terms of payment).
    content = without_none(**intent.content)
    if intent.kind is DocumentKind.CREDIT_NOTE:
        return NewCreditNote.model_validate(content)
    return NewInvoice.model_validate(content)


async def fetch(client: LexofficeClient, kind: DocumentKind, resource_id: UUID) -> Document | None:
    """None: there is no such document."""
    try:
        if kind is DocumentKind.CREDIT_NOTE:
            return await client.credit_note(resource_id)
        return await client.invoice(resource_id)
    except NotFound:
        return None


def parse(kind: DocumentKind, body: bytes) -> Document:
    return CreditNote.from_body(body) if kind is DocumentKind.CREDIT_NOTE else Invoice.from_body(body)


def carries_marker(document: Document, intent: Intent) -> bool:
    """The marker is compared whole, brackets included."""
    return intent.marker in text_of(document)


def text_of(document: Document) -> str:
    return f"{document.introduction or ''}\n{document.remark or ''}"


def identity(document: Document, intent: Intent) -> dict[str, bool]:
    """Whether it is, by each of these, the document that was sent."""
    return {
        "organization": document.organization_id == intent.organization_id,
        "marker": carries_marker(document, intent),
        "recipient": _same_recipient(content_of(intent).recipient, document.address),
    }


def differences_of_invoice(document: Document, intent: Intent) -> tuple[str, ...]:
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
    marked: Sequence[Document],
    *,
    differences: Callable[[Document], tuple[str, ...]],
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


def _same_recipient(wanted: Recipient, shown: DocumentAddress) -> bool:
    if wanted.contact_id is not None:
        return shown.contact_id == wanted.contact_id
    return shown.contact_id is None and all(
        _plain(getattr(wanted, part)) == _plain(getattr(shown, part))
        for part in ("name", "supplement", "street", "zip", "city", "country_code")
    )


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
