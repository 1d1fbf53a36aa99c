"""A document of our own as PDF/A-3B with its XML inside (ZUGFeRD/Factur-X: `factur-x.xml`, profile EN 16931).

The bytes are the same wherever and whenever it is rendered: days come from the document, the font is shipped with us.
A letter that the font lacks (Arabic, an emoji) is printed as its nearest Latin one; the XML has it as it is.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from fpdf.table import Table
from text_unidecode import unidecode  # type: ignore[import-untyped]

from ledger.documents.own.content import ENGLISH_TITLES, OwnDocument, OwnParty
from ledger.money import euro

_FONTS = Path(__file__).parent / "fonts"
_FAMILY = "liberation"
_REGULAR, _BOLD = _FONTS / "LiberationSans-Regular.ttf", _FONTS / "LiberationSans-Bold.ttf"
_TEXT_PT, _SMALL_PT, _TITLE_PT = 9.5, 8.0, 16.0
_LINE = 4.6
"""Millimetres."""
_GREY, _PALE = (90, 90, 90), (235, 225, 225)
_PREVIEW, _WATERMARK_PT = "Vorschau", 110.0
XML_NAME = "factur-x.xml"
"""As ZUGFeRD and Factur-X name the file; readers look for nothing else."""


def pdf_of(document: OwnDocument, xml: bytes | None, *, preview: bool = False) -> bytes:
    """The document as PDF/A-3B. `xml` (of cii.xml_of) is embedded; None: there is none. A preview says that it is
    one on each page."""
    page = _Page(document, preview=preview)
    page.write_letter()
    if xml is not None and not preview:
        page.embed_file(
            basename=XML_NAME,
            bytes=xml,
            mime_type="text/xml",
            desc="EN 16931 (CII)",
            modification_date=page.moment,
            compress=True,
            associated_file_relationship="Alternative",
        )
    page.set_xmp_metadata(_xmp(page.told_title, page.moment, with_xml=xml is not None and not preview))
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, document: OwnDocument, *, preview: bool) -> None:
        super().__init__(format="A4", enforce_compliance="PDF/A-3B")
        self._document, self._preview = document, preview
        self._english = bool(document.sentences_english)
        self.moment = datetime.combine(document.issued_on, time(), UTC)
        self.told_title = printable(f"{document.title} {document.number}")
        self.add_font(_FAMILY, "", _REGULAR)
        self.add_font(_FAMILY, "B", _BOLD)
        self.set_lang("de")
        self.set_title(self.told_title)
        self.set_creator(_MAKER)
        self.set_producer(_MAKER)
        self.set_creation_date(self.moment)
        self.set_margins(22, 18, 20)
        self.set_auto_page_break(auto=True, margin=24)
        self.add_page()

    def header(self) -> None:
        if self._preview:
            # Beneath what follows, across the whole page; no transparency is needed for it.
            place = self.get_x(), self.get_y()
            self.set_font(_FAMILY, "B", _WATERMARK_PT)
            self.set_text_color(*_PALE)
            with self.rotation(55, self.w / 2, self.h / 2):
                self.text(self.w / 2 - self.get_string_width(_PREVIEW) / 2, self.h / 2, _PREVIEW)
            self.set_xy(*place)
            self.set_font(_FAMILY, "B", _TITLE_PT)
            self.set_text_color(180, 40, 40)
            self.cell(0, 8, f"{_PREVIEW} – noch kein Beleg", align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_text_color(0)

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font(_FAMILY, "", _SMALL_PT)
        self.set_text_color(*_GREY)
        self.cell(0, _LINE, f"{self.told_title}  ·  Seite {self.page_no()} von {{nb}}", align="R")
        self.set_text_color(0)

    def write_letter(self) -> None:
        document = self._document
        # § 14 Abs. 4 Nr. 1 UStG: both in full. Buyer and writer is the tenant, as in the head of any letter.
        self._small(" · ".join(_lines_of(document.buyer)[:4]))
        self.ln(3)
        self._write(_lines_of(document.seller))
        self.ln(8)
        self._title()
        self._facts()
        self.ln(3)
        self._table()
        self._totals()
        self.ln(3)
        self._sentences()

    def _title(self) -> None:
        self.set_font(_FAMILY, "B", _TITLE_PT)
        self.multi_cell(0, 8, printable(self._document.title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if self._english:
            self._small(ENGLISH_TITLES[self._document.kind])
        self.ln(2)

    def _facts(self) -> None:
        document = self._document
        period = f"{_day(document.period_from)} bis {_day(document.period_to)}"
        facts = [
            ("Belegnummer", "Document number", document.number),
            ("Belegdatum", "Date", _day(document.issued_on)),
            ("Leistungszeitraum", "Period of service", period),
            ("Leistender", "Supplier", ", ".join(_lines_of(document.seller))),
            *_numbers(document.seller, "des Leistenden", "of the supplier"),
            ("Leistungsempfänger", "Customer", ", ".join(_lines_of(document.buyer))),
            *_numbers(document.buyer, "des Leistungsempfängers", "of the customer"),
        ]
        if document.original:
            told = f"{document.original.number} vom {_day(document.original.issued_on)}"
            facts.append(("Ursprünglicher Beleg", "Original document", told))
        if document.payout_number:
            facts.append(("Auszahlung", "Payout", document.payout_number))
        if document.agreement:
            facts.append(("Vereinbarung", "Agreement", document.agreement))
        with self._rows((48, 120)) as rows:
            for german, english, value in facts:
                row = rows.row()
                row.cell(self._label(german, english))
                row.cell(printable(value))

    def _table(self) -> None:
        self.set_font(_FAMILY, "", _TEXT_PT)
        head = FontFace(emphasis="BOLD", fill_color=(235, 238, 242))
        with self.table(
            col_widths=(12, 116, 40),
            text_align=("RIGHT", "LEFT", "RIGHT"),
            line_height=_LINE,
            headings_style=head,
            borders_layout="HORIZONTAL_LINES",
            padding=(1, 1.5),
        ) as rows:
            top = rows.row()
            for german, english in (("Nr.", "No."), ("Leistung", "Service"), ("Netto", "Net")):
                top.cell(self._label(german, english))
            for place, line in enumerate(self._document.lines, start=1):
                row = rows.row()
                row.cell(str(place))
                row.cell(printable(f"{line.text}\n{line.note}" if line.note else line.text))
                row.cell(euro(line.net_cents))

    def _totals(self) -> None:
        document = self._document
        rate = f"{document.vat.rate:.2f}".replace(".", ",")
        totals = [
            ("Summe netto", "Total net", document.net_cents, False),
            (f"Umsatzsteuer {rate} %", f"VAT {rate} %", document.tax_cents, False),
            ("Gesamtbetrag", "Total", document.gross_cents, True),
        ]
        totals += [
            (f"verrechnet mit {one.number}", f"set off against {one.number}", -one.cents, False)
            for one in document.set_offs
        ]
        if document.set_offs:
            totals.append(("Auszahlungsbetrag", "Amount transferred", document.transfer_cents, True))
        if not document.vat.rate:
            del totals[1]  # a rate of 0 % is no tax shown; the sentence says why
        self.ln(1)
        with self._rows((128, 40), align=("RIGHT", "RIGHT")) as rows:
            for german, english, cents, bold in totals:
                style = FontFace(emphasis="BOLD") if bold else None
                row = rows.row(style=style)
                row.cell(printable(self._label(german, english)))
                row.cell(euro(cents))

    def _sentences(self) -> None:
        document = self._document
        for sentence in (document.vat.reason, *document.sentences, document.payment_terms):
            if sentence:
                self._write([sentence])
        if self._english:
            self.ln(1.5)
            for sentence in (document.vat.reason_english, *document.sentences_english):
                if sentence:
                    self._small(sentence)
        if document.payout_number and document.iban:
            self.ln(1.5)
            holder = f"{document.account_holder}, " if document.account_holder else ""
            self._write([f"Auszahlung auf: {holder}IBAN {_in_fours(document.iban)}"])

    def _rows(self, widths: Sequence[float], align: Sequence[str] = ("LEFT", "LEFT")) -> AbstractContextManager[Table]:
        self.set_font(_FAMILY, "", _TEXT_PT)
        return self.table(
            col_widths=tuple(widths),
            text_align=tuple(align),
            line_height=_LINE,
            borders_layout="NONE",
            first_row_as_headings=False,
            padding=(0.4, 1.5),
        )

    def _label(self, german: str, english: str) -> str:
        return f"{german} / {english}" if self._english else german

    def _write(self, lines: Sequence[str]) -> None:
        self.set_font(_FAMILY, "", _TEXT_PT)
        for line in lines:
            self.multi_cell(0, _LINE, printable(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _small(self, line: str) -> None:
        self.set_font(_FAMILY, "", _SMALL_PT)
        self.set_text_color(*_GREY)
        self.multi_cell(0, 4, printable(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(0)


_MAKER = "PartnerDesk Payouts"


def _lines_of(party: OwnParty) -> list[str]:
    place = f"{party.zip} {party.city}"
    lines = [party.name, party.supplement, party.street, place, party.country_code]
    return [line for line in lines if line]


def _numbers(party: OwnParty, whose: str, whose_english: str) -> list[tuple[str, str, str]]:
    # Either is enough (§ 14 Abs. 4 Nr. 2 UStG); where both are known both are said.
    return [
        (f"{name} {whose}", f"{english} {whose_english}", number)
        for name, english, number in (
            ("USt-IdNr.", "VAT id", party.vat_id),
            ("Steuernummer", "Tax number", party.tax_number),
        )
        if number
    ]


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """Code points that both fonts have."""
    with TTFont(_REGULAR, lazy=True) as regular, TTFont(_BOLD, lazy=True) as bold:
        return frozenset(regular.getBestCmap()) & frozenset(bold.getBestCmap())


def printable(text: str) -> str:
    """In letters of the font; what has no Latin likeness is a question mark."""
    known = _letters()
    return "".join(
        letter if letter == "\n" or ord(letter) in known else unidecode(letter).strip() or "?" for letter in text
    )


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _in_fours(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def _xmp(title: str, moment: datetime, *, with_xml: bool) -> str:
    """Metadata that agree with the document's own dictionary (ISO 19005-3, 6.6.2), and the four properties of Factur-X
    with the schema that declares them."""
    made = f"{moment:%Y-%m-%dT%H:%M:%S+00:00}"
    return f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<xmp:CreatorTool>{_MAKER}</xmp:CreatorTool><xmp:CreateDate>{made}</xmp:CreateDate>
<pdf:Producer>{_MAKER}</pdf:Producer></rdf:Description>
{_FACTUR_X if with_xml else ""}</rdf:RDF>"""


def _property(name: str, what: str) -> str:
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
    )


_FACTUR_X = f"""<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{_property("DocumentFileName", "name of the embedded XML invoice file")}
{_property("DocumentType", "INVOICE")}
{_property("Version", "version of the data standard")}
{_property("ConformanceLevel", "conformance level of the embedded data")}
</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{XML_NAME}</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
"""
