"""Statements as PDF. The PDF's own fonts: they hold German and € (Windows-1252), and no font file is carried along.

A letter that they lack (Łukasz) is written as its nearest Latin one; the CSV has the name as it is.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from text_unidecode import unidecode  # type: ignore[import-untyped]

from ledger.money import euro
from ledger.reports.statements import KINDS, STATES, PartnerStatement, PayoutStatement

_FONT = "helvetica"
_COLUMNS = (("Leistungstag", 22, "L"), ("Verkauf", 52, "L"), ("Kampagne", 32, "L"), ("Stufe", 12, "R"),
            ("Basis netto", 24, "R"), ("Satz", 24, "R"), ("Netto", 24, "R"))  # fmt: skip
_LINE = 5.0
"""Millimetres."""
NOTE = (
    "Diese Abrechnung erläutert die Auszahlung. Maßgeblich ist der Beleg mit der genannten Nummer; "
    "ein Vorsteuerabzug ist nur mit ihm möglich."
)


def payout_pdf(statement: PayoutStatement) -> bytes:
    """The statement of one payout, as PDF."""
    page = _begin(f"Abrechnung {statement.number}", statement, statement.partner_code)
    _payout(page, statement)
    return bytes(page.output())


def partner_pdf(statement: PartnerStatement) -> bytes:
    """The statement of a partner over a time, payout by payout with the sums, as PDF."""
    title = f"Abrechnungen {_day(statement.first_day)} bis {_day(statement.last_day)}"
    if statement.by_payment:
        title = f"Zahlungen im Jahr {statement.first_day.year}"
    page = _begin(title, statement, statement.partner_code)
    if not statement.payouts:
        nothing = "Jahr gab es keine Zahlung" if statement.by_payment else "Zeitraum gab es keine Auszahlung"
        _text(page, f"In diesem {nothing}.")
    for payout in statement.payouts:
        page.set_font(_FONT, "B", 12)
        _text(page, f"Auszahlung {payout.number}")
        page.set_font(_FONT, "", 10)
        _payout(page, payout)
        page.ln(_LINE * 2)
    if statement.payouts and statement.by_payment:
        _of_year(page, statement)
    elif statement.payouts:
        page.set_font(_FONT, "B", 11)
        _text(page, f"Summe im Zeitraum: {euro(sum(payout.gross_cents for payout in statement.payouts))}")
        _text(page, f"davon bezahlt: {euro(statement.paid_cents)}")
    return bytes(page.output())


def winansi(text: str) -> str:
    """In the characters of the PDF's own fonts."""
    return "".join(character if _is_known(character) else unidecode(character) or "?" for character in text)


class _Page(FPDF):
    def footer(self) -> None:
        self.set_y(-18)
        self.set_font(_FONT, "", 8)
        self.multi_cell(0, 3.5, winansi(NOTE), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.cell(0, 3.5, f"Seite {self.page_no()} von {{nb}}", align="R")


def _begin(title: str, statement: PayoutStatement | PartnerStatement, code: str) -> _Page:
    page = _Page(format="A4")
    page.core_fonts_encoding = "windows-1252"
    page.set_title(winansi(title))
    page.set_lang("de")
    page.set_creation_date(datetime.now(UTC))
    page.set_auto_page_break(auto=True, margin=22)
    page.add_page()
    page.set_font(_FONT, "", 10)
    for line in (statement.tenant_name, *statement.tenant_address):
        _text(page, line)
    page.ln(_LINE * 2)
    for line in (statement.partner_name, *statement.partner_address, f"Partner {code}"):
        _text(page, line)
    page.ln(_LINE * 2)
    page.set_font(_FONT, "B", 14)
    _text(page, title, height=8)
    page.set_font(_FONT, "", 10)
    return page


def _payout(page: _Page, statement: PayoutStatement) -> None:
    facts = [
        f"{statement.title}: {statement.credit_note_number or 'noch nicht erstellt'}",
        f"Leistungszeitraum: {_day(statement.period_from)} bis {_day(statement.period_to)}",
        f"Stand: {STATES[statement.state]}",
    ]
    if statement.paid_on:
        facts.append(f"Bezahlt am {_day(statement.paid_on)}, Zahlungsreferenz {statement.payment_reference}")
    for fact in facts:
        _text(page, fact)
    page.ln(_LINE)
    _row(page, [name for name, _, _ in _COLUMNS], style="B")
    for line in statement.lines:
        sale = line.sale if line.kind == "sale" else f"{KINDS.get(line.kind, line.kind)}: {line.sale}"
        _row(
            page,
            [
                _day(line.service_date),
                sale,
                line.campaign or "–",
                "–" if line.level is None else str(line.level),
                euro(line.base_cents),
                line.rate,
                euro(line.net_cents),
            ],
        )
        if not line.is_plain_rate and line.rule not in (line.rate, "–"):
            page.set_font(_FONT, "I", 8)
            page.set_x(page.l_margin + _COLUMNS[0][1])
            page.multi_cell(0, 4, winansi(line.rule), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(2)
    rate = f"{statement.tax_rate.normalize():f}".replace(".", ",")
    for word, cents in (
        ("Summe netto", statement.net_cents),
        (f"Umsatzsteuer {rate} %", statement.tax_cents),
        *statement.totals,
    ):
        page.set_font(_FONT, "B" if word == "Auszahlungsbetrag" else "", 10)
        page.cell(sum(width for _, width, _ in _COLUMNS[:-1]), _LINE, winansi(word), align="R")
        page.cell(_COLUMNS[-1][1], _LINE, winansi(euro(cents)), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(_FONT, "", 10)


def _of_year(page: _Page, statement: PartnerStatement) -> None:
    _text(page, "Nach dem Tag der Zahlung (§ 11 EStG).")
    page.set_font(_FONT, "B", 11)
    _text(page, f"Netto: {euro(sum(payout.net_cents for payout in statement.payouts))}")
    _text(page, f"Umsatzsteuer: {euro(sum(payout.tax_cents for payout in statement.payouts))}")
    _text(page, f"Zugeflossen: {euro(sum(payout.gross_cents for payout in statement.payouts))}")


def _row(page: _Page, cells: Sequence[str], *, style: str = "") -> None:
    page.set_font(_FONT, style, 9)
    for (_, width, align), text in zip(_COLUMNS, cells, strict=True):
        page.cell(width, _LINE, _fitting(page, winansi(text), width - 2), align=align)
    page.ln(_LINE)


def _fitting(page: _Page, text: str, width: float) -> str:
    if page.get_string_width(text) <= width:
        return text
    while text and page.get_string_width(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _text(page: _Page, text: str, *, height: float = _LINE) -> None:
    page.multi_cell(0, height, winansi(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _is_known(character: str) -> bool:
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
