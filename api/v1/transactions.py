"""Sales, and what they earn on each level."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from activities.creation.invoice_document import InvoiceWish, intend_invoice
from api.http.language import in_words
from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, page
from api.v1.callers import Reader, Writer
from api.v1.doors import door_router
from api.v1.holds import TransactionShown, sale_shown
from api.v1.once import OnlyOnce
from ledger.audit import audit
from ledger.booking import sale_decisions
from ledger.commissions import commission_list, commissions
from ledger.commissions.commission_list import CommissionFilter, CommissionRow
from ledger.commissions.commissions import Commission
from ledger.commissions.explanations import explained
from ledger.countries import Country
from ledger.database import TenantTransaction
from ledger.keyset import RECORDED
from ledger.programme import partners
from ledger.refusals import NotFound
from ledger.sales import references, sale_list, transactions
from ledger.sales.references import Reference
from ledger.sales.sale_list import SaleFilter
from ledger.types import (
    BusinessDay,
    BusinessTime,
    CommissionState,
    PartnerId,
    Percent,
    Submitted,
    TransactionId,
    TransactionState,
)
from workflows.messages import invoice_workflow_id

router = door_router("/api/v1", "Verkäufe und Provisionen")

_PartnerFilter = Annotated[str | None, Query(max_length=32, description="Code des Partners", examples=["ANNA"])]


class TransactionListed(TransactionShown):
    customer: str | None = Field(description="Name des Kunden, sonst seine E-Mail")
    commissions_cents: int = Field(description="Was alle Stufen zusammen verdienen")


class CommissionListed(CommissionRow):
    """`rule` says how it came about, by `rule_code` and `rule_params`; `calculation` holds all of it."""

    rule: str | None = Field(examples=["10 % von 84,03 €"])
    rule_code: str | None
    rule_params: dict[str, Any] | None


class CommissionShown(Commission):
    """`rule` says how it came about, by `rule_code` and `rule_params`; `calculation` holds all of it."""

    rule: str | None = Field(examples=["10 % von 84,03 €"])
    rule_code: str | None
    rule_params: dict[str, Any] | None


class TransactionInFull(TransactionShown):
    """With its commissions, level by level."""

    references: list[Reference] = Field(description="Wie Zahlungsanbieter, Shop und Rechnung diesen Verkauf nennen")
    commissions: list[CommissionShown]


class Release(Submitted):
    reason: str = Field(min_length=1, max_length=500, examples=["Der Kauf war für einen Kunden."])


class Assignment(Submitted):
    partner_code: str = Field(max_length=32, examples=["ANNA"])


class NewInvoiceOfSale(Submitted):
    """To whom, and for what. A contact in lexoffice, or name and address; without both the sale's customer.

    Beside a contact, the parts of the address that are given replace the contact's on this invoice.
    """

    contact_id: UUID | None = None
    name: str | None = Field(default=None, min_length=1, max_length=200)
    street: str | None = Field(default=None, max_length=200)
    zip: str | None = Field(default=None, max_length=20)
    city: str | None = Field(default=None, max_length=100)
    country_code: Country | None = Field(default=None, description="Ohne Angabe und Kontakt: DE")
    item: str = Field(default="Leistung laut Bestellung", min_length=1, max_length=255)
    tax_rate_percentage: Percent = Field(default=Decimal(19), ge=0, le=30, max_digits=4, decimal_places=2)
    service_date: BusinessTime | None = Field(default=None, description="Ohne Angabe der Tag des Verkaufs")


class InvoiceUnderWay(BaseModel):
    transaction_id: UUID
    workflow_id: str
    net_cents: int
    gross_cents: int


class TransactionQuery(ListQuery):
    state: Annotated[TransactionState | None, Query()] = None
    partner: _PartnerFilter = None
    sold_from: Annotated[BusinessDay | None, Query(description="Tag in Europe/Berlin, einschließlich")] = None
    sold_before: Annotated[BusinessDay | None, Query(description="Tag in Europe/Berlin, ausschließlich")] = None


@router.get(
    "/transactions",
    summary="Verkäufe auflisten",
    operation_id="list_transactions",
    response_model=Page[TransactionListed],
)
async def list_transactions(
    doors: Doors,
    caller: Reader,
    asked: Annotated[TransactionQuery, Query()],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await sale_list.list_sales(
            tx,
            SaleFilter(
                state=asked.state,
                partner_id=await _partner(tx, asked.partner),
                sold_from=asked.sold_from,
                sold_before=asked.sold_before,
                updated_since=asked.updated_since,
            ),
            order=RECORDED,
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found, sale_shown))


@router.get(
    "/transactions/{transaction_id}",
    summary="Einen Verkauf mit seinen Provisionen ansehen",
    operation_id="get_transaction",
    response_model=TransactionInFull,
)
async def get_transaction(transaction_id: UUID, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await in_full(tx, TransactionId(transaction_id)))


@router.post(
    "/transactions/{transaction_id}/release",
    summary="Einen angehaltenen Verkauf freigeben",
    description="Etwa nach „Eigenkauf“: der Kunde hat die E-Mail-Adresse seines Partners.",
    operation_id="release_transaction",
    response_model=TransactionInFull,
)
async def release(
    transaction_id: UUID, caller: Writer, once: OnlyOnce, wanted: Annotated[Release, Body()]
) -> JSONResponse:

    async with once.acting() as (tx, after):
        outcome = await sale_decisions.release_hold(
            tx, TransactionId(transaction_id), by=caller.actor, reason=wanted.reason
        )
        after.rechecks(outcome.payouts)
        return after.answer(await in_full(tx, TransactionId(transaction_id)))


@router.post(
    "/transactions/{transaction_id}/partner",
    summary="Sagen, wer einen Verkauf gebracht hat",
    description="Nur für Verkäufe ohne Partner; die Provisionen entstehen nach dem Stand der Partner zur Zeit des "
    "Verkaufs.",
    operation_id="assign_transaction",
    response_model=TransactionInFull,
)
async def assign(
    transaction_id: UUID, caller: Writer, once: OnlyOnce, wanted: Annotated[Assignment, Body()]
) -> JSONResponse:

    async with once.acting() as (tx, after):
        outcome = await sale_decisions.assign_partner(
            tx, TransactionId(transaction_id), wanted.partner_code, by=caller.actor
        )
        after.rechecks(outcome.payouts)
        return after.answer(await in_full(tx, TransactionId(transaction_id)))


@router.post(
    "/transactions/{transaction_id}/invoice",
    summary="Die Rechnung zu einem Verkauf in lexoffice schreiben",
    description="Für Mandanten, die sie nicht von Hand schreiben. Die Rechnung wird angelegt und abgeschlossen; ihre "
    "Nummer steht danach am Verkauf. 409, wenn es schon eine gibt oder gerade eine angelegt wird.",
    operation_id="write_invoice",
    status_code=202,
    response_model=InvoiceUnderWay,
)
async def write_invoice(
    transaction_id: UUID,
    doors: Doors,
    caller: Writer,
    once: OnlyOnce,
    wanted: Annotated[NewInvoiceOfSale, Body(examples=[{"name": "Kunde AG", "street": "Weg 2", "zip": "53111"}])],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        intent = await intend_invoice(
            tx, TransactionId(transaction_id), InvoiceWish.model_validate(wanted.model_dump())
        )
        after(doors.announcer.invoice, tx.tenant, intent.id, intent.transaction_id)
        await audit.record(
            tx,
            actor=caller.actor,
            action="invoice.intended",
            subject="transaction",
            subject_id=str(transaction_id),
            detail={"intent": str(intent.id), "gross_cents": intent.gross_cents},
        )
        return after.answer(
            {
                "transaction_id": str(transaction_id),
                "workflow_id": invoice_workflow_id(caller.tenant, intent.id),
                "net_cents": intent.net_cents,
                "gross_cents": intent.gross_cents,
            },
            status=202,
        )


class CommissionQuery(ListQuery):
    state: Annotated[CommissionState | None, Query()] = None
    partner: _PartnerFilter = None
    transaction: Annotated[UUID | None, Query(description="Id des Verkaufs")] = None
    served_from: Annotated[BusinessDay | None, Query(description="Leistungstag, einschließlich")] = None
    served_before: Annotated[BusinessDay | None, Query(description="Leistungstag, ausschließlich")] = None


@router.get(
    "/commissions",
    summary="Provisionen auflisten",
    operation_id="list_commissions",
    response_model=Page[CommissionListed],
)
async def list_commissions(
    doors: Doors,
    caller: Reader,
    asked: Annotated[CommissionQuery, Query()],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        found = await commission_list.list_commissions(
            tx,
            CommissionFilter(
                state=asked.state,
                partner_id=await _partner(tx, asked.partner),
                transaction_id=None if asked.transaction is None else TransactionId(asked.transaction),
                served_from=asked.served_from,
                served_before=asked.served_before,
                updated_since=asked.updated_since,
            ),
            order=RECORDED,
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found, _commission))


async def _partner(tx: TenantTransaction, code: str | None) -> PartnerId | None:
    if code is None:
        return None
    found = await partners.find_by_code(tx, code)
    if found is None:
        raise NotFound("partner_not_found")
    return found.id


async def in_full(tx: TenantTransaction, transaction_id: TransactionId) -> dict[str, Any]:
    """A sale as the API shows it, with its references and commissions. Raises NotFound."""
    sale = await transactions.get(tx, transaction_id)
    earned = await commissions.commissions_of(tx, sale.id)
    named = await references.of_sale(tx, sale.id)
    return sale_shown(sale, references=[shown(one) for one in named], commissions=[_commission(one) for one in earned])


def _commission(row: Commission) -> dict[str, Any]:
    why = explained(row)
    rule = in_words(why)
    calculation = row.calculation and row.calculation | {"words": rule}
    return shown(row, rule=rule, rule_code=why and why.code, rule_params=why and why.params, calculation=calculation)
