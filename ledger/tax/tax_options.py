"""What a document of a tax case is called in books that ask for it, such as easybill's `vat_option`.

An admin confirms it; a case that nobody has confirmed is blocked (document_rules). [K] Which word is right is for a tax
adviser to say.
"""

from collections.abc import Mapping
from datetime import datetime

from ledger.audit import audit
from ledger.books import books_named
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable
from ledger.types import Frozen, TaxCase

TAXED = "taxed"
"""With VAT as usual: the books are told no word."""


class TaxOption(Frozen):
    """The word of a case, and who confirmed it."""

    tax_case: TaxCase
    option: str
    confirmed_by: str
    confirmed_at: datetime


async def find(tx: TenantTransaction, books: str, case: TaxCase) -> str | None:
    """The word of this case; None where nobody has confirmed one."""
    found: str | None = await tx.fetchval(
        "SELECT option FROM tax_options WHERE tenant_id = $1 AND books = $2 AND tax_case = $3",
        tx.tenant.id,
        books,
        case,
    )
    return found


async def list_options(tx: TenantTransaction, books: str) -> list[TaxOption]:
    """What is confirmed for these books."""
    rows = await tx.fetch(
        "SELECT * FROM tax_options WHERE tenant_id = $1 AND books = $2 ORDER BY tax_case", tx.tenant.id, books
    )
    return [TaxOption.from_row(row) for row in rows]


async def confirm(tx: TenantTransaction, books: str, wanted: Mapping[TaxCase, str], *, by: str) -> list[TaxOption]:
    """Confirm these words; what is not named stays. An approval that named another one is void.

    Raises NotAcceptable for a word or a case that these books do not have.
    """
    before = {one.tax_case: one.option for one in await list_options(tx, books)}
    for case, option in wanted.items():
        if option not in books_named(books).tax_options.get(case, ()):
            raise NotAcceptable("tax_option_unknown", case=case, option=option)
    changed = {case: option for case, option in wanted.items() if before.get(case) != option}
    for case, option in changed.items():
        await tx.execute(
            """
            INSERT INTO tax_options (tenant_id, books, tax_case, option, confirmed_by) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, books, tax_case)
            DO UPDATE SET option = $4, confirmed_by = $5, confirmed_at = now()
            """,
            tx.tenant.id,
            books,
            case,
            option,
            by,
        )
    if changed:
        await audit.record(
            tx,
            actor=by,
            action="documents.tax_options_confirmed",
            subject="tenant",
            subject_id=str(tx.tenant.id),
            detail={"books": books, **{case: [before.get(case), option] for case, option in changed.items()}},
        )
    return await list_options(tx, books)
