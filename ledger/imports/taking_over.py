"""What taking a file over would do, and taking it over: one transaction, one entry in the trail, or nothing at all.

Both judge the rows by the same functions; the second under locks, so that what it does is true when it does it.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field

from ledger.audit import audit, hands
from ledger.commissions.manual_lines import OpeningBalance
from ledger.csv_reading import CsvFile
from ledger.database import TenantTransaction
from ledger.imports import balance_rows, customer_rows, earning_sales, files, partner_rows, past_sales, questions
from ledger.imports import rows as file_rows
from ledger.imports.columns import Kind, Shape, column
from ledger.imports.files import Import
from ledger.imports.judging import Difference, Judged, Judgement
from ledger.imports.rows import ReadRows, Row, RowProblem
from ledger.programme.partners import NewPartner
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.sales import references
from ledger.sales.customers import NewCustomer
from ledger.sales.told_sales import NewSale
from ledger.types import Frozen, PayoutNumber
from ledger.vault import Vault

_MODELS: dict[Kind, type[BaseModel]] = {
    Kind.PARTNERS: NewPartner,
    Kind.OPENING_BALANCES: OpeningBalance,
    Kind.CUSTOMERS: NewCustomer,
    Kind.PAST_SALES: NewSale,
    Kind.SALES: NewSale,
}
MOST_SHOWN = 200
"""Rows of a preview, of those that differ and of those that are wrong."""
MOST_AT_ONCE = {
    Kind.PARTNERS: 2_000,
    Kind.OPENING_BALANCES: 5_000,
    Kind.CUSTOMERS: 5_000,
    Kind.PAST_SALES: 50_000,
    Kind.SALES: 1_000,
}
"""Rows that differ and are taken over by one request. The command has more time, and no such bound."""


class RowShown(Frozen):
    """A row that would make or change something."""

    line: int
    about: str
    is_new: bool
    differences: tuple[Difference, ...]


class Preview(Frozen):
    """What taking it over would do. `asked`: what a person must say first; then nothing else is known."""

    asked: tuple[Reason, ...] = ()
    numbers: str | None = None
    """How it writes amounts, where that makes a difference; `days` alike."""
    days: str | None = None
    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0
    problem_count: int = 0
    problems: tuple[RowProblem, ...] = Field(default=(), description="Nach Zeilen")
    shown: tuple[RowShown, ...] = ()
    seen: str | None = None
    """Names all that it would do: whoever takes it over names what was shown."""

    @property
    def does_something(self) -> bool:
        """Whether there is anything to take over."""
        return bool(self.new or self.changed)


class TakenOver(Frozen):
    """`payouts` must look again."""

    file: Import
    payouts: tuple[PayoutNumber, ...]


async def preview(tx: TenantTransaction, vault: Vault, found: Import, file: CsvFile) -> Preview:
    """What this file would do now. Writes nothing. Raises NotAcceptable where a column is missing."""
    style, asked = await asyncio.to_thread(file_rows.style_of, found.kind, file, found.mapping)
    if asked:
        return Preview(asked=tuple(Reason.of(one.code, **one.params) for one in asked))
    read = await asyncio.to_thread(file_rows.read_rows, found.kind, file, found.mapping, style)
    judgement = await judge(tx, vault, found.kind, read)
    counts = _counts(found.row_count, judgement)
    problems = sorted(judgement.problems, key=lambda one: one.line)
    differing = sorted((one for one in judgement.rows if one.outcome != "same"), key=lambda one: one.line)
    return Preview(
        numbers=_told(found, style.numbers, Shape.AMOUNT),
        days=_told(found, style.days, Shape.DAY, Shape.MOMENT),
        **counts,
        problem_count=len(problems),
        problems=tuple(problems[:MOST_SHOWN]),
        shown=tuple(_shown(one) for one in differing[:MOST_SHOWN]),
        seen=_seen(found, judgement),
    )


async def judged(tx: TenantTransaction, vault: Vault, found: Import, file: CsvFile) -> Judgement:
    """All rows, without a bound, by line. Raises NotAcceptable where a person must say something first."""
    judgement = await judge(tx, vault, found.kind, await _read(found, file))
    by_line = sorted(judgement.problems, key=lambda one: one.line)
    return Judgement(sorted(judgement.rows, key=lambda one: one.line), by_line)


async def judge(tx: TenantTransaction, vault: Vault, kind: Kind, read: ReadRows) -> Judgement:
    """What these rows would do, with all that is wrong with the file."""
    match kind:
        case Kind.PARTNERS:
            found = await partner_rows.judge(tx, vault, read.rows)
        case Kind.OPENING_BALANCES:
            found = await balance_rows.judge(tx, read.rows)
        case Kind.CUSTOMERS:
            found = await customer_rows.judge(tx, read.rows)
        case Kind.PAST_SALES:
            found = await past_sales.judge(tx, read.rows)
        case Kind.SALES:
            found = await earning_sales.judge(tx, read.rows)
    beside = await asyncio.to_thread(_wrong_beside, _MODELS[kind], read.partly)
    return Judgement(found.rows, [*read.problems, *beside, *found.problems])


def _wrong_beside(model: type[BaseModel], rows: Sequence[Row]) -> list[RowProblem]:
    """In rows with a cell that could not be read: so that one look is enough to mend them."""
    found: list[RowProblem] = []
    for row in rows:
        told = {name: value for name, value in row.values.items() if value is not None and name in model.model_fields}
        found += file_rows.each_alone(model, told, row.line)
    return found


class Wish(Frozen):
    """`leave_out_wrong`: what is right is taken over without the rows that are wrong. `seen` as the preview named it;
    None: whatever it would do now.
    """

    by: str
    seen: str | None = None
    leave_out_wrong: bool = False
    most: int | None = None
    may_bank: bool = True


async def take_over(tx: TenantTransaction, vault: Vault, import_id: UUID, file: CsvFile, wish: Wish) -> TakenOver:
    """All of it in this transaction.

    Raises NotAllowedNow (taken over before, or it would do something else than was shown), NotAcceptable (rows that are
    wrong, nothing to do, too many rows, bank details by somebody who may not record them).
    """
    found = await files.lock(tx, import_id)
    read = await _read(found, file)
    if found.kind in (Kind.PARTNERS, Kind.OPENING_BALANCES):
        await partner_rows.hold(tx, read.rows)
    await hands.hold_tenant(tx)
    if found.kind is Kind.PAST_SALES:
        # Who tells of one of these sales meanwhile would find it nowhere, and let it earn here.
        await references.hold_all(tx)
    judgement = await judge(tx, vault, found.kind, read)
    counts = require_fit(found, judgement, wish)
    with audit.as_one_act() as parts:
        touched = await _take(tx, vault, found, judgement.rows, by=wish.by)
    acts = Counter(part.action for part in parts)
    await audit.record(
        tx,
        actor=wish.by,
        action="import.taken_over",
        subject="import",
        subject_id=str(import_id),
        detail={"kind": found.kind, "sha256": found.sha256, "rows": found.row_count, **counts, "acts": dict(acts)},
    )
    if parts:
        await files.keep_changes(tx, import_id, parts)
    accounts, lines = acts["partner.bank_details_saved"], acts["partner.opening_balance_written"]
    if accounts or lines:
        await questions.ask(tx, str(import_id), accounts=accounts, lines=lines)
    await questions.close_done(tx, by=wish.by)  # what it takes the place of waits no more
    return TakenOver(file=await files.end(tx, import_id, counts, by=wish.by), payouts=tuple(dict.fromkeys(touched)))


async def _take(
    tx: TenantTransaction, vault: Vault, found: Import, judged: Sequence[Judged], *, by: str
) -> list[PayoutNumber]:
    match found.kind:
        case Kind.PARTNERS:
            return await partner_rows.take(tx, vault, judged, by=by)
        case Kind.OPENING_BALANCES:
            return await balance_rows.take(tx, judged, by=by)
        case Kind.CUSTOMERS:
            await customer_rows.take(tx, judged, by=by, reason=found.name)
            return []
        case Kind.PAST_SALES:
            await past_sales.take(tx, found.id, judged, by=by)
            return []
        case Kind.SALES:
            raise NotAcceptable("sales_are_told_one_by_one")


async def _read(found: Import, file: CsvFile) -> ReadRows:
    style, asked = await asyncio.to_thread(file_rows.style_of, found.kind, file, found.mapping)
    if asked:
        raise NotAcceptable(asked[0].code, **asked[0].params)
    return await asyncio.to_thread(file_rows.read_rows, found.kind, file, found.mapping, style)


def require_fit(found: Import, judgement: Judgement, wish: Wish) -> dict[str, int]:
    """How many rows are new, changed, the same and wrong, if this may be done. Raises NotAcceptable, NotAllowedNow."""
    counts = _counts(found.row_count, judgement)
    if wish.seen is not None and wish.seen != _seen(found, judgement):
        raise NotAllowedNow("import_changed")
    if counts["wrong"] and not wish.leave_out_wrong:
        raise NotAcceptable("import_rows_wrong", rows=counts["wrong"])
    if not counts["new"] + counts["changed"]:
        raise NotAcceptable("import_changes_nothing")
    if wish.most is not None and counts["new"] + counts["changed"] > wish.most:
        raise NotAcceptable("import_too_many_rows", most=wish.most)
    if not wish.may_bank and any(one.plan.account for one in judgement.rows if found.kind is Kind.PARTNERS):
        raise NotAcceptable("import_of_bank_details")
    return counts


def _counts(rows: int, judgement: Judgement) -> dict[str, int]:
    found: Counter[str] = Counter(one.outcome for one in judgement.rows)
    return {"new": found["new"], "changed": found["changed"], "same": found["same"], "wrong": rows - found.total()}


def _seen(found: Import, judgement: Judgement) -> str:
    """What a new row makes says the file, by its mapping; of the others what differs is named too."""
    told = hashlib.sha256(f"{found.sha256} {found.mapping.model_dump_json()}".encode())
    for one in sorted(judgement.rows, key=lambda one: one.line):
        told.update(f"\n{one.line} {one.outcome} {one.differences!r}".encode())
    return told.hexdigest()


def _told(found: Import, style: str, *shapes: Shape) -> str | None:
    names = [name for name in found.mapping.columns if name is not None]
    return style if any(column(found.kind, name).shape in shapes for name in names) else None


def _shown(one: Judged) -> RowShown:
    return RowShown(line=one.line, about=one.about, is_new=one.outcome == "new", differences=one.differences)
