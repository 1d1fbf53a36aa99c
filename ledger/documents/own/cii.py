"""A document of our own as Cross Industry Invoice (UN/CEFACT D22B), profile EN 16931 of ZUGFeRD/Factur-X or XRechnung.

The order of elements is that of the schema. Every amount has two decimals; quantities are 1 or -1, so prices are
positive (BR-27).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from ledger.documents.own.content import OwnDocument, OwnDocumentKind, OwnLine, OwnParty
from ledger.vat import Vat

_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_NAMESPACES = {"rsm": _RSM, "ram": _RAM, "udt": _UDT}

_EN16931 = "urn:cen.eu:en16931:2017"
_XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
_PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

_SELF_BILLED = "389"
"""UNTDID 1001 (BT-3): self-billed invoice. 381 would be the seller's own credit note: the wrong direction."""
_PIECE = "C62"
_SEPA_CREDIT_TRANSFER = "58"
_NOT_DEFINED = "1"

Element = Any  # lxml's elements are untyped


def xml_of(document: OwnDocument) -> bytes:
    """The document as XML in UTF-8, the same bytes wherever it is rendered."""
    root = etree.Element(f"{{{_RSM}}}CrossIndustryInvoice", nsmap=_NAMESPACES)
    _context(root, document)
    _header(root, document)
    trade = _rsm(root, "SupplyChainTradeTransaction")
    for place, line in enumerate(document.lines, start=1):
        _line(trade, place, line, document)
    _agreement(trade, document)
    delivery = _ram(trade, "ApplicableHeaderTradeDelivery")
    # BT-72 beside the period of BG-14: the schema's element may not be empty, and readers warn without it.
    _day(_ram(_ram(delivery, "ActualDeliverySupplyChainEvent"), "OccurrenceDateTime"), document.period_to)
    _settlement(trade, document)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _context(root: Element, document: OwnDocument) -> None:
    context = _rsm(root, "ExchangedDocumentContext")
    if document.profile == "xrechnung":
        _ram(_ram(context, "BusinessProcessSpecifiedDocumentContextParameter"), "ID", _PEPPOL_BILLING)
    guideline = _XRECHNUNG if document.profile == "xrechnung" else _EN16931
    _ram(_ram(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", guideline)


def _header(root: Element, document: OwnDocument) -> None:
    header = _rsm(root, "ExchangedDocument")
    _ram(header, "ID", document.number)
    _ram(header, "TypeCode", type_code(document))
    _day(_ram(header, "IssueDateTime"), document.issued_on)
    _note(header, document.title)
    for sentence in (*document.sentences, *document.sentences_english):
        _note(header, sentence, subject="REG")
    if document.payout_number:
        _note(header, f"Auszahlung {document.payout_number}")


def type_code(document: OwnDocument) -> str:
    """BT-3."""
    return document.reversal_code if document.kind is OwnDocumentKind.REVERSAL else _SELF_BILLED


def _note(header: Element, text: str, subject: str | None = None) -> None:
    note = _ram(header, "IncludedNote")
    _ram(note, "Content", text)
    if subject:
        _ram(note, "SubjectCode", subject)


def _line(trade: Element, place: int, line: OwnLine, document: OwnDocument) -> None:
    cents = line.net_cents * document.sign
    item = _ram(trade, "IncludedSupplyChainTradeLineItem")
    _ram(_ram(item, "AssociatedDocumentLineDocument"), "LineID", str(place))
    product = _ram(item, "SpecifiedTradeProduct")
    _ram(product, "Name", line.text)
    if line.note:
        _ram(product, "Description", line.note)
    price = _ram(_ram(item, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    _ram(price, "ChargeAmount", _amount(abs(cents)))
    quantity = _ram(_ram(item, "SpecifiedLineTradeDelivery"), "BilledQuantity", "-1" if cents < 0 else "1")
    quantity.set("unitCode", _PIECE)
    settlement = _ram(item, "SpecifiedLineTradeSettlement")
    _tax_of_line(settlement, document.vat)
    total = _ram(settlement, "SpecifiedTradeSettlementLineMonetarySummation")
    _ram(total, "LineTotalAmount", _amount(cents))


def _tax_of_line(settlement: Element, vat: Vat) -> None:
    tax = _ram(settlement, "ApplicableTradeTax")
    _ram(tax, "TypeCode", "VAT")
    _ram(tax, "CategoryCode", vat.category)
    _ram(tax, "RateApplicablePercent", _rate(vat.rate))


def _agreement(trade: Element, document: OwnDocument) -> None:
    agreement = _ram(trade, "ApplicableHeaderTradeAgreement")
    if document.buyer_reference:
        _ram(agreement, "BuyerReference", document.buyer_reference)
    _party(_ram(agreement, "SellerTradeParty"), document.seller, is_seller=True)
    _party(_ram(agreement, "BuyerTradeParty"), document.buyer, is_seller=False)
    if document.agreement:
        _ram(_ram(agreement, "ContractReferencedDocument"), "IssuerAssignedID", document.agreement)


def _party(party: Element, who: OwnParty, *, is_seller: bool) -> None:
    if who.code:
        _ram(party, "ID", who.code)
    _ram(party, "Name", who.name)
    if is_seller and who.contact:
        contact = _ram(party, "DefinedTradeContact")
        _ram(contact, "PersonName", who.contact.name)
        _ram(_ram(contact, "TelephoneUniversalCommunication"), "CompleteNumber", who.contact.phone)
        _ram(_ram(contact, "EmailURIUniversalCommunication"), "URIID", who.contact.mail)
    address = _ram(party, "PostalTradeAddress")
    _ram(address, "PostcodeCode", who.zip)
    _ram(address, "LineOne", who.street)
    if who.supplement:
        _ram(address, "LineTwo", who.supplement)
    _ram(address, "CityName", who.city)
    _ram(address, "CountryID", who.country_code)
    if who.mail:
        _ram(_ram(party, "URIUniversalCommunication"), "URIID", who.mail).set("schemeID", "EM")
    if who.vat_id:
        _registration(party, "VA", who.vat_id)
    if is_seller and who.tax_number:
        _registration(party, "FC", who.tax_number)


def _registration(party: Element, scheme: str, number: str) -> None:
    _ram(_ram(party, "SpecifiedTaxRegistration"), "ID", number).set("schemeID", scheme)


def _settlement(trade: Element, document: OwnDocument) -> None:
    settlement = _ram(trade, "ApplicableHeaderTradeSettlement")
    if document.payout_number:
        _ram(settlement, "PaymentReference", document.payout_number)
    _ram(settlement, "InvoiceCurrencyCode", "EUR")
    # XRechnung demands payment instructions of what lets nothing be paid, too (BR-DE-1): means „not defined".
    if document.payout_number or document.profile == "xrechnung":
        _payment(settlement, document)
    _tax(settlement, document)
    period = _ram(settlement, "BillingSpecifiedPeriod")
    _day(_ram(period, "StartDateTime"), document.period_from)
    _day(_ram(period, "EndDateTime"), document.period_to)
    if document.payment_terms:
        _ram(_ram(settlement, "SpecifiedTradePaymentTerms"), "Description", document.payment_terms)
    _totals(settlement, document)
    if document.original:
        reference = _ram(settlement, "InvoiceReferencedDocument")
        _ram(reference, "IssuerAssignedID", document.original.number)
        issued = etree.SubElement(
            _ram(reference, "FormattedIssueDateTime"),
            "{urn:un:unece:uncefact:data:standard:QualifiedDataType:100}DateTimeString",
            format="102",
            nsmap={"qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"},
        )
        issued.text = f"{document.original.issued_on:%Y%m%d}"


def _payment(settlement: Element, document: OwnDocument) -> None:
    means = _ram(settlement, "SpecifiedTradeSettlementPaymentMeans")
    # Codes of a transfer need an account (BR-61, CII-SR-470).
    _ram(means, "TypeCode", _SEPA_CREDIT_TRANSFER if document.iban else _NOT_DEFINED)
    if document.iban:
        account = _ram(means, "PayeePartyCreditorFinancialAccount")
        _ram(account, "IBANID", document.iban)
        if document.account_holder:
            _ram(account, "AccountName", document.account_holder)


def _tax(settlement: Element, document: OwnDocument) -> None:
    vat, sign = document.vat, document.sign
    tax = _ram(settlement, "ApplicableTradeTax")
    _ram(tax, "CalculatedAmount", _amount(document.tax_cents * sign))
    _ram(tax, "TypeCode", "VAT")
    if vat.reason:
        _ram(tax, "ExemptionReason", vat.reason)
    _ram(tax, "BasisAmount", _amount(document.net_cents * sign))
    _ram(tax, "CategoryCode", vat.category)
    if vat.code:
        _ram(tax, "ExemptionReasonCode", vat.code)
    _ram(tax, "RateApplicablePercent", _rate(vat.rate))


def _totals(settlement: Element, document: OwnDocument) -> None:
    sign = document.sign
    totals = _ram(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    _ram(totals, "LineTotalAmount", _amount(document.net_cents * sign))
    _ram(totals, "TaxBasisTotalAmount", _amount(document.net_cents * sign))
    _ram(totals, "TaxTotalAmount", _amount(document.tax_cents * sign)).set("currencyID", "EUR")
    _ram(totals, "GrandTotalAmount", _amount(document.gross_cents * sign))
    if document.set_offs:
        _ram(totals, "TotalPrepaidAmount", _amount(sum(one.cents for one in document.set_offs)))
    _ram(totals, "DuePayableAmount", _amount(document.due_cents))


def _rsm(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{_RSM}}}{name}")


def _ram(parent: Element, name: str, text: str | None = None) -> Element:
    element = etree.SubElement(parent, f"{{{_RAM}}}{name}")
    element.text = text
    return element


def _day(parent: Element, day: date) -> None:
    element = etree.SubElement(parent, f"{{{_UDT}}}DateTimeString", format="102")
    element.text = f"{day:%Y%m%d}"


def _amount(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _rate(rate: Decimal) -> str:
    return f"{rate:.2f}"
