"""The columns that files of each kind may have, by which headings they are known, and what their cells hold.

The first heading of a language is the one that our own files have: what comes out goes in again.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal

from ledger.imports.cells import plain_word
from ledger.types import Frozen, TaxStatus


class Kind(StrEnum):
    """What a file tells of."""

    PARTNERS = "partners"
    OPENING_BALANCES = "opening_balances"
    CUSTOMERS = "customers"
    PAST_SALES = "past_sales"
    """Sales whose commissions were settled elsewhere: they earn nothing here."""
    SALES = "sales"
    """Sales that earn here, as if each was told by the API."""


class Shape(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    CODE = "code"
    """Upper case."""
    SLUG = "slug"
    """Lower case."""
    AMOUNT = "amount"
    RATE = "rate"
    DAY = "day"
    MOMENT = "moment"
    WHOLE = "whole"
    YES = "yes"
    WORD = "word"
    HIDDEN = "hidden"
    """Text of which only the end is shown."""


class Column(Frozen):
    """`name` is the field's; `words` are what a cell may say, by language, where it is one of a few words."""

    name: str
    de: str
    en: str
    more: tuple[str, ...] = ()
    shape: Shape = Shape.TEXT
    required: bool = False
    words: Mapping[str, tuple[str, str]] = {}

    def heading(self, language: Literal["de", "en"]) -> str:
        """What our own files call it."""
        return self.de if language == "de" else self.en

    @property
    def both(self) -> str:
        """For a sentence in either language."""
        return self.de if self.de == self.en else f"{self.de} / {self.en}"

    @property
    def known(self) -> frozenset[str]:
        """All headings, as plain words."""
        return frozenset(plain_word(one) for one in (self.name, self.de, self.en, *self.more))

    @property
    def values(self) -> dict[str, str]:
        """The value by each plain word that says it."""
        return {plain_word(word): value for value, told in self.words.items() for word in (value, *told)}


_STATUS = {"active": ("aktiv", "active"), "inactive": ("inaktiv", "inactive")}
_TAX = {
    TaxStatus.REGULAR.value: ("Regelbesteuert", "Regular"),
    TaxStatus.SMALL_BUSINESS.value: ("Kleinunternehmer", "Small business"),
    TaxStatus.PRIVATE.value: ("Privatperson", "Private person"),
    TaxStatus.EU_BUSINESS.value: ("Unternehmen in der EU", "Business in the EU"),
    TaxStatus.THIRD_COUNTRY.value: ("Unternehmen im Drittland", "Business in a third country"),
    TaxStatus.SMALL_BUSINESS_EU.value: ("Kleinunternehmer in der EU", "Small business in the EU"),
}
_EXCLUSION = {
    "employee": ("Arbeitnehmer", "Employee"),
    "exempt_mediation": ("Steuerfreie Vermittlung", "Exempt mediation"),
}

_PARTNERS = (
    Column(
        name="code",
        de="Partnercode",
        en="Partner code",
        more=("Code", "Partner", "Partner-ID", "Partnernummer", "Partner-Nr.", "Affiliate-ID", "Affiliate", "ID"),
        shape=Shape.CODE,
        required=True,
    ),
    Column(
        name="name", de="Name", en="Name", more=("Firma", "Company", "Partnername", "Vor- und Nachname", "Full name")
    ),
    Column(name="email", de="E-Mail", en="Email", more=("Mail", "E-Mail-Adresse", "Email address", "Mailadresse")),
    Column(
        name="phone", de="Telefon", en="Phone", more=("Telefonnummer", "Tel.", "Phone number", "Mobil", "Telephone")
    ),
    Column(name="status", de="Status", en="Status", more=("Partnerstatus", "State"), shape=Shape.WORD, words=_STATUS),
    Column(
        name="sponsor_code",
        de="Sponsor",
        en="Sponsor",
        more=("Sponsorcode", "Geworben von", "Upline", "Parent", "Übergeordneter Partner", "Referrer", "Parent ID"),
        shape=Shape.CODE,
    ),
    Column(name="campaign_slug", de="Kampagne", en="Campaign", more=("Programm", "Program"), shape=Shape.SLUG),
    Column(name="supplement", de="Adresszusatz", en="Address supplement", more=("Zusatz", "Address line 2")),
    Column(
        name="street", de="Straße", en="Street", more=("Strasse und Hausnummer", "Adresse", "Address", "Address line 1")
    ),
    Column(name="zip", de="PLZ", en="Postcode", more=("Postleitzahl", "Zip", "Zip code", "Postal code")),
    Column(name="city", de="Ort", en="City", more=("Stadt", "Town")),
    Column(name="country_code", de="Land", en="Country", more=("Ländercode", "Country code"), shape=Shape.CODE),
    Column(
        name="minimum_payout_cents",
        de="Mindestauszahlung",
        en="Minimum payout",
        more=("Mindestbetrag", "Auszahlungsgrenze", "Payout threshold"),
        shape=Shape.AMOUNT,
    ),
    Column(
        name="lexoffice_contact_id", de="lexoffice-Kontakt", en="lexoffice contact", more=("Kontakt-ID", "Contact id")
    ),
    Column(name="predecessor_code", de="Vorgänger", en="Predecessor", shape=Shape.CODE),
    Column(
        name="tax_status",
        de="Steuerstatus",
        en="Tax status",
        more=("Besteuerung", "USt-Status", "VAT status"),
        shape=Shape.WORD,
        words=_TAX,
    ),
    Column(
        name="tax_valid_from",
        de="Steuerstatus ab",
        en="Tax status from",
        more=("Gültig ab", "Valid from"),
        shape=Shape.DAY,
    ),
    Column(name="tax_valid_until", de="Steuerstatus bis", en="Tax status until", shape=Shape.DAY),
    Column(name="vat_id", de="USt-IdNr.", en="VAT id", more=("Umsatzsteuer-ID", "USt-ID", "VAT number", "VAT-ID")),
    Column(name="tax_number", de="Steuernummer", en="Tax number", more=("St.-Nr.", "Steuer-Nr.")),
    Column(name="business_id", de="W-IdNr.", en="Business id", more=("Wirtschafts-Identifikationsnummer",)),
    Column(name="confirmed_year", de="Bestätigt für Jahr", en="Confirmed for year", shape=Shape.WHOLE),
    Column(name="exclusion", de="Ohne Beleg", en="Without document", shape=Shape.WORD, words=_EXCLUSION),
    Column(name="declared_on", de="Erklärt am", en="Declared on", shape=Shape.DAY),
    Column(
        name="agreement_version",
        de="Vereinbarung",
        en="Agreement",
        more=("Version der Vereinbarung", "Agreement version"),
    ),
    Column(
        name="agreement_at",
        de="Vereinbarung vom",
        en="Agreement of",
        more=("Vereinbarung am", "Zustimmung am", "Agreed on", "Agreement date"),
        shape=Shape.MOMENT,
    ),
    Column(
        name="account_holder",
        de="Kontoinhaber",
        en="Account holder",
        more=("Inhaber", "Kontoinhaberin", "Holder"),
    ),
    Column(name="iban", de="IBAN", en="IBAN", more=("Konto", "Bankkonto", "Bank account"), shape=Shape.HIDDEN),
    Column(name="bic", de="BIC", en="BIC", more=("SWIFT", "BIC/SWIFT", "SWIFT code")),
)

_PARTNER = Column(
    name="partner_code",
    de="Partnercode",
    en="Partner code",
    more=("Code", "Partner", "Partner-ID", "Partnernummer", "Partner-Nr.", "Affiliate-ID", "Affiliate"),
    shape=Shape.CODE,
)

_BALANCES = (
    _PARTNER.model_copy(update={"required": True}),
    Column(
        name="net_cents",
        de="Betrag",
        en="Amount",
        more=(
            "Saldo",
            "Balance",
            "Guthaben",
            "Offener Betrag",
            "Open balance",
            "Anfangsbestand",
            "Opening balance",
            "Netto",
        ),
        shape=Shape.AMOUNT,
        required=True,
    ),
    Column(
        name="service_date",
        de="Tag",
        en="Day",
        more=("Datum", "Date", "Stichtag", "Leistungsdatum", "As of"),
        shape=Shape.DAY,
        required=True,
    ),
    Column(
        name="reason", de="Grund", en="Reason", more=("Begründung", "Text", "Verwendungszweck", "Note"), required=True
    ),
)

_CUSTOMERS = (
    Column(
        name="external_id",
        de="Kundennummer",
        en="Customer id",
        more=("Kunden-ID", "Kunden-Nr.", "Customer number", "External id", "ID"),
    ),
    Column(name="email", de="E-Mail", en="Email", more=("Mail", "E-Mail-Adresse", "Email address")),
    Column(
        name="name", de="Name", en="Name", more=("Kunde", "Customer", "Kundenname", "Customer name", "Firma", "Company")
    ),
    Column(
        name="lexoffice_contact_id", de="lexoffice-Kontakt", en="lexoffice contact", more=("Kontakt-ID", "Contact id")
    ),
    _PARTNER,
)

_SALES = (
    Column(
        name="external_id",
        de="Verkaufsnummer",
        en="Sale id",
        more=("Transaktions-ID", "Transaction id", "External id", "Externe ID", "Verkauf", "ID", "Transaktion"),
        required=True,
    ),
    Column(
        name="gross_cents",
        de="Brutto",
        en="Gross",
        more=("Bruttobetrag", "Gross amount", "Betrag", "Amount", "Summe", "Total"),
        shape=Shape.AMOUNT,
        required=True,
    ),
    Column(
        name="tax_cents",
        de="USt",
        en="Tax",
        more=("Umsatzsteuer", "MwSt", "MwSt.", "Steuer", "VAT", "Tax amount", "Steuerbetrag"),
        shape=Shape.AMOUNT,
    ),
    Column(name="net_cents", de="Netto", en="Net", more=("Nettobetrag", "Net amount"), shape=Shape.AMOUNT),
    Column(name="currency", de="Währung", en="Currency", shape=Shape.CODE),
    Column(
        name="sold_at",
        de="Verkauft am",
        en="Sold at",
        more=("Datum", "Date", "Verkaufsdatum", "Bestelldatum", "Order date", "Tag", "Zeitpunkt", "Sale date"),
        shape=Shape.MOMENT,
        required=True,
    ),
    _PARTNER,
    Column(name="campaign_slug", de="Kampagne", en="Campaign", more=("Programm", "Program"), shape=Shape.SLUG),
    Column(
        name="order_reference",
        de="Bestellnummer",
        en="Order number",
        more=("Bestellung", "Order", "Auftragsnummer", "Order id", "Order reference"),
    ),
    Column(name="subscription", de="Abonnement", en="Subscription", more=("Abo", "Subscription id", "Vertrag")),
    Column(
        name="customer_external_id",
        de="Kundennummer",
        en="Customer id",
        more=("Kunden-ID", "Kunden-Nr.", "Customer number"),
    ),
    Column(
        name="customer_email",
        de="E-Mail des Kunden",
        en="Customer email",
        more=("E-Mail", "Email", "Mail", "Kunden-E-Mail"),
    ),
    Column(name="customer_name", de="Kunde", en="Customer", more=("Kundenname", "Customer name", "Name")),
)
_EARNING = (
    Column(name="awaits_invoice", de="Wartet auf Rechnung", en="Awaits invoice", shape=Shape.YES),
    Column(name="exchange_rate", de="Wechselkurs", en="Exchange rate", more=("Kurs", "Rate"), shape=Shape.RATE),
    Column(name="rate_day", de="Kurs vom", en="Rate of", shape=Shape.DAY),
    Column(name="rate_source", de="Kursquelle", en="Rate source"),
)

COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.PARTNERS: _PARTNERS,
    Kind.OPENING_BALANCES: _BALANCES,
    Kind.CUSTOMERS: _CUSTOMERS,
    Kind.PAST_SALES: _SALES,
    Kind.SALES: (*_SALES, *_EARNING),
}


def column(kind: Kind, name: str) -> Column:
    """The column of that name. Raises KeyError."""
    return _BY_NAME[kind][name]


_BY_NAME = {kind: {one.name: one for one in columns} for kind, columns in COLUMNS.items()}


def guess(kind: Kind, header: Sequence[str]) -> tuple[str | None, ...]:
    """For each heading the column that it names; None where nobody knows it. A column is named once.

    What our own files call it goes before what others do.
    """
    found: dict[int, str] = {}
    for sure in (True, False):
        for place, heading in enumerate(header):
            if place in found or not heading:
                continue
            word = plain_word(heading)
            for one in COLUMNS[kind]:
                words = {plain_word(one.name), plain_word(one.de), plain_word(one.en)} if sure else one.known
                if word in words and one.name not in found.values():
                    found[place] = one.name
                    break
    return tuple(found.get(place) for place in range(len(header)))


def likely_kind(header: Sequence[str]) -> Kind | None:
    """What a file tells of, by the columns that only one kind has; None where several fit."""
    fits = {
        kind: sum(one is not None for one in guess(kind, header))
        for kind in (Kind.PARTNERS, Kind.OPENING_BALANCES, Kind.CUSTOMERS, Kind.PAST_SALES)
        if all(one.name in guess(kind, header) for one in COLUMNS[kind] if one.required)
    }
    best = max(fits.values(), default=0)
    likely = [kind for kind, count in fits.items() if count == best and count]
    return likely[0] if len(likely) == 1 else None
