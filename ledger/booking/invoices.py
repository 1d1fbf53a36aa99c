"""What a fetched invoice means for the ledger (rules.md, What a fetched document means; design.md, Events).

The caller has fetched the document and its payments, judged what was paid, and keeps the snapshot; here the
difference to the ledger is applied, once: the same facts again change nothing.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from ledger import clock, tasks
from ledger.booking import (
    attribution,
    credited_invoices,
    foreign_currency,
    invoice_sales,
    naming,
    replacement,
    same_sale,
)
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.booking.invoice_questions import (
    CLOSED_BY_AN_ANSWER,
    Question,
    Unclear,
    is_new_by_decision,
    partner_decided,
)
from ledger.booking.outcome import Outcome, SaleState, read_state, settled
from ledger.commissions import commissions
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.payouts import payouts
from ledger.programme import campaigns, partners
from ledger.programme.partners import Partner
from ledger.provider_ids import provider_of
from ledger.reasons import Reason
from ledger.sales import customers, introductions, refunds, transactions
from ledger.sales.foreign_payments import ToldPayment
from ledger.sales.transactions import Transaction
from ledger.types import (
    LEXOFFICE,
    CampaignId,
    CommissionState,
    EventId,
    EventState,
    Frozen,
    PayoutState,
    TransactionState,
)

__all__ = ["BEFORE_CUT_OVER", "InvoiceFacts", "InvoiceOutcome", "apply_invoice", "is_before_cut_over", "wait_for_turn"]

InvoiceOutcome = Outcome
BEFORE_CUT_OVER = Reason.of("before_cut_over")
UNPAID_AFTER_PAYOUT = "unpaid_after_payout"
GIVEN_BACK = Reason.of("refunded_by_provider")
NOT_PAID_BY_CASH = Reason.of("not_paid_by_cash")


class Brought(Frozen):
    """Who gets the sale its invoice tells of, and how that is known; nobody, or one of several."""

    partner: Partner | None = None
    by: Literal["name", "person", "subscription", "customer"] = "name"
    campaign_id: CampaignId | None = None
    unclear: bool = False


async def wait_for_turn(tx: TenantTransaction, facts: InvoiceFacts) -> None:
    """Two invoices of one order take turns, and so does what the payment provider says about it.

    Call it before touching `external_documents` in the same transaction; `apply_invoice` does it too.
    """
    await same_sale.hold(tx, [str(facts.resource_id), *facts.order_references], customers.keys(facts.customer))


async def is_before_cut_over(tx: TenantTransaction, voucher_date: date, *, provider: str = LEXOFFICE) -> bool:
    """Whether an invoice of that day is none of ours: asked when the tenant connected (rules.md)."""
    cut_over: date | None = await tx.fetchval(
        "SELECT effective_from FROM provider_connections WHERE tenant_id = $1 AND provider = $2", tx.tenant.id, provider
    )
    return cut_over is not None and voucher_date < cut_over


async def apply_invoice(
    tx: TenantTransaction, facts: InvoiceFacts, *, event_ids: Sequence[EventId] = ()
) -> InvoiceOutcome:
    """Bring the ledger to what the invoice says. `event_ids` are linked from the question that may come of it."""
    await wait_for_turn(tx, facts)
    document = await invoice_sales.document_of(tx, facts)
    try:
        if document.transaction_id is None:
            outcome = await _first_seen(tx, facts, replaced=document.was_detached)
        else:
            outcome = await _known(tx, facts, await transactions.lock(tx, document.transaction_id))
    except Unclear as unclear:
        if unclear.question is Question.FOREIGN_CURRENCY:
            return await _in_foreign_currency(tx, facts, event_ids)
        return await unclear.question.ask(tx, facts.resource_id, event_ids, unclear.detail)
    if document.transaction_id is None:
        await credited_invoices.take_up(tx, facts.resource_id)
    await tasks.close_questions(
        tx, subject="document", subject_id=str(facts.resource_id), kinds=CLOSED_BY_AN_ANSWER, by="event"
    )
    return outcome


async def _in_foreign_currency(
    tx: TenantTransaction, facts: InvoiceFacts, event_ids: Sequence[EventId]
) -> InvoiceOutcome:
    """Booked in euros at the rate that a person gave for this purchase; until there is one, it waits and asks."""
    currency, amount = facts.currency.upper(), Decimal(facts.gross_cents) / 100
    rate = await foreign_currency.rate_or_question(
        tx,
        ToldPayment(
            names=(str(facts.resource_id), *facts.order_references),
            currency=currency,
            amount=amount,
            tax=Decimal(facts.tax_cents) / 100,
            happened_on=facts.voucher_date or clock.today(),
            events=tuple(event_ids),
        ),
    )
    if isinstance(rate, Outcome):
        return rate
    outcome = await apply_invoice(tx, facts.in_euros(rate), event_ids=event_ids)
    if outcome.transaction_id is not None:
        await foreign_currency.keep_original(tx, outcome.transaction_id, rate, currency=currency, amount=amount)
    return outcome


async def _first_seen(tx: TenantTransaction, facts: InvoiceFacts, *, replaced: bool) -> Outcome:
    if facts.status == "deleted":
        return _nothing(Reason.of("deleted_invoice_had_no_sale"))
    provider = provider_of(facts.resource_id)
    if facts.voucher_date is not None and await is_before_cut_over(tx, facts.voucher_date, provider=provider):
        return Outcome(state=EventState.IGNORED, reason=BEFORE_CUT_OVER)
    sales = await invoice_sales.sales_named_by(tx, facts)
    if len(sales) > 1:
        raise Unclear(Question.SEVERAL_SALES, {"candidates": [{"transaction_id": str(found)} for found in sales]})
    if sales:
        sale = await transactions.lock(tx, sales[0])
        other = await invoice_sales.live_invoice_of(tx, sale)
        if facts.status == "voided" and (replaced or other is not None):
            return _nothing(Reason.of("voided_invoice_was_replaced"))
        if other is not None:
            raise Unclear(Question.REFERENCE_TAKEN)
        return await _known(tx, facts, sale)
    if facts.is_bookable and not await is_new_by_decision(tx, facts.resource_id):
        voided = await invoice_sales.lately_voided(tx, facts)
        if voided:
            raise Unclear(Question.REPLACES_VOIDED, {"candidates": voided})
    if facts.status != "paid":
        return _nothing(Reason.of("no_sale_of_invoice_yet"))
    _refuse_unbookable(facts)
    if facts.base_cents == 0:
        return _nothing(facts.reason or NOT_PAID_BY_CASH)
    # Who brought it and what it pays is clear before anything is written.
    brought = await _find_introducer(tx, facts, None)
    await _campaign_named(tx, facts)
    if not await is_new_by_decision(tx, facts.resource_id):
        candidates = await invoice_sales.candidates(tx, facts)
        if candidates:
            named = {"order_references": list(facts.order_references)} if facts.order_references else {}
            raise Unclear(Question.WHICH_SALE, {"candidates": candidates, **named})
    sale = await invoice_sales.create(tx, facts)
    return await _booked(tx, facts, SaleState(sale=None), sale, brought)


async def _known(tx: TenantTransaction, facts: InvoiceFacts, sale: Transaction) -> Outcome:
    before = await read_state(tx, sale.id)
    if facts.status == "deleted":
        # Only drafts can be deleted: nothing was owed by it, nothing is refunded.
        await invoice_sales.detach(tx, facts)
        return await settled(tx, before, sale.id)
    if facts.is_bookable:
        _refuse_unbookable(facts)
        if facts.base_cents > 0:
            return await _booked(tx, facts, before, sale, await _find_introducer(tx, facts, sale))
    await invoice_sales.attach(tx, facts, sale)
    if facts.status == "voided":
        await _void(tx, sale, facts)
    elif facts.is_bookable:
        await replacement.end(tx, sale)
        cause = refunds.CREDIT_NOTE if facts.credited_cents > 0 else refunds.NOT_PAID
        await _refund(tx, sale, facts.reason or NOT_PAID_BY_CASH, cause=cause, document=facts.voucher_number)
    elif sale.state is TransactionState.APPROVED:
        await _unpay(tx, sale, facts)
    return await settled(tx, before, sale.id)


async def _booked(
    tx: TenantTransaction,
    facts: InvoiceFacts,
    before: SaleState,
    sale: Transaction,
    brought: Brought,
) -> Outcome:
    """An open or paid invoice gives the sale its final base, its partner if it had none, and its state."""
    campaign_id = await _campaign_named(tx, facts)
    tells_of_others = brought.partner is not None and brought.by in ("name", "person")
    if tells_of_others:
        customer = await customers.remember(tx, facts.customer)
        await naming.hold_later(
            tx, subscription=None, customer_id=customer.id if customer else None, since=sale.sold_at, known=[sale]
        )
    await invoice_sales.attach(tx, facts, sale)
    await replacement.end(tx, sale)
    if facts.status == "open" and sale.state is TransactionState.APPROVED and not await _unpay(tx, sale, facts):
        return await settled(tx, before, sale.id, reason=Reason.of("commissions_already_settled"))
    if not sale.provisional and facts.base_cents < sale.base_cents:
        cause = refunds.CREDIT_NOTE if facts.credited_cents > sale.credited_cents else refunds.NOT_PAID
        await refunds.note_cause(tx, sale.id, cause=cause, document=facts.voucher_number)
    await invoice_sales.write_amounts(tx, facts, sale)
    named = await transactions.get(tx, sale.id)
    if brought.partner is not None:
        kept = sale.campaign_id if sale.partner_id is None else None
        named = await attribution.bind(
            tx,
            named,
            partner_id=brought.partner.id,
            campaign_id=campaign_id or kept or brought.campaign_id,
            by=brought.by,
        )
    elif campaign_id is not None and sale.partner_id is None:
        named = await attribution.name_campaign(tx, named, campaign_id)
    elif campaign_id not in (None, sale.campaign_id) and sale.partner_id is not None and sale.provisional:
        named = await attribution.bind(
            tx, named, partner_id=sale.partner_id, campaign_id=campaign_id, by=sale.partner_by
        )
    elif brought.unclear:
        await naming.ask_which_partner(tx, named)
    await attribution.hold_own_purchase(tx, before.sale, named)
    if facts.status == "paid":
        await tasks.close_questions(
            tx, subject="transaction", subject_id=str(sale.id), kinds=(UNPAID_AFTER_PAYOUT,), by="event"
        )
    state = TransactionState.APPROVED if facts.status == "paid" else TransactionState.PENDING
    await refunds.follow_invoice(tx, sale.id, state, _paid_note(facts))
    # lexoffice does not know of money that the payment provider gave back: its "paid" restores nothing.
    given_back = (await transactions.get(tx, sale.id)).state is TransactionState.REFUNDED
    later = naming.Later()
    if tells_of_others:
        later = await naming.give_later(
            tx,
            subscription=named.subscription,
            customer_id=named.customer_id,
            since=named.sold_at,
            but=sale.id,
        )
    outcome = await settled(tx, before, sale.id, reason=GIVEN_BACK if given_back else None)
    return (await naming.settle_later(tx, later)).added_to(outcome)


async def _void(tx: TenantTransaction, sale: Transaction, facts: InvoiceFacts) -> None:
    """Blocks the commissions at once; they are reversed when no other invoice has come in the replacement window."""
    if await replacement.begin_or_wait(tx, sale):
        return
    await replacement.end(tx, sale)
    await _refund(tx, sale, replacement.VOIDED, cause=refunds.INVOICE_VOIDED, document=facts.voucher_number)


async def _refund(
    tx: TenantTransaction, sale: Transaction, reason: Reason, *, cause: str, document: str | None
) -> None:
    if sale.state is not TransactionState.REFUNDED:
        await refunds.note_cause(tx, sale.id, cause=cause, document=document)
    await refunds.follow_invoice(tx, sale.id, TransactionState.REFUNDED, reason)


async def _unpay(tx: TenantTransaction, sale: Transaction, facts: InvoiceFacts) -> bool:
    """The payment was unassigned in lexoffice: what is in a payout without a document leaves it again.

    False: a document promises commissions, or they are paid; a person decides.
    """
    if await _is_settled(tx, sale):
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=UNPAID_AFTER_PAYOUT,
                subject="transaction",
                subject_id=str(sale.id),
                reason=Reason.of("unpaid_after_settlement", paid=facts.paid_cents, gross=facts.gross_cents),
                links={"transaction_id": str(sale.id), "invoice_id": str(facts.resource_id)},
            ),
        )
        return False
    await refunds.follow_invoice(tx, sale.id, TransactionState.PENDING, _paid_note(facts))
    return True


async def _is_settled(tx: TenantTransaction, sale: Transaction) -> bool:
    """Whether a commission is paid, or in a payout whose document exists or may. Holds the payouts it asks about."""
    rows = await commissions.commissions_of(tx, sale.id)
    came_back = {row.reissued_of for row in rows}
    if any(row.state is CommissionState.PAID and row.id not in came_back for row in rows):
        return True
    for number in sorted({row.payout_number for row in rows if row.payout_number}):
        payout = await payouts.lock(tx, number)
        if payout.state not in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED):
            return True
        if await intents.open_of_payout(tx, payout.id) is not None:
            return True
    return False


def _refuse_unbookable(facts: InvoiceFacts) -> None:
    if facts.currency.upper() != "EUR":
        raise Unclear(Question.FOREIGN_CURRENCY)
    if facts.gross_cents <= 0 or facts.base_cents < 0:
        raise Unclear(Question.NOTHING_TO_PAY)


async def _find_introducer(tx: TenantTransaction, facts: InvoiceFacts, sale: Transaction | None) -> Brought:
    """By a person's answer, the document, the customer's fields, else what is known of the customer (design.md,
    Events).

    Of a sale that has a partner only what yields to the name: what it took from its subscription or customer.
    """
    decided = await partner_decided(tx, facts.resource_id)
    if decided is None and facts.partner_codes_differ:
        raise Unclear(Question.TWO_PARTNERS)
    code = decided.partner_code if decided else facts.partner_code
    named = None if code is None else await _partner(tx, code)
    by: Literal["name", "person"] = "person" if decided else "name"
    if sale is not None and sale.partner_id is not None:
        if named is None or named.id == sale.partner_id:
            return Brought()
        if sale.provisional and sale.partner_by in naming.FROM_MEMORY:
            return Brought(partner=named, by=by)
        await _ask_about_other_partner(tx, facts, sale, named)
        return Brought()
    if decided is None and code is None and facts.customer_partner_code is not None:
        named = await _partner(tx, facts.customer_partner_code)
    if named is not None or decided is not None:
        return Brought(partner=named, by=by)
    customer = await customers.find_by_names(tx, facts.customer)
    known = await introductions.whose(
        tx,
        subscription=sale.subscription if sale else None,
        customer_id=customer.id if customer else sale.customer_id if sale else None,
        at=sale.sold_at if sale else invoice_sales.sold_at(facts.voucher_date),
        but=sale.id if sale else None,
    )
    if known.partner_id is None:
        return Brought(unclear=known.unclear)
    return Brought(partner=await partners.get(tx, known.partner_id), by=known.by, campaign_id=known.campaign_id)


async def _partner(tx: TenantTransaction, code: str) -> Partner:
    partner = await partners.find_by_code(tx, code)
    if partner is None:
        raise Unclear(Question.UNKNOWN_PARTNER, {"partner_code": code})
    return partner


async def _campaign_named(tx: TenantTransaction, facts: InvoiceFacts) -> CampaignId | None:
    if facts.campaign_slug is None:
        return None
    campaign = await campaigns.find_by_slug(tx, facts.campaign_slug)
    if campaign is None:
        raise Unclear(Question.UNKNOWN_CAMPAIGN, {"campaign": facts.campaign_slug})
    return campaign.id


async def _ask_about_other_partner(
    tx: TenantTransaction, facts: InvoiceFacts, sale: Transaction, named: Partner
) -> None:
    """The sale's own partner stays: it knows who clicked, the invoice was written later by a person."""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind="invoice_names_other_partner",
            subject="transaction",
            subject_id=str(sale.id),
            reason=Reason.of("invoice_names_other_partner"),
            detail={"sale": sale.partner_code, "invoice": named.code},
            links={"transaction_id": str(sale.id), "invoice_id": str(facts.resource_id)},
        ),
    )


def _paid_note(facts: InvoiceFacts) -> Reason | None:
    if facts.status != "paid" and facts.paid_cents > 0:
        return Reason.of("partly_paid", paid=facts.paid_cents, gross=facts.gross_cents)
    return facts.reason


def _nothing(reason: Reason) -> Outcome:
    return Outcome(state=EventState.UNCHANGED, reason=reason)
