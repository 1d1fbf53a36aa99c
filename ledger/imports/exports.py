"""What the ledger holds, in the columns in which files are taken over: what comes out goes in again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from ledger.audit import audit
from ledger.csv_reading import CsvFile
from ledger.csv_writing import Cents, csv_lines, written_back
from ledger.database import TenantTransaction
from ledger.imports.columns import COLUMNS, Column, Kind, Shape
from ledger.imports.rows import RowProblem
from ledger.imports.standing_partners import SECONDS
from ledger.programme.partners import BESIDE
from ledger.types import BERLIN
from ledger.vault import Vault

Language = Literal["de", "en"]
BANK = ("account_holder", "iban", "bic")


def headings(kind: Kind, language: Language, *, without: Sequence[str] = ()) -> list[str]:
    """As our own files call the columns."""
    return [one.heading(language) for one in COLUMNS[kind] if one.name not in without]


async def partners(
    tx: TenantTransaction, vault: Vault | None, language: Language, *, after: str | None, limit: int
) -> tuple[list[Sequence[Any]], str | None]:
    """Partners by code with their latest tax status, and where the next ones begin.

    With a vault also the account that waits or is in force, whole: record_download is called before.
    """
    rows = await tx.fetch(
        f"""
        SELECT p.*, s.code AS sponsor_code, c.slug AS campaign_slug, f.code AS predecessor_code,
               p.agreement_accepted_at AS agreement_at, x.status AS tax_status, x.valid_from AS tax_valid_from,
               x.valid_until AS tax_valid_until, x.vat_id, x.tax_number, x.business_id, x.confirmed_year, x.exclusion,
               x.declared_on, b.account_holder, b.iban_encrypted, b.bic
          FROM (SELECT * FROM partners WHERE tenant_id = $1 AND code > $2 ORDER BY code LIMIT $3) p
          {BESIDE}
          LEFT JOIN LATERAL (SELECT * FROM partner_tax_statuses t
                              WHERE t.tenant_id = p.tenant_id AND t.partner_id = p.id
                              ORDER BY valid_from DESC, recorded_at DESC LIMIT 1) x ON true
          LEFT JOIN LATERAL (SELECT * FROM partner_bank_details a
                              WHERE a.tenant_id = p.tenant_id AND a.partner_id = p.id
                                AND a.state IN ('pending', 'active') ORDER BY a.state DESC LIMIT 1) b ON true
         ORDER BY p.code
        """,
        tx.tenant.id,
        after or "",
        limit,
        timeout=SECONDS,
    )
    found: list[Sequence[Any]] = []
    for row in rows:
        iban = vault.decrypt(row["iban_encrypted"]) if vault and row["iban_encrypted"] else None
        values = {**row, "iban": iban}
        found.append(_line(Kind.PARTNERS, values, language, without=() if vault else BANK))
    return found, rows[-1]["code"] if len(rows) == limit else None


async def record_download(tx: TenantTransaction, *, by: str) -> None:
    """Somebody takes all bank details out of the product."""
    await audit.record(
        tx, actor=by, action="partners.bank_details_exported", subject="tenant", subject_id=tx.tenant.slug
    )


async def customers(
    tx: TenantTransaction, language: Language, *, after: int | None, limit: int
) -> tuple[list[Sequence[Any]], int | None]:
    """Customers in the order in which they came, and where the next ones begin."""
    rows = await tx.fetch(
        """
        SELECT c.seq, c.external_id, c.email, c.name, c.lexoffice_contact_id, p.code AS partner_code
          FROM customers c LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.assigned_partner_id
         WHERE c.tenant_id = $1 AND c.seq > $2 AND c.erased_at IS NULL
           AND COALESCE(c.external_id, c.email, c.lexoffice_contact_id::text) IS NOT NULL
         ORDER BY c.seq LIMIT $3
        """,
        tx.tenant.id,
        after or 0,
        limit,
        timeout=SECONDS,
    )
    return [_line(Kind.CUSTOMERS, row, language) for row in rows], rows[-1]["seq"] if len(rows) == limit else None


def wrong_rows(file: CsvFile, problems: Sequence[RowProblem], told: dict[int, str], heading: str) -> bytes:
    """The rows that cannot be taken over as they were written, with what is wrong with them in the last column."""
    wrong = {one.line for one in problems}
    told_cells = [*((row.line, row.cells) for row in file.rows), *((row.line, row.cells) for row in file.broken)]
    cells = {line: held for line, held in told_cells if line in wrong}
    width = len(file.header)
    lines = [
        [*(written_back(cell) for cell in cells[line]), *[""] * (width - len(cells[line])), told[line]]
        for line in sorted(cells)
    ]
    return csv_lines([[*file.header, heading], *lines], first=True)


def _line(kind: Kind, values: Any, language: Language, *, without: Sequence[str] = ()) -> list[Any]:
    return [_cell(one, values[one.name], language) for one in COLUMNS[kind] if one.name not in without]


def _cell(one: Column, value: Any, language: Language) -> Any:
    if value is None:
        return None
    match one.shape:
        case Shape.AMOUNT:
            return Cents(value)
        case Shape.WORD:
            return one.words[value][0 if language == "de" else 1]
        case Shape.MOMENT if isinstance(value, datetime):
            local = value.astimezone(BERLIN)
            return local.date() if not (local.hour or local.minute or local.second) else value
        case _:
            return value
