"""Admin → Auszahlungen: the list with its filters and sums, its file, and a new payout."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import in_words, said
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked, csv_answer, every_row
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import STATES, of_state, tone
from ledger.csv_writing import Cents
from ledger.database import TenantTransaction
from ledger.keyset import position_in_time
from ledger.payouts import payout_list, payout_requests, payout_runs, tax_questions
from ledger.payouts.payout_list import PayoutFilter, PayoutRow
from ledger.payouts.payout_runs import PayoutRun
from ledger.programme import partners
from ledger.refusals import Blocked, Refused
from ledger.roles import Permission
from ledger.types import PayoutState

PAGE = "/admin/auszahlungen"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
_FILTERS = ("status", "partner", "von", "bis", "auszahlungslauf", "lauf", "nummer")


@router.get(PAGE)
async def payouts_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
        found, following = (
            ([], None)
            if asked.wrong
            else await payout_list.list_payouts(tx, wanted, after=position_in_time(asked.cursor), limit=PAGE_LENGTH)
        )
        sums = [] if asked.wrong else await payout_list.sums(tx, wanted)
        runs = await payout_runs.list_paying_runs(tx)
        if wanted.payout_run and all(run.id != wanted.payout_run for run in runs):
            runs.append(await payout_runs.get(tx, wanted.payout_run))
    without_state = {name: value for name, value in asked.typed.items() if value and name != "status"}
    return visit.page(
        "payouts.html",
        status=422 if asked.wrong else 200,
        asked=asked,
        payouts=found,
        first=asked.first,
        following=asked.following(following),
        chosen_run=wanted.payout_run,
        runs=[(run.id, _of_run(run)) for run in runs],
        states=[(state, _(word)) for state, (word, _tone) in STATES["payout"].items()],
        tiles=[
            (
                of_state("payout", one.state),
                one.payouts,
                one.gross_cents,
                _address(without_state | ({} if wanted.state is one.state else {"status": one.state.value})),
                wanted.state is one.state,
                tone("payout", one.state),
            )
            for one in sorted(sums, key=lambda one: list(STATES["payout"]).index(one.state))
        ],
        may_write=visit.person.may(Permission.WRITE),
    )


@router.get(f"{PAGE}.csv")
async def payouts_file(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
    if asked.refused:
        raise asked.refused
    header = [
        _(text)
        for text in (
            N_("Nummer"), N_("Status"), N_("Partner"), N_("Name"), N_("Leistung von"), N_("Leistung bis"), N_("Netto"),
            N_("USt"), N_("Auszahlungsbetrag"), N_("Gutschrift"), N_("Angefordert"), N_("Ausgezahlt am"),
            N_("Auszahlungslauf"), N_("Steht still"),
        )
    ]  # fmt: skip

    return csv_answer("auszahlungen", header, every_row(visit, payout_list.list_payouts, wanted, _line))


@router.get(f"{PAGE}/neu")
async def new_page(visit: Writer) -> Response:
    return _new(visit, partner=visit.request.query_params.get("partner", "")[:32])


@router.post(f"{PAGE}/neu")
async def request_payout(visit: Writer) -> Response:
    """The same as POST /api/v1/payouts: the partner's approved commissions become one payout."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            payout = await payout_requests.request_payout(
                tx, partner_code=visit.field("partner").upper(), actor=visit.person.actor
            )
    except Refused as refused:
        if isinstance(refused, Blocked):
            await _ask_to_mend(visit)
        return _new(visit, partner=visit.field("partner"), wrong=said(refused))
    await visit.doors.announcer.payout(visit.tenant, payout)
    return RedirectResponse(f"{PAGE}/{payout.number}?hinweis=angefordert", status_code=303)


async def _ask_to_mend(visit: Visit) -> None:
    """The reason stays as a task for whoever mends the partner's data; the refusal undid everything else."""
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await partners.find_by_code(tx, visit.field("partner").upper())
        if partner is not None:
            await tax_questions.ask_or_close(tx, partner.id)


def _new(visit: Visit, *, partner: str, wrong: str | None = None) -> Response:
    return visit.page("payout_new.html", status=422 if wrong else 200, partner=partner, wrong=wrong)


async def _filter(tx: TenantTransaction, asked: Asked) -> PayoutFilter:
    return PayoutFilter(
        state=asked.state("status", PayoutState),
        partner_id=await asked.partner(tx, "partner"),
        requested_from=asked.first_day("von"),
        requested_before=asked.day_after("bis"),
        payout_run=asked.id("auszahlungslauf"),
        bank_run=asked.text("lauf"),
        number=asked.text("nummer"),
    )


def _line(row: PayoutRow) -> Sequence[Any]:
    return (
        row.number,
        of_state("payout", row.state),
        row.partner_code,
        row.partner_name,
        row.period_from,
        row.period_to,
        Cents(row.net_cents),
        Cents(row.tax_cents),
        Cents(row.gross_cents),
        row.credit_note_number,
        row.created_at,
        row.paid_on,
        row.run_period,
        None if row.standing is None else in_words(row.standing),
    )


def _of_run(run: PayoutRun) -> str:
    return _("%(period)s (abgebrochen)", period=run.period) if run.state == "cancelled" else run.period


def _address(members: dict[str, str]) -> str:
    return f"{PAGE}?{urlencode(members)}" if members else PAGE
