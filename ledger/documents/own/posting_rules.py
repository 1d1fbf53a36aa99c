"""Whether a voucher of a tax case can be booked, and to what (rules.md, strategy B, „booked as").

§ 13b waits until an admin has confirmed, for one voucher of each kind in this organisation, what the Voranmeldung says.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger.audit import audit
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents.own import posting
from ledger.documents.own.posting import Mapping, PostingCase
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import LEXOFFICE, Frozen, TaxCase

CASES = {
    TaxCase.REGULAR: PostingCase.REGULAR,
    TaxCase.SMALL_BUSINESS: PostingCase.UNTAXED,
    TaxCase.SMALL_BUSINESS_EU: PostingCase.UNTAXED,
    TaxCase.PRIVATE: PostingCase.UNTAXED,
    TaxCase.EU_BUSINESS: PostingCase.REVERSE_CHARGE_EU,
    TaxCase.THIRD_COUNTRY: PostingCase.REVERSE_CHARGE_THIRD_COUNTRY,
}


class Confirmation(Frozen):
    """Who has looked at which voucher of the kind, and what the Voranmeldung showed of it (Kz 46/47, 84/85, 67)."""

    posting_case: PostingCase
    organization_id: UUID
    category_id: UUID
    voucher_number: str
    shown: str
    confirmed_by: str
    confirmed_at: datetime


class Posting(NamedTuple):
    """Where a voucher goes: the organisation that is connected, the case and its category."""

    organization_id: UUID
    case: PostingCase
    category_id: UUID


async def why_not_bookable(tx: TenantTransaction, tax_case: TaxCase) -> Reason | None:
    """What keeps a voucher of this case from being booked; None where nothing does."""
    found = await _find(tx, tax_case)
    return found if isinstance(found, Reason) else None


async def posting_of(tx: TenantTransaction, tax_case: TaxCase) -> Posting:
    """Where a voucher of this case is booked. Raises NotAllowedNow."""
    found = await _find(tx, tax_case)
    if isinstance(found, Reason):
        raise NotAllowedNow(found.code, **found.params)
    return found


async def list_confirmations(tx: TenantTransaction) -> dict[PostingCase, Confirmation]:
    """What was confirmed about § 13b in the organisation that is connected."""
    rows = await tx.fetch(
        "SELECT * FROM thirteen_b_confirmations WHERE tenant_id = $1 AND organization_id = $2",
        tx.tenant.id,
        (await connections.get(tx, LEXOFFICE)).organization_id,
    )
    return {PostingCase(row["posting_case"]): Confirmation.from_row(row) for row in rows}


async def confirm(
    tx: TenantTransaction, case: PostingCase, *, voucher_number: str, shown: str, by: str
) -> Confirmation:
    """A person has looked at the Voranmeldung of one voucher of the kind.

    Raises NotAcceptable (no § 13b case, nothing said), NotAllowedNow (no category is chosen).
    """
    voucher_number, shown = voucher_number.strip(), shown.strip()
    if not case.is_reverse_charge:
        raise NotAcceptable("case_without_reverse_charge")
    if not 1 <= len(voucher_number) <= 100 or not 1 <= len(shown) <= 500:
        raise NotAcceptable("thirteen_b_says_nothing")
    mapping = await _mapping(tx, case)
    if isinstance(mapping, Reason):
        raise NotAllowedNow(mapping.code, **mapping.params)
    row = await tx.fetchrow(
        """
        INSERT INTO thirteen_b_confirmations
               (tenant_id, organization_id, posting_case, category_id, voucher_number, shown, confirmed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (tenant_id, organization_id, posting_case) DO UPDATE SET
               category_id = EXCLUDED.category_id, voucher_number = EXCLUDED.voucher_number, shown = EXCLUDED.shown,
               confirmed_by = EXCLUDED.confirmed_by, confirmed_at = now()
        RETURNING *
        """,
        tx.tenant.id,
        mapping.organization_id,
        case,
        mapping.category_id,
        voucher_number,
        shown,
        by,
    )
    assert row is not None
    await audit.record(
        tx,
        actor=by,
        action="thirteen_b.confirmed",
        subject="posting_category",
        subject_id=case,
        detail={"voucher_number": voucher_number, "shown": shown, "category": str(mapping.category_id)},
    )
    return Confirmation.from_row(row)


async def withdraw(tx: TenantTransaction, case: PostingCase, *, by: str) -> None:
    """The confirmation counts no more: § 13b vouchers of the kind wait again."""
    gone = await tx.fetchval(
        "DELETE FROM thirteen_b_confirmations WHERE tenant_id = $1 AND organization_id = $2 AND posting_case = $3"
        " RETURNING true",
        tx.tenant.id,
        (await connections.get(tx, LEXOFFICE)).organization_id,
        case,
    )
    if gone:
        await audit.record(
            tx, actor=by, action="thirteen_b.withdrawn", subject="posting_category", subject_id=case, detail={}
        )


async def _find(tx: TenantTransaction, tax_case: TaxCase) -> Posting | Reason:
    case = CASES[tax_case]
    mapping = await _mapping(tx, case)
    if isinstance(mapping, Reason):
        return mapping
    if case.is_reverse_charge:
        confirmed = (await list_confirmations(tx)).get(case)
        if confirmed is None or confirmed.category_id != mapping.category_id:
            return Reason.of("thirteen_b_unconfirmed")
    return Posting(mapping.organization_id, case, mapping.category_id)


async def _mapping(tx: TenantTransaction, case: PostingCase) -> Mapping | Reason:
    organization = (await connections.get(tx, LEXOFFICE)).organization_id
    if organization is None:
        return Reason.of("not_connected")
    mapping = (await posting.list_mappings(tx)).get(case)
    if mapping is None or mapping.organization_id != organization:
        return Reason.of("category_missing")
    if mapping.vanished_at is not None:
        return Reason.of(posting.VANISHED, name=mapping.name)
    return mapping
