"""Admin → Transaktionen: the sales, and of each its invoice, what it earns on every level, and how that came about."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions.rechecks import announce_rechecks
from api.http.book_pages import page_of_document
from api.http.language import in_words, said
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked, campaign_choices, csv_answer, every_row
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import STATES, of_state
from api.pages.words import sale_words
from api.pages.words.task_words import of_kind
from ledger import tasks
from ledger.booking import sale_decisions
from ledger.commissions import commission_list
from ledger.csv_writing import Cents
from ledger.database import TenantTransaction
from ledger.documents import documents
from ledger.keyset import position_in_time
from ledger.programme import partners
from ledger.refusals import NotAcceptable, NotAllowedNow, Refused
from ledger.roles import Permission
from ledger.sales import customers, references, sale_list, transactions
from ledger.sales.sale_list import SaleFilter, SaleRow
from ledger.types import CustomerId, TransactionId, TransactionState

PAGE = "/admin/transaktionen"
_MOST_QUESTIONS = 20
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
_FILTERS = ("status", "partner", "kunde", "von", "bis", "kampagne", "bestellung")
_HINTS = {
    "partner": N_("Der Verkauf gehört jetzt dem genannten Partner; die Provisionen sind neu berechnet."),
    "weiter": N_("Der Verkauf läuft weiter."),
}


@router.get(PAGE)
async def sales_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
        found, following = (
            ([], None)
            if asked.wrong
            else await sale_list.list_sales(tx, wanted, after=position_in_time(asked.cursor), limit=PAGE_LENGTH)
        )
        campaigns = await campaign_choices(tx)
        customer = await _customer(tx, wanted.customer_id)
    return visit.page(
        "transactions.html",
        asked=asked,
        sales=found,
        first=asked.first,
        following=asked.following(following),
        states=[(state, _(word)) for state, (word, _tone) in STATES["transaction"].items()],
        campaigns=campaigns,
        customer=customer,
    )


@router.get(f"{PAGE}.csv")
async def sales_file(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
    if asked.refused:
        raise asked.refused
    header = [
        _(text)
        for text in (
            N_("Verkauft am"), N_("Status"), N_("Bestellung"), N_("Rechnung"), N_("Kunde"), N_("Partner"),
            N_("Kampagne"), N_("Basis netto"), N_("Brutto"), N_("Erstattet"), N_("Provisionen"), N_("Vorläufig"),
            N_("Angehalten"), N_("Id"),
        )
    ]  # fmt: skip

    return csv_answer("transaktionen", header, every_row(visit, sale_list.list_sales, wanted, _line))


@router.get(PAGE + "/{sale}")
async def sale_page(sale: UUID, visit: Reader) -> Response:
    return await _shown(visit, TransactionId(sale), hint=visit.request.query_params.get("hinweis", ""))


@router.post(PAGE + "/{sale}/partner")
async def give_to_partner(sale: UUID, visit: Writer) -> Response:
    """Assign a sale that nobody brought, or give it to another partner."""
    transaction_id, code, reason = TransactionId(sale), visit.field("partner"), visit.field("reason")
    actor = visit.person.actor
    try:
        async with visit.doors.ledger.transaction(visit.tenant, cause=actor, person=visit.person.user_id) as tx:
            outcome = await sale_decisions.reassign(tx, transaction_id, code, by=actor, reason=reason)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, transaction_id, wrong=refused)
    await announce_rechecks(visit.doors, visit.tenant, outcome.payouts)
    return RedirectResponse(f"{PAGE}/{sale}?hinweis=partner", status_code=303)


@router.post(PAGE + "/{sale}/weiter")
async def release(sale: UUID, visit: Writer) -> Response:
    """Let a held sale go on."""
    transaction_id, reason, actor = TransactionId(sale), visit.field("reason"), visit.person.actor
    try:
        if not reason:
            raise NotAcceptable("reason_missing")
        async with visit.doors.ledger.transaction(visit.tenant, cause=actor, person=visit.person.user_id) as tx:
            outcome = await sale_decisions.release_hold(tx, transaction_id, by=actor, reason=reason)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, transaction_id, wrong=refused)
    await announce_rechecks(visit.doors, visit.tenant, outcome.payouts)
    return RedirectResponse(f"{PAGE}/{sale}?hinweis=weiter", status_code=303)


async def _shown(visit: Visit, sale_id: TransactionId, *, hint: str = "", wrong: Refused | None = None) -> Response:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant) as tx:
        sale = await transactions.get(tx, sale_id)
        sale_id = sale.id  # it may have turned out to be part of this one
        named = [one.reference for one in await references.of_sale(tx, sale_id)]
        earned = await commission_list.of_sale(tx, sale_id)
        given_back = await commission_list.earlier_payouts(tx, [row.id for row in earned])
        history = await sale_list.history(tx, [sale_id, *(row.id for row in earned)])
        invoice = await documents.find(tx, sale.invoice_id) if sale.invoice_id else None
        customer = await _customer(tx, sale.customer_id)
        partner = await partners.get(tx, sale.partner_id) if sale.partner_id else None
        questions = await tasks.list_open_about(
            tx, subject="transaction", subject_id=str(sale_id), at_most=_MOST_QUESTIONS
        )
        if sale.invoice_id:
            questions += await tasks.list_open_about(
                tx, subject="document", subject_id=str(sale.invoice_id), at_most=_MOST_QUESTIONS
            )
    return visit.page(
        "transaction.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        message=_HINTS.get(hint),
        sale=sale,
        named=[text for text in named if text not in (sale.order_reference, str(sale.id))],
        questions=questions,
        of_kind=of_kind,
        partner=partner,
        customer=customer,
        invoice=invoice,
        invoice_url=page_of_document(visit.doors.settings, "invoice", sale.invoice_id) if sale.invoice_id else None,
        earned=earned,
        given_back={row.id: [one for one in given_back if one.commission_id == row.id] for row in earned},
        total_cents=sum(row.net_cents for row in earned if row.state != "reversed"),
        history=history,
        of_commission={row.id: row for row in earned},
        source=_(sale_words.SOURCES[sale.source]),
        rule_of=sale_words.rule_of,
        kind_of=sale_words.kind_of,
        event_of=sale_words.event_of,
        cause_words=sale_words.cause_words,
        may_write=visit.person.may(Permission.WRITE),
        typed=visit.form if wrong else {},
    )


async def _filter(tx: TenantTransaction, asked: Asked) -> SaleFilter:
    return SaleFilter(
        state=asked.state("status", TransactionState),
        partner_id=await asked.partner(tx, "partner"),
        customer_id=customer_id(asked),
        campaign_id=await asked.campaign(tx, "kampagne"),
        sold_from=asked.first_day("von"),
        sold_before=asked.day_after("bis"),
        reference=asked.text("bestellung"),
    )


def customer_id(asked: Asked) -> CustomerId | None:
    """Customers are named by links of ours, by their id."""
    written = asked.text("kunde")
    if written is None:
        return None
    try:
        return CustomerId(UUID(written))
    except ValueError:
        asked.refused = NotAcceptable("unknown_customer")
        return None


async def _customer(tx: TenantTransaction, wanted: CustomerId | None) -> customers.Customer | None:
    return None if wanted is None else await customers.get(tx, wanted)


def _line(row: SaleRow) -> Sequence[Any]:
    return (
        row.sold_at,
        of_state("transaction", row.state),
        row.order_reference or row.payment_intent,
        row.invoice_number,
        row.customer,
        row.partner_code,
        row.campaign_slug,
        Cents(row.base_cents),
        Cents(row.gross_cents),
        Cents(row.refunded_cents),
        Cents(row.commissions_cents),
        row.provisional,
        "; ".join(in_words(hold) for hold in row.holds),
        row.id,
    )
