"""What a fetched invoice means for the ledger (rules.md, What a fetched document means; design.md, Events).

The caller has fetched the document and its payments, judged what was paid, and keeps the snapshot; here the
difference to the ledger is applied, once: the same facts again change nothing.
"""

from collections.abc import Sequence
from datetime import date

from ledger import tasks
from ledger.booking import attribution, credited_invoices, invoice_sales, replacement
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.booking.invoice_questions import (
    CLOSED_BY_AN_ANSWER,
    Question,
    Unclear,
    booked_as_new_by_decision,
    partner_decided,
)
from ledger.booking.outcome import Outcome, SaleState, look, settled
from ledger.commissions import commissions
from ledger.database import Connection
from ledger.documents import intents
from ledger.money import euro
from ledger.payouts import payouts
from ledger.programme import campaigns, partners
from ledger.programme.partners import Partner
from ledger.sales import customers, refunds, transactions
from ledger.sales.references import hold_references
from ledger.sales.transactions import Transaction
from ledger.types import CampaignId, CommissionState, EventId, EventState, PayoutState, Tenant, TransactionState

__all__ = ["BEFORE_CUT_OVER", "InvoiceFacts", "InvoiceOutcome", "apply_invoice", "is_before_cut_over", "wait_for_turn"]

InvoiceOutcome = Outcome
BEFORE_CUT_OVER = "Die Rechnung liegt vor dem Stichtag."
UNPAID_AFTER_PAYOUT = "unpaid_after_payout"
GIVEN_BACK = "Die Zahlung wurde beim Zahlungsanbieter vollständig erstattet."
NOT_PAID_BY_CASH = "Die Rechnung wurde nicht durch Zahlung beglichen."


async def wait_for_turn(db: Connection, tenant: Tenant, facts: InvoiceFacts) -> None:
    """Two invoices of one order take turns, and so does what the payment provider says about it.

    Call it before touching `external_documents` in the same transaction; `apply_invoice` does it too.
    """
    await hold_references(db, tenant, [str(facts.resource_id), *facts.order_references])


async def is_before_cut_over(db: Connection, tenant: Tenant, voucher_date: date) -> bool:
    """Whether an invoice of that day is none of ours: asked when the tenant connected (rules.md)."""
    cut_over: date | None = await db.fetchval(
        "SELECT effective_from FROM provider_connections WHERE tenant_id = $1 AND provider = 'lexoffice'", tenant.id
    )
    return cut_over is not None and voucher_date < cut_over


async def apply_invoice(
    db: Connection, tenant: Tenant, facts: InvoiceFacts, *, event_ids: Sequence[EventId] = ()
) -> InvoiceOutcome:
    """Bring the ledger to what the invoice says. `event_ids` are linked from the question that may come of it."""
    await wait_for_turn(db, tenant, facts)
    document = await invoice_sales.document_of(db, tenant, facts)
    try:
        if document.transaction_id is None:
            outcome = await _first_seen(db, tenant, facts, replaced=document.was_detached)
        else:
            outcome = await _known(db, tenant, facts, await transactions.lock(db, tenant, document.transaction_id))
    except Unclear as unclear:
        return await unclear.question.ask(db, tenant, facts.resource_id, event_ids, unclear.detail)
    if document.transaction_id is None:
        await credited_invoices.take_up(db, tenant, facts.resource_id)
    await tasks.close_questions(
        db, tenant, subject="document", subject_id=str(facts.resource_id), kinds=CLOSED_BY_AN_ANSWER, by="event"
    )
    return outcome


async def _first_seen(db: Connection, tenant: Tenant, facts: InvoiceFacts, *, replaced: bool) -> Outcome:
    if facts.status == "deleted":
        return _nothing("Die gelöschte Rechnung gehörte zu keinem Verkauf.")
    if facts.voucher_date is not None and await is_before_cut_over(db, tenant, facts.voucher_date):
        return Outcome(state=EventState.IGNORED, reason=BEFORE_CUT_OVER)
    sales = await invoice_sales.sales_named_by(db, tenant, facts)
    if len(sales) > 1:
        raise Unclear(Question.SEVERAL_SALES, {"candidates": [{"transaction_id": str(found)} for found in sales]})
    if sales:
        sale = await transactions.lock(db, tenant, sales[0])
        other = await invoice_sales.live_invoice_of(db, tenant, sale)
        if facts.status == "voided" and (replaced or other is not None):
            return _nothing("An die Stelle der stornierten Rechnung ist eine andere getreten.")
        if other is not None:
            raise Unclear(Question.REFERENCE_TAKEN)
        return await _known(db, tenant, facts, sale)
    if facts.to_be_booked and not await booked_as_new_by_decision(db, tenant, facts.resource_id):
        voided = await invoice_sales.lately_voided(db, tenant, facts)
        if voided:
            raise Unclear(Question.REPLACES_VOIDED, {"candidates": voided})
    if facts.status != "paid":
        return _nothing("Zu dieser Rechnung ist kein Verkauf bekannt; gebucht wird mit der Zahlung.")
    _refuse_what_cannot_be_booked(facts)
    if facts.base_cents == 0:
        return _nothing(facts.reason or NOT_PAID_BY_CASH)
    # Who brought it and what it pays is clear before anything is written.
    partner = await _partner_named(db, tenant, facts)
    await _campaign_named(db, tenant, facts)
    if not await booked_as_new_by_decision(db, tenant, facts.resource_id):
        candidates = await invoice_sales.candidates(db, tenant, facts)
        if candidates:
            raise Unclear(Question.WHICH_SALE, {"candidates": candidates})
    sale = await invoice_sales.create(db, tenant, facts)
    return await _booked(db, tenant, facts, SaleState(sale=None), sale, partner)


async def _known(db: Connection, tenant: Tenant, facts: InvoiceFacts, sale: Transaction) -> Outcome:
    before = await look(db, tenant, sale.id)
    if facts.status == "deleted":
        # Only drafts can be deleted: nothing was owed by it, nothing is refunded.
        await invoice_sales.detach(db, tenant, facts)
        return await settled(db, tenant, before, sale.id)
    if facts.to_be_booked:
        _refuse_what_cannot_be_booked(facts)
        if facts.base_cents > 0:
            partner = None if sale.partner_id else await _partner_named(db, tenant, facts)
            return await _booked(db, tenant, facts, before, sale, partner)
    await invoice_sales.attach(db, tenant, facts, sale)
    if facts.status == "voided":
        await _void(db, tenant, sale, facts)
    elif facts.to_be_booked:
        await replacement.end(db, tenant, sale)
        cause = refunds.CREDIT_NOTE if facts.credited_cents > 0 else refunds.NOT_PAID
        await _refund(db, tenant, sale, facts.reason or NOT_PAID_BY_CASH, cause=cause, document=facts.voucher_number)
    elif sale.state is TransactionState.APPROVED:
        await _unpay(db, tenant, sale, facts)
    return await settled(db, tenant, before, sale.id)


async def _booked(
    db: Connection,
    tenant: Tenant,
    facts: InvoiceFacts,
    before: SaleState,
    sale: Transaction,
    partner: Partner | None,
) -> Outcome:
    """An open or paid invoice gives the sale its final base, its partner if it had none, and its state."""
    campaign_id = await _campaign_named(db, tenant, facts)
    await _ask_about_other_partner(db, tenant, facts, sale)
    await invoice_sales.attach(db, tenant, facts, sale)
    await replacement.end(db, tenant, sale)
    if facts.status == "open" and sale.state is TransactionState.APPROVED and not await _unpay(db, tenant, sale, facts):
        return await settled(db, tenant, before, sale.id, reason="Die Provisionen sind bereits abgerechnet.")
    if not sale.provisional and facts.base_cents < sale.base_cents:
        cause = refunds.CREDIT_NOTE if facts.credited_cents > sale.credited_cents else refunds.NOT_PAID
        await refunds.note_cause(db, tenant, sale.id, cause=cause, document=facts.voucher_number)
    await invoice_sales.write_amounts(db, tenant, facts, sale)
    named = await transactions.find(db, tenant, sale.id)
    if sale.partner_id is None and partner is not None:
        named = await attribution.bind(
            db, tenant, named, partner_id=partner.id, campaign_id=campaign_id or sale.campaign_id
        )
    elif campaign_id is not None and sale.partner_id is None:
        named = await attribution.name_campaign(db, tenant, named, campaign_id)
    elif campaign_id not in (None, sale.campaign_id) and sale.partner_id is not None and sale.provisional:
        named = await attribution.bind(db, tenant, named, partner_id=sale.partner_id, campaign_id=campaign_id)
    await attribution.hold_own_purchase(db, tenant, before.sale, named)
    if facts.status == "paid":
        await tasks.close_questions(
            db, tenant, subject="transaction", subject_id=str(sale.id), kinds=(UNPAID_AFTER_PAYOUT,), by="event"
        )
    state = TransactionState.APPROVED if facts.status == "paid" else TransactionState.PENDING
    await refunds.follow_invoice(db, tenant, sale.id, state, _paid_note(facts))
    # lexoffice does not know of money that the payment provider gave back: its "paid" restores nothing.
    given_back = (await transactions.find(db, tenant, sale.id)).state is TransactionState.REFUNDED
    return await settled(db, tenant, before, sale.id, reason=GIVEN_BACK if given_back else None)


async def _void(db: Connection, tenant: Tenant, sale: Transaction, facts: InvoiceFacts) -> None:
    """Blocks the commissions at once; they are reversed when no other invoice has come in the replacement window."""
    if await replacement.begin_or_wait(db, tenant, sale):
        return
    await replacement.end(db, tenant, sale)
    await _refund(db, tenant, sale, replacement.VOIDED, cause=refunds.INVOICE_VOIDED, document=facts.voucher_number)


async def _refund(
    db: Connection, tenant: Tenant, sale: Transaction, reason: str, *, cause: str, document: str | None
) -> None:
    if sale.state is not TransactionState.REFUNDED:
        await refunds.note_cause(db, tenant, sale.id, cause=cause, document=document)
    await refunds.follow_invoice(db, tenant, sale.id, TransactionState.REFUNDED, reason)


async def _unpay(db: Connection, tenant: Tenant, sale: Transaction, facts: InvoiceFacts) -> bool:
    """The payment was unassigned in lexoffice: what is in a payout without a document leaves it again.

    False: a document promises commissions, or they are paid; a person decides.
    """
    if await _is_settled(db, tenant, sale):
        await tasks.ask(
            db,
            tenant,
            kind=UNPAID_AFTER_PAYOUT,
            subject="transaction",
            subject_id=str(sale.id),
            reason=f"Die Rechnung ist nicht mehr bezahlt ({euro(facts.paid_cents)} von {euro(facts.gross_cents)}), "
            "ihre Provisionen sind aber schon abgerechnet.",
            links={"transaction_id": str(sale.id), "invoice_id": str(facts.resource_id)},
        )
        return False
    await refunds.follow_invoice(db, tenant, sale.id, TransactionState.PENDING, _paid_note(facts))
    return True


async def _is_settled(db: Connection, tenant: Tenant, sale: Transaction) -> bool:
    """Whether a commission is paid, or in a payout whose document exists or may. Holds the payouts it asks about."""
    rows = await commissions.commissions_of(db, tenant, sale.id)
    came_back = {row.reissued_of for row in rows}
    if any(row.state is CommissionState.PAID and row.id not in came_back for row in rows):
        return True
    for number in sorted({row.payout_number for row in rows if row.payout_number}):
        payout = await payouts.lock(db, tenant, number)
        if payout.state not in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED):
            return True
        if await intents.open_of_payout(db, tenant, payout.id) is not None:
            return True
    return False


def _refuse_what_cannot_be_booked(facts: InvoiceFacts) -> None:
    if facts.currency.upper() != "EUR":
        raise Unclear(Question.FOREIGN_CURRENCY)
    if facts.gross_cents <= 0 or facts.base_cents < 0:
        raise Unclear(Question.NOTHING_TO_PAY)


async def _partner_named(db: Connection, tenant: Tenant, facts: InvoiceFacts) -> Partner | None:
    """By the document, else by the customer's fields, else the customer's assigned partner (design.md, Events).

    What a person answered to the question comes first.
    """
    decided = await partner_decided(db, tenant, facts.resource_id)
    if decided is not None:
        return await _partner(db, tenant, decided.partner_code) if decided.partner_code else None
    if facts.partner_codes_differ:
        raise Unclear(Question.TWO_PARTNERS)
    code = facts.customer_partner_code if facts.partner_code is None else facts.partner_code
    if code is not None:
        return await _partner(db, tenant, code)
    customer = await customers.find_by_names(db, tenant, facts.customer)
    if customer is None or customer.assigned_partner_id is None:
        return None
    return await partners.find(db, tenant, customer.assigned_partner_id)


async def _partner(db: Connection, tenant: Tenant, code: str) -> Partner:
    partner = await partners.find_by_code(db, tenant, code)
    if partner is None:
        raise Unclear(Question.UNKNOWN_PARTNER, {"partner_code": code})
    return partner


async def _campaign_named(db: Connection, tenant: Tenant, facts: InvoiceFacts) -> CampaignId | None:
    if facts.campaign_slug is None:
        return None
    campaign = await campaigns.find_by_slug(db, tenant, facts.campaign_slug)
    if campaign is None:
        raise Unclear(Question.UNKNOWN_CAMPAIGN, {"campaign": facts.campaign_slug})
    return campaign.id


async def _ask_about_other_partner(db: Connection, tenant: Tenant, facts: InvoiceFacts, sale: Transaction) -> None:
    """The sale's own partner stays: it knows who clicked, the invoice was written later by a person.

    A code that nobody has is no question then: somebody is named already.
    """
    if sale.partner_id is None or facts.partner_code is None:
        return
    named = await partners.find_by_code(db, tenant, facts.partner_code)
    if named is not None and named.id != sale.partner_id:
        await tasks.ask(
            db,
            tenant,
            kind="invoice_names_other_partner",
            subject="transaction",
            subject_id=str(sale.id),
            reason="Die Rechnung nennt einen anderen Partner als der Verkauf; es bleibt beim Partner des Verkaufs.",
            detail={"sale": sale.partner_code, "invoice": named.code},
            links={"transaction_id": str(sale.id), "invoice_id": str(facts.resource_id)},
        )


def _paid_note(facts: InvoiceFacts) -> str | None:
    if facts.status != "paid" and facts.paid_cents > 0:
        return f"bezahlt {euro(facts.paid_cents)} von {euro(facts.gross_cents)}"
    return facts.reason


def _nothing(reason: str) -> Outcome:
    return Outcome(state=EventState.UNCHANGED, reason=reason)
