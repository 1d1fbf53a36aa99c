"""The books that documents may be in, and what each of them can do: one row for each.

The names are rows of the table `providers` too; how a row is called stands in `activities/books/<name>/`. Whoever needs
to know something of a provider asks its row, never its name.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from ledger.refusals import NotFound
from ledger.types import EASYBILL, LEXOFFICE, Frozen, TaxCase

NO_BOOKS: Final = "none"
"""By hand, or later: nothing is booked by us, and no connection is needed."""


class Books(Frozen):
    """What can be done in these books."""

    name: str
    takes_credit_notes: bool = True
    """Strategy A: they write the document."""
    takes_vouchers: bool = False
    """Strategy B: a document of our own is booked there as a purchase."""
    tells_taxation: bool = False
    """How the tenant is taxed stands in its account; else the tenant says so itself."""
    tax_options: Mapping[TaxCase, tuple[str, ...]] = {}
    """The words for each tax case of which an admin confirms one (tax_options); empty where the books ask for none."""
    formula: int = 4
    """Of what an approval of a credit note there stands for (payout_content)."""
    is_swept: bool = False
    """Credit notes that payouts wait for are compared by each pass (`sweep_awaited_credits`); lexoffice has passes of
    its own."""
    numbered_as: bytes = b""
    """Six letters of its name, in the ids of what it numbers (provider_ids); they never change. Empty where its things
    have UUIDs."""


_FREE_OF_VAT = ("smallBusiness", "sStfr", "nStb", "nStbNoneUstID")
_OF_EASYBILL = {
    TaxCase.REGULAR: ("taxed",),
    TaxCase.SMALL_BUSINESS: _FREE_OF_VAT,
    TaxCase.PRIVATE: _FREE_OF_VAT,
}
"""Of its `vat_option`; the others tell of deliveries abroad and of reverse charge, which no credit note there has."""

_ROWS: dict[str, Books] = {
    row.name: row
    for row in (
        Books(name=LEXOFFICE, takes_vouchers=True, tells_taxation=True, formula=1),
        Books(name=EASYBILL, tax_options=_OF_EASYBILL, is_swept=True, numbered_as=b"easybi"),
        Books(name=NO_BOOKS, takes_credit_notes=False),
    )
}
BOOKS: Final[Mapping[str, Books]] = MappingProxyType(_ROWS)


def providers() -> list[str]:
    """Books that somebody else keeps, whom we call."""
    return [name for name in BOOKS if name != NO_BOOKS]


def books_named(name: str) -> Books:
    """The row. Raises NotFound for a name that this release does not know."""
    if name not in BOOKS:
        raise NotFound("books_not_found")
    return BOOKS[name]


def _known(name: str) -> str:
    if name not in BOOKS:
        raise ValueError("no books of ours")
    return name


BooksName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(BOOKS)})]
"""For what somebody hands in."""
