"""What our vouchers are booked to in lexoffice: its list of categories, and which of them an admin chose for each case.

Ids of categories are never written down in code: they are the same in every account, and move (facts, B.3).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ledger import tasks
from ledger.audit import audit
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import LEXOFFICE, Frozen

OUTGO = "outgo"
VANISHED = "category_vanished"
"""Kind of the task, and code of why nothing is booked."""


class PostingCase(StrEnum):
    """What a voucher's lines are booked as; several tax cases may share one."""

    REGULAR = "regular"
    UNTAXED = "untaxed"
    """Kleinunternehmer and private persons."""
    REVERSE_CHARGE_EU = "reverse_charge_eu"
    REVERSE_CHARGE_THIRD_COUNTRY = "reverse_charge_third_country"

    @property
    def is_reverse_charge(self) -> bool:
        """Booked as § 13b: by the category, which works out the tax."""
        return self in (PostingCase.REVERSE_CHARGE_EU, PostingCase.REVERSE_CHARGE_THIRD_COUNTRY)


class Category(Frozen):
    """One posting category as lexoffice's list shows it."""

    id: UUID
    name: str
    type: str
    group_name: str | None = None
    contact_required: bool = False


class Mapping(Frozen):
    """What an admin chose for one case. `vanished_at`: since when lexoffice's list has no such expense any more."""

    posting_case: PostingCase
    organization_id: UUID
    category_id: UUID
    name: str
    vanished_at: datetime | None
    changed_by: str
    changed_at: datetime


class CategoryList(Frozen):
    """lexoffice's list as it was last read for the organisation that is connected."""

    categories: tuple[Category, ...] = ()
    read_at: datetime | None = None
    wanted_at: datetime | None = None

    @property
    def outgo(self) -> list[Category]:
        """The expenses, by group and name."""
        found = [one for one in self.categories if one.type == OUTGO]
        return sorted(found, key=lambda one: ((one.group_name or "").casefold(), one.name.casefold(), str(one.id)))


async def want_list(tx: TenantTransaction) -> None:
    """Have the list read by the next sweep. Raises NotAllowedNow where nothing is connected."""
    if (await connections.get(tx, LEXOFFICE)).organization_id is None:
        raise NotAllowedNow("not_connected")
    await tx.execute(
        """
        INSERT INTO posting_category_lists AS l (tenant_id, wanted_at) VALUES ($1, clock_timestamp())
        ON CONFLICT (tenant_id) DO UPDATE SET wanted_at = COALESCE(l.wanted_at, EXCLUDED.wanted_at)
        """,
        tx.tenant.id,
    )


async def is_list_due(tx: TenantTransaction) -> bool:
    """Somebody waits for it, or something is mapped and it was not read for a day."""
    found: bool = await tx.fetchval(
        """
        SELECT EXISTS (SELECT FROM posting_category_lists WHERE tenant_id = $1 AND wanted_at IS NOT NULL)
            OR EXISTS (SELECT FROM posting_category_mapping WHERE tenant_id = $1)
               AND NOT EXISTS (SELECT FROM posting_category_lists
                                WHERE tenant_id = $1 AND read_at > now() - interval '1 day')
        """,
        tx.tenant.id,
    )
    return found


async def keep_list(tx: TenantTransaction, organization: UUID, categories: Sequence[Category]) -> bool:
    """Keep what lexoffice answered, and compare what is mapped with it: a vanished one is asked about.

    True where something that had vanished is there again, so that what waited for it may go on.
    """
    await tx.execute(
        """
        INSERT INTO posting_category_lists (tenant_id, organization_id, categories, read_at)
        VALUES ($1, $2, $3, clock_timestamp())
        ON CONFLICT (tenant_id) DO UPDATE SET organization_id = $2, categories = $3, read_at = clock_timestamp(),
                                              wanted_at = NULL
        """,
        tx.tenant.id,
        organization,
        [one.model_dump(mode="json") for one in categories],
    )
    there = {one.id for one in categories if one.type == OUTGO}
    came_back = False
    for mapping in (await list_mappings(tx)).values():
        if mapping.organization_id != organization:
            continue
        if mapping.category_id not in there:
            await _vanished(tx, mapping)
        elif mapping.vanished_at is not None:
            await _set_vanished(tx, mapping.posting_case, vanished=False)
            came_back = True
    return came_back


async def get_list(tx: TenantTransaction) -> CategoryList:
    """What can be chosen from; empty until lexoffice was asked for the organisation that is connected."""
    row = await tx.fetchrow("SELECT * FROM posting_category_lists WHERE tenant_id = $1", tx.tenant.id)
    if row is None:
        return CategoryList()
    if row["organization_id"] != (await connections.get(tx, LEXOFFICE)).organization_id:
        return CategoryList(wanted_at=row["wanted_at"])
    return CategoryList.from_row(row)


async def list_mappings(tx: TenantTransaction) -> dict[PostingCase, Mapping]:
    """What is chosen, by case."""
    rows = await tx.fetch("SELECT * FROM posting_category_mapping WHERE tenant_id = $1", tx.tenant.id)
    return {PostingCase(row["posting_case"]): Mapping.from_row(row) for row in rows}


async def choose(tx: TenantTransaction, case: PostingCase, category: UUID, *, by: str) -> Mapping:
    """Book this case to that category from the next voucher on.

    Raises NotAllowedNow (the list was never read), NotAcceptable (not in the list, or an income).
    """
    listed = await get_list(tx)
    if listed.read_at is None:
        raise NotAllowedNow("categories_not_read")
    found = next((one for one in listed.categories if one.id == category), None)
    if found is None:
        raise NotAcceptable("category_unknown")
    if found.type != OUTGO:
        raise NotAcceptable("category_is_income", name=found.name)
    row = await tx.fetchrow(
        """
        INSERT INTO posting_category_mapping (tenant_id, posting_case, organization_id, category_id, name, changed_by)
        SELECT $1, $2, organization_id, $3, $4, $5 FROM posting_category_lists WHERE tenant_id = $1
        ON CONFLICT (tenant_id, posting_case) DO UPDATE SET
               organization_id = EXCLUDED.organization_id, category_id = EXCLUDED.category_id, name = EXCLUDED.name,
               vanished_at = NULL, changed_by = EXCLUDED.changed_by, changed_at = now()
        RETURNING *
        """,
        tx.tenant.id,
        case,
        category,
        found.name,
        by,
    )
    assert row is not None
    await audit.record(
        tx,
        actor=by,
        action="posting_category.chosen",
        subject="posting_category",
        subject_id=case,
        detail={"category": str(category), "name": found.name},
    )
    await _close(tx, case, by=by)
    return Mapping.from_row(row)


async def _vanished(tx: TenantTransaction, mapping: Mapping) -> None:
    if mapping.vanished_at is None:
        await _set_vanished(tx, mapping.posting_case, vanished=True)
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=VANISHED,
            subject="posting_category",
            subject_id=mapping.posting_case,
            reason=Reason.of(VANISHED, name=mapping.name),
            detail={"category": str(mapping.category_id)},
        ),
    )


async def _set_vanished(tx: TenantTransaction, case: PostingCase, *, vanished: bool) -> None:
    await tx.execute(
        """
        UPDATE posting_category_mapping SET vanished_at = CASE WHEN $3 THEN clock_timestamp() END
         WHERE tenant_id = $1 AND posting_case = $2
        """,
        tx.tenant.id,
        case,
        vanished,
    )
    if not vanished:
        await _close(tx, case, by="engine")


async def _close(tx: TenantTransaction, case: PostingCase, *, by: str) -> None:
    await tasks.close_questions(tx, subject="posting_category", subject_id=case, kinds=(VANISHED,), by=by)
