"""Admin → Provisionen: what every level of every sale earned, by which rule, and which payout took it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked, campaign_choices, csv_answer, every_row
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import STATES, of_state
from api.pages.sales.transactions import customer_id
from api.pages.words import sale_words
from ledger.commissions import commission_list
from ledger.commissions.commission_list import CommissionFilter, CommissionRow
from ledger.csv_writing import Cents
from ledger.database import TenantTransaction
from ledger.keyset import position_in_days
from ledger.roles import Permission
from ledger.sales import customers
from ledger.types import CommissionState

PAGE = "/admin/provisionen"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
_FILTERS = ("status", "partner", "kunde", "von", "bis", "kampagne", "bestellung")


@router.get(PAGE)
async def commissions_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
        found, following = (
            ([], None)
            if asked.wrong
            else await commission_list.list_commissions(
                tx, wanted, after=position_in_days(asked.cursor), limit=PAGE_LENGTH
            )
        )
        campaigns = await campaign_choices(tx)
        customer = await customers.get(tx, wanted.customer_id) if wanted.customer_id else None
    return visit.page(
        "commissions.html",
        asked=asked,
        commissions=found,
        first=asked.first,
        following=asked.following(following),
        states=[(state, _(word)) for state, (word, _tone) in STATES["commission"].items()],
        campaigns=campaigns,
        customer=customer,
        rule_of=sale_words.rule_of,
        kind_of=sale_words.kind_of,
    )


@router.get(f"{PAGE}.csv")
async def commissions_file(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
    if asked.refused:
        raise asked.refused
    header = [
        _(text)
        for text in (
            N_("Leistungstag"), N_("Status"), N_("Art"), N_("Partner"), N_("Stufe"), N_("Kampagne"), N_("Bestellung"),
            N_("Rechnung"), N_("Basis netto"), N_("Prozent"), N_("Fester Betrag"), N_("Provision netto"),
            N_("Vorläufig"), N_("Auszahlung"), N_("Id"),
        )
    ]  # fmt: skip

    return csv_answer("provisionen", header, every_row(visit, commission_list.list_commissions, wanted, _line))


async def _filter(tx: TenantTransaction, asked: Asked) -> CommissionFilter:
    return CommissionFilter(
        state=asked.state("status", CommissionState),
        partner_id=await asked.partner(tx, "partner"),
        customer_id=customer_id(asked),
        campaign_id=await asked.campaign(tx, "kampagne"),
        served_from=asked.first_day("von"),
        served_before=asked.day_after("bis"),
        reference=asked.text("bestellung"),
    )


def _line(row: CommissionRow) -> Sequence[Any]:
    return (
        row.service_date,
        of_state("commission", row.state),
        sale_words.kind_of(row),
        row.partner_code,
        row.level,
        row.campaign_slug,
        row.order_reference,
        row.invoice_number,
        Cents(row.base_cents),
        row.percent.normalize(),
        Cents(row.fixed_cents),
        Cents(row.net_cents),
        row.provisional,
        row.payout_number,
        row.id,
    )
