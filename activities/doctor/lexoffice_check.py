"""Ledger and lexoffice: does every document with our marker belong to exactly one payout, and do states agree?

The marker stands in a document's text only, so each credit note that the ledger does not know is fetched.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from activities.gateway.calls import NoSlot, pause_after
from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.sweep.sweeping import listed
from httpcalls.errors import NoAnswer, NotFound, RateLimited, ServerError, Unreachable
from ledger import clock
from ledger.access import tenants
from ledger.database import Ledger
from ledger.documents import documents, intents
from ledger.documents.own import circle, voucher_use
from ledger.inbox import events, sweep_findings, sweeps
from ledger.reports import invariants, own_document_checks
from ledger.reports.differences import Difference
from ledger.reports.invariants import KnownCreditNote
from ledger.types import BERLIN, Frozen, PayoutNumber, Tenant
from lexoffice.answers import Page
from lexoffice.client import SEARCH_WINDOW, LexofficeClient
from lexoffice.documents import DocumentText
from lexoffice.vouchers import VoucherQuery, VoucherRow, VoucherType

_MARKER = re.compile(r"\[(PO-([0-9]{4})-([0-9]{4,}))/[A-Za-z0-9]{8}\]")
_LAGS = timedelta(minutes=2)
_TOO_FRESH = timedelta(minutes=30)
"""What changed just now may be known to nobody yet; a sweep comes every 15 minutes."""
_TRIES = 8

Say = Callable[[str], None]
Answer = TypeVar("Answer")


class LexofficeView(Frozen):
    """What differs, and the highest payout number of each year that stands on a document."""

    differences: tuple[Difference, ...] = ()
    highest_numbers: dict[int, int] = Field(default_factory=dict)


async def check(
    ledger: Ledger, door: LexofficeDoor, tenant: Tenant, say: Say, *, read_voided: bool = False
) -> LexofficeView:
    """Compare all documents since the tenant exists. Raises what the door raises for a connection that is not usable.

    `read_voided`: also fetch voided credit notes, whose numbers must not be used again (after a restore).
    """
    async with ledger.transaction(tenant) as tx:
        since = await tenants.created_at(tx)
    async with door.reading(tenant) as client:
        asking = _Asking(client, (since - timedelta(days=1)).astimezone(BERLIN).date())
        say("listing credit notes")
        notes = [row async for row in asking.rows("creditnote")]
        found, numbers = await _credit_notes(ledger, tenant, asking, notes, say, read_voided=read_voided)
        say("listing invoices")
        invoices = [row async for row in asking.rows("invoice")]
        found += await _look_twice_at_states(ledger, tenant, asking, [*notes, *invoices], ("creditnote", "invoice"))
        found += await _vouchers(ledger, tenant, asking, say, after_restore=read_voided)
    found += await _unknown_invoices(ledger, tenant, invoices, since)
    return LexofficeView(differences=tuple(found), highest_numbers=numbers)


class _Asking:
    """Patience with a budget that others use too: a request that finds no slot, or no answer, is repeated."""

    def __init__(self, client: LexofficeClient, since: date) -> None:
        self._client = client
        self._since = since

    async def rows(self, type: VoucherType) -> AsyncIterator[VoucherRow]:
        """Every row since the tenant exists, in as many spans of days as lexoffice's longest list requires."""
        spans = [(self._since, clock.today() + timedelta(days=1))]
        while spans:
            first, last = spans.pop()
            query = VoucherQuery(voucher_types=(type,), created_date_from=first, created_date_to=last)
            for number in range(SEARCH_WINDOW // query.size):
                page = await self._page(query, number)
                if (page.total_elements or 0) >= SEARCH_WINDOW and first < last:
                    middle = first + (last - first) / 2
                    spans += [(first, middle), (middle + timedelta(days=1), last)]
                    break
                for row in page.content:
                    yield row
                if page.is_last:
                    break

    async def _page(self, query: VoucherQuery, number: int) -> Page[VoucherRow]:
        return await self._patiently(lambda: self._client.voucherlist(query, number))

    async def credit_note(self, id: UUID) -> DocumentText | None:
        """None: it is gone."""
        try:
            return await self._patiently(lambda: self._client.document_text("credit-notes", id))
        except NotFound:
            return None

    async def has_voucher(self, id: UUID) -> bool:
        """Whether it is there, listed or not."""
        try:
            await self._patiently(lambda: self._client.voucher(id))
        except NotFound:
            return False
        return True

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """What lexoffice answers, asked again where it is away or busy.

        Raises what the last try raised. Doctor runs outside the engine, which would else do the waiting.
        """
        failures = refusals = 0
        while True:
            try:
                return await ask()
            except NoSlot:
                await asyncio.sleep(random.uniform(0.3, 1.5))  # noqa: S311
            except RateLimited as refused:
                refusals += 1
                await asyncio.sleep(pause_after(refused, refusals))
            except (ServerError, NoAnswer, Unreachable):
                failures += 1
                if failures == _TRIES:
                    raise
                await asyncio.sleep(random.uniform(0.5, 1.0) * failures)  # noqa: S311


async def _credit_notes(
    ledger: Ledger, tenant: Tenant, asking: _Asking, rows: Sequence[VoucherRow], say: Say, *, read_voided: bool
) -> tuple[list[Difference], dict[int, int]]:
    async with ledger.transaction(tenant) as tx:
        known = {note.resource_id: note for note in await invariants.credit_notes(tx)}
    found = [one for row in rows if row.id in known and (one := _amount(row, known[row.id]))]
    valid = {row.id for row in rows if row.voucher_status != "voided"}
    candidates = [row for row in rows if row.id not in known and (read_voided or row.voucher_status != "voided")]
    highest: dict[int, int] = {}
    for position, row in enumerate(candidates, start=1):
        say(f"reading credit notes that the ledger does not know, {position} of {len(candidates)}")
        document = await asking.credit_note(row.id)
        marker = _MARKER.search(document.text) if document else None
        if marker is None or document is None:
            continue
        year, number = int(marker[2]), int(marker[3])
        highest[year] = max(number, highest.get(year, 0))
        if document.voucher_status != "voided" and (one := await _unowned(ledger, tenant, document, marker, valid)):
            found.append(one)
    found += await _missing(asking, known, {row.id for row in rows})
    return found, highest


async def _unowned(
    ledger: Ledger, tenant: Tenant, document: DocumentText, marker: re.Match[str], valid: Set[UUID]
) -> Difference | None:
    """A document with our marker that no payout refers to. `valid`: the credit notes that lexoffice lists as such."""
    number, name = marker[1], document.voucher_number or str(document.id)
    async with ledger.transaction(tenant) as tx:
        claim = await documents.claim(tx, document.id, number=PayoutNumber(number), marker=marker[0])
    if claim.is_owned or (claim.is_under_way and not claim.has_another):
        return None  # adopted meanwhile, or its creation is still being cleared up
    if claim.payout_state is None:
        says = f"Credit note {name} in lexoffice is for {number}, which the ledger does not know."
        mend = "The ledger is older than lexoffice, as after a restore: void it in lexoffice if no money left for it."
    elif claim.other is not None and claim.other not in valid:
        says = f"Credit note {name} in lexoffice carries the marker of {number}, whose own credit note is void or gone."
        mend = (
            f"It is the only one of {number}. If no money left for it, void it in lexoffice; if money left, keep it, "
            f"and answer the task about {number} so that it is not paid again."
        )
    elif claim.has_another:
        says = f"Credit note {name} in lexoffice carries the marker of {number}, which has another credit note."
        mend = "Two documents for one payout: void one of them in lexoffice, and see that only one is transferred."
    else:
        says = f"Credit note {name} in lexoffice is for {number}, which is {claim.payout_state} and refers to none."
        mend = (
            f"Void it in lexoffice; or, if money left for it, cancel or reject {number} so that it is not paid again."
        )
    return Difference(
        check="credit_note_without_payout",
        subject="document",
        subject_id=str(document.id),
        says=says,
        mend=mend,
        bars_creating=True,
    )


def _amount(row: VoucherRow, known: KnownCreditNote) -> Difference | None:
    if row.voucher_status == "voided" or row.total_cents is None or abs(row.total_cents - known.gross_cents) <= 1:
        return None
    return Difference(
        check="document_amount",
        subject="payout",
        subject_id=known.number,
        says=f"{known.number} pays {known.gross_cents} cents, its credit note in lexoffice has {row.total_cents}.",
        mend="Do not transfer it. Void the credit note in lexoffice, answer the question whether money left for it, "
        "and ask for the payout again.",
    )


async def _missing(asking: _Asking, known: dict[UUID, KnownCreditNote], there: set[UUID]) -> list[Difference]:
    """Credit notes of living payouts that lexoffice does not list; a list may lag, so each is asked for."""
    found = []
    for id, note in known.items():
        alive = note.payout_state in ("credit_note_open", "paid") and note.status != "deleted"
        if id in there or not alive or note.created_at > datetime.now(UTC) - _LAGS or await asking.credit_note(id):
            continue
        found.append(
            Difference(
                check="document_missing",
                subject="payout",
                subject_id=note.number,
                says=f"{note.number} is {note.payout_state}, but its credit note is not in lexoffice any more.",
                mend="The second hourly sweep without it cancels an open payout; a paid one needs a person.",
            )
        )
    return found


async def _vouchers(
    ledger: Ledger, tenant: Tenant, asking: _Asking, say: Say, *, after_restore: bool
) -> list[Difference]:
    """Of documents of our own: each is there, has the document's total, and the state that the ledger holds.

    `after_restore`: no voucher has a number that the circle would give once more.
    """
    async with ledger.transaction(tenant) as tx:
        known = {one.resource_id: one for one in await own_document_checks.vouchers(tx)}
        compares_numbers = after_restore and await voucher_use.is_used(tx)
    if not known and not compares_numbers:
        return []
    say("listing purchase vouchers")
    types: tuple[VoucherType, ...] = ("purchaseinvoice", "purchasecreditnote")
    listed_ones = [row for type in types async for row in asking.rows(type)]
    rows = [row for row in listed_ones if row.id in known]
    found = await _look_twice_at_states(ledger, tenant, asking, rows, types)
    if compares_numbers:
        numbers = [row.voucher_number for row in listed_ones if row.voucher_number]
        async with ledger.transaction(tenant) as tx:
            places = await circle.find_forgotten(tx, numbers)
        found += [own_document_checks.forgotten(tenant.id, place) for place in places]
    for row in rows:
        one = known[row.id]
        if row.total_cents is not None and row.total_cents != one.gross_cents and row.voucher_status != "voided":
            found.append(
                Difference(
                    check="voucher_amount",
                    subject="own_document",
                    subject_id=one.number,
                    says=f"{one.number} is of {one.gross_cents} cents, its voucher in lexoffice of {row.total_cents}.",
                    mend="Make the voucher agree with the document in lexoffice; the document never changes.",
                )
            )
    for id in known.keys() - {row.id for row in rows}:
        one = known[id]
        if one.created_at > datetime.now(UTC) - _LAGS or await asking.has_voucher(id):
            continue
        found.append(
            Difference(
                check="voucher_missing",
                subject="own_document",
                subject_id=one.number,
                says=f"{one.number} was booked, but its voucher is not in lexoffice any more.",
                mend="The sweep asks a person; the document still exists: have it booked once more, or take it back.",
            )
        )
    return found


async def _look_twice_at_states(
    ledger: Ledger, tenant: Tenant, asking: _Asking, rows: Sequence[VoucherRow], types: Sequence[VoucherType]
) -> list[Difference]:
    """A list is old when it is read to its end: what differs is listed again, and counts if it still does."""
    first = await _states(ledger, tenant, rows)
    if not first:
        return []
    again = [row for type in types async for row in asking.rows(type)]
    settled = {one.subject_id: one for one in await _states(ledger, tenant, again)}
    return [settled[one.subject_id] for one in first if one.subject_id in settled]


async def _states(ledger: Ledger, tenant: Tenant, rows: Sequence[VoucherRow]) -> list[Difference]:
    """Known documents whose state the ledger does not hold, unless an event about them is under way."""
    async with ledger.transaction(tenant) as tx:
        held = await sweep_findings.held(tx, [row.id for row in rows])
        differing = [row for row in rows if row.id in held and _differs(row, held[row.id])]
        under_way = await events.heard_of(tx, [row.id for row in differing], under_way=True)
        now = await sweep_findings.held(tx, [row.id for row in differing])
    return [
        Difference(
            check="document_state",
            subject="document",
            subject_id=str(row.id),
            says=f"{row.voucher_type} {row.voucher_number or row.id} is {row.voucher_status} in lexoffice with "
            f"{row.open_cents} cents open, {now[row.id].status} with {now[row.id].open_cents} in the ledger.",
            mend=f"partnerdesk sweep --tenant {tenant.slug} --since {_updated(row)}",
        )
        for row in differing
        if row.id not in under_way and _differs(row, now[row.id])
    ]


def _differs(row: VoucherRow, held: sweep_findings.Held) -> bool:
    return sweep_findings.differs(listed(row), held, cut_over=None, lost=False) is not None


async def _unknown_invoices(
    ledger: Ledger, tenant: Tenant, rows: Sequence[VoucherRow], since: datetime
) -> list[Difference]:
    """Paid invoices that nobody ever told us of, and no sweep has found."""
    recently = datetime.now(UTC) - _TOO_FRESH
    async with ledger.transaction(tenant) as tx:
        cut_over = (await sweeps.get_state(tx)).effective_from
        held = await sweep_findings.held(tx, [row.id for row in rows])
        told = await events.heard_of(tx, [row.id for row in rows])
        being_made = await intents.open_invoices(tx)
    return [
        Difference(
            check="invoice_unknown",
            subject="document",
            subject_id=str(row.id),
            says=f"Invoice {row.voucher_number or row.id} is paid in lexoffice, and the ledger has never seen it.",
            mend=f"partnerdesk sweep --tenant {tenant.slug} --since {_updated(row)}",
        )
        for row in rows
        if row.id not in held
        and row.id not in told
        and not being_made
        and sweep_findings.differs(listed(row), None, cut_over=cut_over, lost=False)
        and _has_changed_between(row, since, recently)
    ]


def _has_changed_between(row: VoucherRow, since: datetime, until: datetime) -> bool:
    """One whose times cannot be read is rather named than left out."""
    changed = row.updated_date or row.created_date
    return changed is None or since < changed < until


def _updated(row: VoucherRow) -> str:
    return (row.updated_date or clock.now()).astimezone(BERLIN).date().isoformat()
