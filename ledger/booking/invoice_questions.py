"""What an invoice leaves open: nothing is booked, the event says why, and where it helps a person is asked."""

from collections.abc import Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from ledger import tasks
from ledger.audit import audit, hands
from ledger.booking import invoice_sales
from ledger.booking.outcome import Outcome
from ledger.database import TenantTransaction
from ledger.inbox import events
from ledger.programme import partners
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.sales import transactions
from ledger.sales.references import hold_references
from ledger.types import EventId, EventState, Frozen, TransactionId

_WHO_BROUGHT_IT = ("assign_partner", "book_without_partner", "done")


class Question(Enum):
    """(kind of the task or None, how the event ends, the code of the reason, the actions that resolve it)"""

    FOREIGN_CURRENCY = (None, EventState.WAITING, "currency_not_euro", ())
    NOTHING_TO_PAY = (None, EventState.FAILED, "invoice_total_not_positive", ())
    TWO_PARTNERS = (
        "two_partner_codes",
        EventState.FAILED,
        "two_partner_codes",
        _WHO_BROUGHT_IT,
    )
    UNKNOWN_PARTNER = (
        "unknown_partner_code",
        EventState.FAILED,
        "invoice_names_unknown_partner",
        _WHO_BROUGHT_IT,
    )
    UNKNOWN_CAMPAIGN = (
        "unknown_campaign",
        EventState.FAILED,
        "invoice_names_unknown_campaign",
        ("done",),
    )
    REFERENCE_TAKEN = (
        "order_reference_taken",
        EventState.FAILED,
        "order_has_other_invoice",
        ("done",),
    )
    SEVERAL_SALES = (
        "order_reference_ambiguous",
        EventState.FAILED,
        "orders_of_several_sales",
        ("assign",),
    )
    WHICH_SALE = (
        "invoice_without_reference",
        EventState.WAITING,
        "which_sale",
        ("assign", "book_new"),
    )

    REPLACES_VOIDED = (
        "replaces_voided",
        EventState.WAITING,
        "replaces_voided_invoice",
        ("assign", "book_new"),
    )

    async def ask(
        self, tx: TenantTransaction, resource_id: UUID, event_ids: Sequence[EventId], detail: dict[str, Any]
    ) -> Outcome:
        """The outcome to store on the event. Opens a task for people where the question has a kind of task."""
        kind, state, code, actions = self.value
        reason = Reason.of(code)
        if kind is not None:
            await tasks.ask(
                tx,
                tasks.NewTask(
                    kind=kind,
                    subject="document",
                    subject_id=str(resource_id),
                    reason=reason,
                    actions=actions,
                    detail=detail,
                    links={"invoice_id": str(resource_id), "event_ids": list(event_ids)},
                ),
            )
        return Outcome(state=state, reason=reason)


CLOSED_BY_AN_ANSWER = tuple(question.value[0] for question in Question if question.value[0] is not None)
ABOUT_THE_PARTNER = tuple(question.value[0] for question in (Question.TWO_PARTNERS, Question.UNKNOWN_PARTNER))
ANSWERED_BY_A_PERSON = (
    *ABOUT_THE_PARTNER,
    *(question.value[0] for question in (Question.WHICH_SALE, Question.SEVERAL_SALES, Question.REPLACES_VOIDED)),
)


class Unclear(Exception):
    """An invoice that cannot be booked as it is."""

    def __init__(self, question: Question, detail: dict[str, Any] | None = None) -> None:
        super().__init__(question.name)
        self.question = question
        self.detail = detail or {}


async def is_new_by_decision(tx: TenantTransaction, resource_id: UUID) -> bool:
    """Whether a person said that this invoice is a sale of its own."""
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM tasks
                            WHERE tenant_id = $1 AND subject = 'document' AND subject_id = $2 AND kind = ANY ($3)
                              AND resolution ->> 'action' = 'book_new')
            """,
            tx.tenant.id,
            str(resource_id),
            list(ANSWERED_BY_A_PERSON),
        )
    )


async def answer_by_references(
    tx: TenantTransaction, references: Sequence[str], *, merged: Sequence[TransactionId] = ()
) -> None:
    """A sale has these references from now on, or these sales are one: which sale an invoice belongs to may be clear.

    The events that waited for a person are handed over again; whoever looks for missed ones announces them.
    """
    rows = await tx.fetch(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'event',
                         resolution = '{"action": "obsolete"}'
         WHERE tenant_id = $1 AND subject = 'document' AND state = 'open'
           AND (kind = $2 AND detail -> 'order_references' ?| $3::text[]
                OR kind = $4 AND EXISTS (SELECT 1 FROM jsonb_array_elements(detail -> 'candidates') AS c
                                          WHERE c ->> 'transaction_id' = ANY ($5::text[])))
        RETURNING subject_id
        """,
        tx.tenant.id,
        Question.WHICH_SALE.value[0],
        list(references),
        Question.SEVERAL_SALES.value[0],
        [str(sale) for sale in merged],
    )
    if rows:
        await events.reexamine(tx, [UUID(row["subject_id"]) for row in rows])


class WhoBroughtIt(Frozen):
    """A person's answer; None: nobody."""

    partner_code: str | None


async def partner_decided(tx: TenantTransaction, resource_id: UUID) -> WhoBroughtIt | None:
    """What a person last answered to the question who brought this invoice."""
    row = await tx.fetchrow(
        """
        SELECT CASE resolution ->> 'action' WHEN 'assign_partner' THEN resolution ->> 'partner_code' END AS partner_code
          FROM tasks
         WHERE tenant_id = $1 AND subject = 'document' AND subject_id = $2 AND kind = ANY ($3)
           AND resolution ->> 'action' IN ('assign_partner', 'book_without_partner')
         ORDER BY resolved_at DESC LIMIT 1
        """,
        tx.tenant.id,
        str(resource_id),
        list(ABOUT_THE_PARTNER),
    )
    return None if row is None else WhoBroughtIt(partner_code=row["partner_code"])


async def resolve_invoice_question(
    tx: TenantTransaction,
    resource_id: UUID,
    *,
    action: str,
    transaction_id: TransactionId | None = None,
    partner_code: str | None = None,
    by: str,
) -> tuple[EventId, ...]:
    """Say whose invoice it is: `assign` to a sale, or `book_new`; or who brought it: `assign_partner`, or
    `book_without_partner`. Returns the events to replay; that books it.

    Raises NotAllowedNow (no such question is open, the action does not answer it, the sale has another valid
    invoice), NotAcceptable (no such partner) and NotFound (no such sale).
    """
    await hands.hold_tenant(tx)
    await hold_references(tx, [str(resource_id)])
    question = await tx.fetchrow(
        """
        SELECT id, links FROM tasks
         WHERE tenant_id = $1 AND subject = 'document' AND subject_id = $2 AND kind = ANY ($3) AND state = 'open'
           AND $4 = ANY (actions)
        """,
        tx.tenant.id,
        str(resource_id),
        list(ANSWERED_BY_A_PERSON),
        action,
    )
    if question is None:
        raise NotAllowedNow("question_not_open")
    if action == "assign":
        if transaction_id is None:
            raise NotAllowedNow("transaction_missing")
        sale = await transactions.lock(tx, transaction_id)
        if await invoice_sales.live_invoice_of(tx, sale) is not None:
            raise NotAllowedNow("sale_has_invoice")
        await invoice_sales.store_reference(tx, resource_id, sale)
    named: dict[str, Any] = {"transaction_id": transaction_id and str(transaction_id)}
    if action == "assign_partner":
        partner = await partners.find_by_code(tx, partner_code or "")
        if partner is None:
            raise NotAcceptable("unknown_partner")
        named["partner_code"] = partner.code
    await tx.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = $3, resolution = $4
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        question["id"],
        by,
        {"action": action, **named},
    )
    await audit.record(
        tx,
        actor=by,
        action=f"invoice.{action}",
        subject="document",
        subject_id=str(resource_id),
        detail=named,
    )
    return tuple(EventId(event_id) for event_id in question["links"].get("event_ids", []))
