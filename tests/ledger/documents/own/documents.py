"""Documents of every tax case and kind, some named one by one (golden), others drawn."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import Phase
from hypothesis import strategies as st

from ledger.documents.own.content import (
    Contact,
    Original,
    OwnDocument,
    OwnDocumentKind,
    OwnLine,
    OwnParty,
    SetOff,
)
from ledger.vat import Vat, VatCategory
from tests.fixtures.samples import AGAIN

_COSTLY = (Phase.shrink, Phase.explain) if AGAIN else ()
PHASES = tuple(phase for phase in Phase if phase not in _COSTLY)
"""A second run says whether a failure is steady: the first one has made its example small, which takes minutes."""

GERMAN = OwnParty(
    name="Anna Beispiel", street="Weg 1", zip="80331", city="München", country_code="DE", code="ANNA",
    tax_number="143/123/12345",
)  # fmt: skip
TENANT = OwnParty(
    name="Muster GmbH", street="Allee 2", zip="10115", city="Berlin", country_code="DE", vat_id="DE136695976"
)
AUSTRIAN = OwnParty(
    name="Öhlinger & Söhne OG", street="Ring 1", zip="1010", city="Wien", country_code="AT", code="OEHL",
    vat_id="ATU13585627",
)  # fmt: skip
GREEK = OwnParty(
    name="Νίκος Α.Ε.", street="Οδός 3", zip="10431", city="Athen", country_code="GR", code="NIKOS", vat_id="EL094259216"
)
EX_NUMBER = OwnParty(
    name="Klein SARL", street="Rue 5", zip="75001", city="Paris", country_code="FR", code="KLEIN",
    tax_number="FR12345678EX",
)  # fmt: skip
SWISS = OwnParty(
    name="Bärg AG", street="Gasse 7", zip="8001", city="Zürich", country_code="CH", code="BAERG",
    tax_number="CHE-116.281.710 MWST",
)  # fmt: skip
NORTHERN_IRISH = OwnParty(
    name="Belfast Ltd", street="High St 9", zip="BT1 1AA", city="Belfast", country_code="GB", code="BELF",
    vat_id="XI110305878",
)  # fmt: skip

REGULAR = Vat(category=VatCategory.STANDARD, rate=Decimal("19.00"))
SMALL = Vat(
    category=VatCategory.EXEMPT, rate=Decimal(0), reason="Steuerfreie Leistung eines Kleinunternehmers (§ 19 UStG)"
)
REVERSE = Vat(
    category=VatCategory.REVERSE_CHARGE,
    rate=Decimal(0),
    reason="Steuerschuldnerschaft des Leistungsempfängers (reverse charge)",
    reason_english="Reverse charge: VAT is owed by the recipient of the service",
    code="VATEX-EU-AE",
)
PRIVATE = Vat(
    category=VatCategory.EXEMPT,
    rate=Decimal(0),
    reason=(
        "Kein Umsatzsteuerausweis. Der Empfänger hat am 05.01.2026 erklärt, nicht als Unternehmer (§ 2 UStG) tätig zu "
        "sein."
    ),
)
_REGULATION = ("Gutschrift gemäß § 14 Abs. 2 Satz 5 UStG",)
_ENGLISH = ("Self-billing invoice according to § 14 (2) sentence 5 UStG (German VAT Act)",)
_DAY = date(2026, 11, 2)

CASES: dict[str, tuple[OwnParty, Vat]] = {
    "regular": (GERMAN, REGULAR),
    "regular_vat_id": (GERMAN.model_copy(update={"vat_id": "DE129273398", "tax_number": None}), REGULAR),
    "small": (GERMAN, SMALL),
    "small_ex": (EX_NUMBER, SMALL),
    "austria": (AUSTRIAN, REVERSE),
    "greece": (GREEK, REVERSE),
    "switzerland": (SWISS, REVERSE),
    "northern_ireland": (NORTHERN_IRISH, REVERSE),
}


def document(**members: Any) -> OwnDocument:
    """A Gutschrift of one line to a regular partner in Germany, but for what is given."""
    given: dict[str, Any] = {
        "kind": OwnDocumentKind.SELF_BILLED,
        "number": "GU-2026-00001",
        "issued_on": _DAY,
        "period_from": date(2026, 10, 1),
        "period_to": date(2026, 10, 31),
        "seller": GERMAN,
        "buyer": TENANT,
        "lines": (OwnLine(text="Vermittlungsprovision Herbst", net_cents=12_345),),
        "vat": REGULAR,
        "payout_number": "PO-2026-0001",
        "agreement": "2026-01",
        "iban": "DE02120300000000202051",
        "account_holder": "Anna Beispiel",
        "sentences": _REGULATION,
        "payment_terms": "Die Auszahlung wird überwiesen, sobald dieser Beleg zugegangen ist.",
    } | members
    abroad = given["seller"].country_code != "DE"
    return OwnDocument.model_validate({"sentences_english": _ENGLISH if abroad else ()} | given)


def taking_back(of: OwnDocument, **members: Any) -> OwnDocument:
    """The Storno of a document."""
    return document(
        kind=OwnDocumentKind.REVERSAL,
        number="GU-2026-00002",
        seller=of.seller,
        vat=of.vat,
        lines=tuple(line.model_copy(update={"net_cents": -line.net_cents}) for line in of.lines),
        original=Original(number=of.number, issued_on=of.issued_on),
        to_private_person=of.kind is OwnDocumentKind.COMMISSION_STATEMENT,
        payout_number=None,
        iban=None,
        account_holder=None,
        sentences=(),
        payment_terms="Keine Zahlung durch diesen Beleg." if members.get("reversal_code") == "261" else None,
        **members,
    )


def golden() -> Iterator[tuple[str, OwnDocument]]:
    """At least sixty: each tax case as each kind and in each form."""
    for case, (seller, vat) in CASES.items():
        plain = document(seller=seller, vat=vat)
        yield case, plain
        yield f"{case}_storno", taking_back(plain)
        yield f"{case}_storno_261", taking_back(plain, reversal_code="261")
        yield f"{case}_claw_back", document(seller=seller, vat=vat, lines=_WITH_CLAW_BACK)
        yield f"{case}_set_off", document(seller=seller, vat=vat, set_offs=(SetOff(number="GU-2025-9", cents=500),))
        yield f"{case}_no_account", document(seller=seller, vat=vat, iban=None, account_holder=None)
        yield f"{case}_300_lines", document(seller=seller, vat=vat, lines=_MANY)
        owed = (OwnLine(text="Rückforderung", note="Korrektur zu GU-2025-00007, Rechnung RE-1001", net_cents=-9_999),)
        yield (
            f"{case}_correction",
            taking_back(plain).model_copy(update={"kind": OwnDocumentKind.CORRECTION, "lines": owed, "original": None}),
        )
        asked = seller.model_copy(update={"mail": "anna@example.org", "contact": _CONTACT})
        yield f"{case}_xrechnung", document(
            seller=asked, vat=vat, profile="xrechnung", buyer_reference="2026-7",
            buyer=TENANT.model_copy(update={"mail": "rechnung@example.com"}),
        )  # fmt: skip


_CONTACT = Contact(name="Anna Beispiel", phone="+49 89 123456", mail="anna@example.org")
_WITH_CLAW_BACK = (
    OwnLine(text="Vermittlungsprovision Herbst", net_cents=100_01),
    OwnLine(text="Rückforderung", note="Korrektur zu GU-2025-00007, Bestellung 1001", net_cents=-33_34),
)
_MANY = tuple(OwnLine(text=f"Provision {place}", net_cents=place * 7 + 1) for place in range(300))

_names = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co"), blacklist_characters="\ufffe\uffff"),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))
_amounts = st.one_of(st.integers(1, 500), st.integers(1, 100_000_000))


@st.composite
def drawn(draw: st.DrawFn) -> OwnDocument:
    """Parties, lines, rates, tax cases, names in all scripts, amounts to the cent and to the million."""
    seller, vat = CASES[draw(st.sampled_from(sorted(CASES)))]
    seller = seller.model_copy(update={"name": draw(_names), "city": draw(_names), "street": draw(_names)})
    earned = [OwnLine(text=draw(_names), net_cents=draw(_amounts)) for _ in range(draw(st.integers(1, 8)))]
    left = sum(line.net_cents for line in earned) - 1
    back = draw(st.integers(0, left))
    lines = [*earned, OwnLine(text=draw(_names), note=draw(_names), net_cents=-back)] if back else earned
    begins = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700)))
    whole = document(
        seller=seller,
        vat=vat,
        lines=tuple(lines),
        period_from=begins,
        period_to=begins + timedelta(days=draw(st.integers(0, 95))),
        issued_on=begins + timedelta(days=100),
        iban=draw(st.sampled_from(["DE02120300000000202051", None])),
    )
    return taking_back(whole) if draw(st.booleans()) and draw(st.booleans()) else whole
