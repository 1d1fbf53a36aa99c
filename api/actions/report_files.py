"""Reports and papers as files, the same for machines (api/v1) and people (api/pages)."""

from datetime import date, datetime, timedelta

from fastapi.responses import Response

from api.http.files import CSV, PDF, ZIP, attachment, csv_file, from_file
from api.http.language import language
from api.http.parts import Parts
from ledger import clock
from ledger.audit import audit
from ledger.csv_writing import Cents, csv_lines
from ledger.documents import papers
from ledger.payouts import payouts
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotFound
from ledger.reports import evidence_bundle, reports, statements
from ledger.reports.reports import DayReport, Reconciliation
from ledger.reports.statements import PartnerStatement
from ledger.types import Tenant, midnight
from words import sentence

_YEARS = (2000, 2999)


def end_of(day: date) -> datetime:
    """The instant at which this day is over (Berlin); for today it is now. Raises NotAcceptable."""
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise NotAcceptable("day_out_of_range")
    end = midnight(day + timedelta(days=1))
    return min(end, clock.now()) if day <= clock.today() else end


async def list_csv(doors: Parts, tenant: Tenant, name: str) -> Response:
    """A list of the reports as CSV, by its name. Raises NotFound."""
    if name not in reports.LISTS:
        raise NotFound("report_not_found")
    spoken = language()  # it is written while the answer is sent
    content = reports.csv_of(
        lambda: doors.files.transaction(tenant),
        tenant,
        reports.LISTS[name],
        in_words=lambda reason: sentence(reason.code, reason.params, spoken),
    )
    return csv_file(content, f"{name}.csv")


async def credit_note(doors: Parts, tenant: Tenant, number: str) -> Response:
    async with doors.ledger.transaction(tenant) as tx:
        paper = await papers.get(tx, number)
    return attachment(paper.content, f"{number}-gutschrift.pdf", PDF, **{"X-Content-SHA256": paper.sha256})


def _in_german(reason: Reason) -> str:
    """Statements and evidence are in German, whoever asks for them."""
    return sentence(reason.code, reason.params)


async def payout_statement(doors: Parts, tenant: Tenant, number: str, form: str) -> Response:
    async with doors.ledger.transaction(tenant) as tx:
        statement = await statements.of_payout(tx, number, in_words=_in_german)
    if form == "csv":
        return attachment(statements.payout_csv(statement), f"{number}-abrechnung.csv", CSV)
    from ledger.reports import (
        statement_pdf,  # fpdf brings Pillow and fontTools, 0.3 s: with the first PDF, not with the start
    )

    return attachment(statement_pdf.payout_pdf(statement), f"{number}-abrechnung.pdf", PDF)


async def partner_statement(
    doors: Parts, tenant: Tenant, code: str, first_day: date, last_day: date, form: str
) -> Response:
    async with doors.ledger.transaction(tenant) as tx:
        statement = await statements.of_partner(tx, code, first_day, last_day, in_words=_in_german)
    return _partners_file(
        statement, f"{statement.partner_code}-{first_day.isoformat()}-{last_day.isoformat()}-abrechnung", form
    )


async def yearly_statement(doors: Parts, tenant: Tenant, code: str, year: int, form: str) -> Response:
    """By the day of payment."""
    async with doors.ledger.transaction(tenant) as tx:
        statement = await statements.of_year(tx, code, year, in_words=_in_german)
    return _partners_file(statement, f"{statement.partner_code}-{year}-zahlungen", form)


def _partners_file(statement: PartnerStatement, name: str, form: str) -> Response:
    if form == "csv":
        return csv_file(statements.partner_csv(statement), f"{name}.csv")
    from ledger.reports import statement_pdf

    return attachment(statement_pdf.partner_pdf(statement), f"{name}.pdf", PDF)


async def evidence(doors: Parts, tenant: Tenant, number: str, *, by: str, sees_bank: bool = True) -> Response:
    """That it was taken stands in the trail."""
    async with doors.ledger.transaction(tenant) as tx:
        payout = await payouts.get(tx, number)
        await audit.record(tx, actor=by, action="payout.evidence_exported", subject="payout", subject_id=payout.number)
    async with doors.ledger.transaction(tenant) as tx:
        file = await evidence_bundle.build(tx, number, in_words=_in_german, sees_bank=sees_bank)
    return from_file(file, f"{number}-nachweis.zip", ZIP)


def day_report_csv(report: DayReport) -> Response:
    rows = [
        ("Stichtag", "Partner", "Name", "Zustand", "Steuerfall", "Provisionen", "Netto"),
        *(
            (
                report.day,
                row.partner_code,
                row.partner_name,
                row.state,
                row.tax_case,
                row.commissions,
                Cents(row.net_cents),
            )
            for row in report.rows
        ),
    ]
    return attachment(csv_lines(rows, first=True), f"stichtag-{report.day:%Y-%m-%d}.csv", CSV)


def reconciliation_csv(report: Reconciliation) -> Response:
    rows = [
        (
            "Belegdatum", "Gutschrift", "Auszahlung", "Zustand", "Beleg", "Freigegeben netto", "Freigegeben USt",
            "Freigegeben brutto", "Beleg netto", "Beleg USt", "Beleg brutto", "Offen", "Abgerufen", "Abweichung",
        ),
        *(
            (
                row.dated,
                row.credit_note_number,
                row.payout,
                row.payout_state,
                row.document_status,
                *(
                    None if cents is None else Cents(cents)
                    for cents in (
                        row.approved_net_cents,
                        row.approved_tax_cents,
                        row.approved_gross_cents,
                        row.document_net_cents,
                        row.document_tax_cents,
                        row.document_gross_cents,
                        row.open_cents,
                    )
                ),
                row.fetched_at,
                ", ".join(row.differences),
            )
            for row in report.rows
        ),
    ]  # fmt: skip
    return attachment(csv_lines(rows, first=True), f"abstimmung-{report.month:%Y-%m}.csv", CSV)
