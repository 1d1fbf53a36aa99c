"""Admin → Berichte: what was owed on a past day, the comparison with lexoffice, numbers, and files to take along."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.actions import report_files
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger import clock
from ledger.refusals import NotAcceptable
from ledger.reports import month_strip, number_check, reports, reverse_charge
from ledger.reports.month_strip import Stage
from ledger.roles import Permission
from ledger.types import business_day

PAGE = "/admin/berichte"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ, page=PAGE)]
Auditor = Annotated[Visit, may(Permission.AUDIT, page=PAGE)]

COMMISSION_STATES = {
    "pending": N_("offen"),
    "approved": N_("freigegeben"),
    "in_payout": N_("in Auszahlung"),
}
TAX_CASES = {
    "regular": N_("regelbesteuert"),
    "small_business": N_("Kleinunternehmer"),
    "private": N_("Privatperson"),
    "eu_business": N_("Unternehmen in der EU"),
    "third_country": N_("Unternehmen im Drittland"),
    "small_business_eu": N_("Kleinunternehmer aus einem anderen EU-Staat"),
    "blocked": N_("ohne Beleg nach Tabelle"),
}
DIFFERENCES = {
    "missing": N_("kein Beleg bekannt"),
    "net": N_("Netto weicht ab"),
    "tax": N_("Umsatzsteuer weicht ab"),
    "state": N_("Zustand passt nicht"),
}
ENDED = {
    "cancelled": N_("storniert"),
    "rejected": N_("abgelehnt"),
    "returned": N_("Rückläufer"),
    "settled_manually": N_("von Hand erledigt"),
    "voided": N_("in der Buchhaltung storniert"),
    "deleted": N_("in der Buchhaltung gelöscht"),
}
KINDS = {
    "payout": N_("Auszahlungen"),
    "bank_run": N_("Zahlungsläufe"),
    "credit_note": N_("Gutschriften"),
}


@router.get("")
async def reports_page(visit: Reader) -> Response:
    today = clock.today()
    return visit.page(
        "reports.html",
        today=today,
        first_of_year=today.replace(month=1, day=1),
        month=today.strftime("%Y-%m"),
    )


@router.get("/stichtag")
async def day_report(visit: Reader) -> Response:
    report = await _day_report(visit)
    sums = report.by_state()
    return visit.page(
        "report_day.html",
        report=report,
        day=_query(visit, "tag"),
        states=COMMISSION_STATES,
        tax_cases=TAX_CASES,
        sums=[(state, sums[state]) for state in COMMISSION_STATES if state in sums],
    )


@router.get("/stichtag.csv")
async def day_report_csv(visit: Reader) -> Response:
    return report_files.day_report_csv(await _day_report(visit))


@router.get("/abstimmung")
async def reconciliation(visit: Reader) -> Response:
    report = await _reconciliation(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        payouts = await month_strip.of_month(tx, report.month)
    return visit.page(
        "report_month.html",
        report=report,
        month=report.month.strftime("%Y-%m"),
        differences=DIFFERENCES,
        is_reconciled=payouts.is_reconciled,
        lacking=payouts.step(Stage.RECONCILED).missing,
    )


@router.get("/abstimmung.csv")
async def reconciliation_csv(visit: Reader) -> Response:
    return report_files.reconciliation_csv(await _reconciliation(visit))


@router.get("/steuer-13b")
async def reverse_charge_page(visit: Reader) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        report = await reverse_charge.of_month(tx, _month(visit))
    return visit.page(
        "report_reverse_charge.html", report=report, month=report.month.strftime("%Y-%m"), tax_cases=TAX_CASES
    )


@router.get("/nummern")
async def numbers(visit: Reader) -> Response:
    year = _year(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await number_check.check(tx, year=year)
    return visit.page("report_numbers.html", found=found, kinds=KINDS, ended=ENDED, year=year)


@router.get("/liste/{name}.csv")
async def list_csv(name: str, visit: Reader) -> Response:
    return await report_files.list_csv(visit.doors, visit.tenant, name)


@router.get("/partner.{form}")
async def partner_statement(form: str, visit: Reader) -> Response:
    first, last = _day(visit, "von"), _day(visit, "bis")
    code = _query(visit, "partner")[:32].upper()
    return await report_files.partner_statement(visit.doors, visit.tenant, code, first, last, form)


@router.get("/jahr.{form}")
async def yearly_statement(form: str, visit: Reader) -> Response:
    year = _year(visit)
    if year is None:
        raise NotAcceptable("period_not_acceptable")
    code = _query(visit, "partner")[:32].upper()
    return await report_files.yearly_statement(visit.doors, visit.tenant, code, year, form)


@router.get("/auszahlungen/{number}/gutschrift.pdf")
async def credit_note(number: str, visit: Reader) -> Response:
    return await report_files.credit_note(visit.doors, visit.tenant, number[:32])


@router.get("/auszahlungen/{number}/abrechnung.{form}")
async def payout_statement(number: str, form: str, visit: Reader) -> Response:
    return await report_files.payout_statement(visit.doors, visit.tenant, number[:32], form)


@router.get("/auszahlungen/{number}/nachweis.zip")
async def evidence(number: str, visit: Auditor) -> Response:
    return await report_files.evidence(
        visit.doors,
        visit.tenant,
        number[:32],
        by=visit.person.actor,
        sees_bank=visit.person.may(Permission.SEE_BANK),
    )


async def _day_report(visit: Visit) -> reports.DayReport:
    day = _day(visit, "tag")
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        return await reports.open_commissions(tx, report_files.end_of(day))


async def _reconciliation(visit: Visit) -> reports.Reconciliation:
    month = _month(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        return await reports.reconcile(tx, month)


def _month(visit: Visit) -> date:
    try:
        return business_day(f"{_query(visit, 'monat')}-01")
    except ValueError:
        raise NotAcceptable("day_not_acceptable") from None


def _query(visit: Visit, name: str) -> str:
    return visit.request.query_params.get(name, "").strip()


def _year(visit: Visit) -> int | None:
    """2000 to 2999; None where there is none."""
    wanted = _query(visit, "jahr")
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 and wanted[0] == "2" else None


def _day(visit: Visit, name: str) -> date:
    try:
        return business_day(_query(visit, name))
    except ValueError:
        raise NotAcceptable("day_not_acceptable") from None
