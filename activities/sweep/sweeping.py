"""Asking lexoffice for its lists, page by page, and handing over what the ledger does not hold yet."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog
from temporalio import activity
from temporalio.client import Client

from activities.engine_away import AWAY
from activities.gateway.lexoffice_gateway import LexofficeDoor, account_of
from activities.heartbeats import heartbeats
from activities.models import EventAnnouncement
from activities.sweep.sweep_models import SALES_DOCUMENTS, EndOfPass, PageOfSlice, Slice, SweepPlan, SweptPage
from ledger import types
from ledger.booking import reconnection, replacement, unapplied_documents
from ledger.booking.swept_findings import commit_found
from ledger.books import books_named, providers
from ledger.commissions import debts, month_close
from ledger.connections import budget, key_age
from ledger.database import Ledger, TenantTransaction
from ledger.documents import seen_credit_notes, unclear_outcomes
from ledger.documents.own import posting, voucher_use
from ledger.documents.own.posting import Category
from ledger.inbox import events, sweep_findings, sweeps, unknown_documents
from ledger.inbox.sweep_findings import Found, Held, Listed
from ledger.inbox.unknown_documents import TakenUp
from ledger.payouts import payouts, status_limits, tax_questions
from ledger.tax import turnovers
from ledger.types import BERLIN, DocumentKind, EventId, Tenant
from lexoffice.client import SEARCH_WINDOW
from lexoffice.errors import FractionOfACent
from lexoffice.vouchers import VoucherQuery, VoucherRow, VoucherStatus, VoucherType


class Announce(Protocol):
    """engine/announcing.py, handed in by the worker: activities do not know the workflows."""

    async def __call__(self, client: Client, tenant: Tenant, announced: EventAnnouncement) -> None: ...


_TYPES: dict[DocumentKind, VoucherType] = {
    DocumentKind.INVOICE: "invoice",
    DocumentKind.CREDIT_NOTE: "creditnote",
    DocumentKind.PURCHASE_INVOICE: "purchaseinvoice",
    DocumentKind.PURCHASE_CREDIT_NOTE: "purchasecreditnote",
}
_VOUCHERS: tuple[VoucherType, ...] = ("purchaseinvoice", "purchasecreditnote")
_KINDS: dict[str, DocumentKind] = {type: kind for kind, type in _TYPES.items()}
_NOT_CLOSED: tuple[VoucherStatus, ...] = ("open", "draft")
"""What has not been settled: a draft may be an invoice not yet finalized, or a credit note that was reopened."""

_VOUCHERS_NOT_CLOSED: tuple[VoucherStatus, ...] = ("open", "transferred", "sepadebit", "unchecked")
"""Of a voucher these are states of its own, and paid follows."""

_PROFILE_AFTER = timedelta(days=1)

_VIEWS_OF_OPEN = ("overdue", "sepadebit", "transferred")
"""Only lists and payments show these; the document itself stays open (lexoffice API, Invoices, Voucherlist)."""

log = structlog.get_logger()


class _Compared(NamedTuple):
    """Of one page: what differs, what of it the ledger knows, and what waited for it and is to be announced."""

    found: list[Found]
    known: frozenset[UUID]
    taken_up: list[TakenUp]


class SweepActivities:
    def __init__(
        self, ledger: Ledger, door: LexofficeDoor, announce: Announce, *, compare_open_every: timedelta
    ) -> None:
        self._ledger = ledger
        self._door = door
        self._announce = announce
        self._compare_open_every = compare_open_every

    @activity.defn
    async def plan_sweep(self, tenant: Tenant) -> SweepPlan:
        """What this pass compares; nothing for a tenant without a working key. No call of lexoffice."""
        await self._settle_ledger(tenant)
        async with self._ledger.transaction(tenant) as tx:
            state = await sweeps.get_state(tx)
            others = await _other_books(tx)
        if not state.connected:
            await self._close_month(tenant)
            return SweepPlan(began_at=state.now, other_books=others)
        async with self._ledger.transaction(tenant) as tx:
            await key_age.warn(tx)
            await budget.warn_of_yearly_budget(tx, provider=types.LEXOFFICE)
            kinds = SALES_DOCUMENTS + (_VOUCHERS if await voucher_use.is_used(tx) else ())
            slices = [Slice(types=kinds, updated_since=sweeps.since_when(state))]
            due = state.open_swept_at is None or state.open_swept_at + self._compare_open_every <= state.now
            if due:
                slices += [
                    Slice(types=(_TYPES[kind],), statuses=_not_closed(_TYPES[kind]), of_open=True)
                    for kind in await sweep_findings.awaited_kinds(tx)
                ]
            return SweepPlan(
                slices=tuple(slices),
                began_at=state.now,
                swept_until=state.swept_until,
                open_swept_at=state.open_swept_at,
                compares_open=due,
                checks_subscriptions=due or state.subscriptions_wanted,
                reads_profile=due and (state.checked_at is None or state.checked_at + _PROFILE_AFTER <= state.now),
                reads_categories=await posting.is_list_due(tx),
                other_books=others,
            )

    @activity.defn
    async def read_profile(self, tenant: Tenant) -> None:
        """GET the profile: nothing notifies of it when the organisation is taxed otherwise from now on."""
        async with heartbeats(), self._door.failures_explained(tenant), self._door.reading(tenant) as client:
            profile = await client.profile()
        async with self._ledger.transaction(tenant, cause="sweep") as tx:
            await reconnection.note_profile(tx, account_of(profile))

    @activity.defn
    async def read_posting_categories(self, tenant: Tenant) -> None:
        """GET the list of posting categories: a vanished one bars vouchers, one that is back lets them go on."""
        async with heartbeats(), self._door.failures_explained(tenant), self._door.reading(tenant) as client:
            found = await client.posting_categories()
            organization = (await self._door.access(tenant)).organization_id
        listed_ones = [
            Category(
                id=one.id,
                name=one.name,
                type=one.type,
                group_name=one.group_name,
                contact_required=one.contact_required,
            )
            for one in found
        ]
        async with self._ledger.transaction(tenant, cause="sweep") as tx:
            if await posting.keep_list(tx, organization, listed_ones):
                await payouts.want_recheck_of_blocked(tx)

    @activity.defn
    async def sweep_page(self, task: PageOfSlice) -> SweptPage:
        """GET one page of one list, and hand over what differs. Repeating it hands over nothing twice."""
        query = VoucherQuery(
            voucher_types=task.slice.types,
            voucher_statuses=task.slice.statuses,
            updated_date_from=task.slice.updated_since,
        )
        async with heartbeats():
            return await self._sweep_page(task, query)

    async def _sweep_page(self, task: PageOfSlice, query: VoucherQuery) -> SweptPage:
        async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
            page = await client.voucherlist(query, task.page)
        too_long = (page.total_elements or 0) >= SEARCH_WINDOW
        if too_long and task.slice.narrower:
            return SweptPage(too_long=True)
        last_to_be_had = (task.page + 2) * query.size > SEARCH_WINDOW
        rows = [row for row in page.content if row.voucher_type in _KINDS]
        compared = await self._compare(task.tenant, rows, of_open=task.slice.of_open)
        told = await self._hand_over(task.tenant, compared.found, compared.known)
        for one in compared.taken_up:
            await self._tell(
                task.tenant, one.resource_id, one.event, one.delivery, known=one.resource_id in compared.known
            )
        return SweptPage(
            found=len(told | {one.resource_id for one in compared.taken_up}),
            is_last=page.is_last or last_to_be_had,
            left_out=too_long,
        )

    @activity.defn
    async def end_pass(self, task: EndOfPass) -> int:
        """Hand over what is awaited and was in no list of open ones; remember the pass. Returns all it found."""
        found: list[Found] = []
        if task.plan.compares_open and not task.left_out:
            async with self._ledger.transaction(task.tenant) as tx:
                found = await sweep_findings.list_missing(tx, since=task.plan.began_at)
        awaited = {one.resource_id for one in found}
        handed_over = task.found + len(await self._hand_over(task.tenant, found, awaited))
        async with self._ledger.transaction(task.tenant) as tx:
            if not task.left_out:
                await unknown_documents.end_unlisted(tx, compared_from=task.plan.began_at)
            await sweeps.finish_pass(
                tx,
                began_at=task.plan.began_at,
                seen=(task.plan.swept_until, task.plan.open_swept_at),
                compared_open=task.plan.compares_open,
                found=handed_over,
                left_out=task.left_out,
            )
        await self._close_month(task.tenant)
        return handed_over

    async def _close_month(self, tenant: Tenant) -> None:
        """Tiers and caps are settled also where nobody begins payout runs. A run closes all months by itself."""
        async with self._ledger.transaction(tenant, cause="sweep") as tx:
            month = await month_close.find_waiting_month(tx)
        if month is not None:
            await month_close.close_month(self._ledger, tenant, month)

    async def _settle_ledger(self, tenant: Tenant) -> None:
        """What only time changes: old debts, partners without a document, windows that no workflow ended, questions."""
        async with self._ledger.transaction(tenant, cause="sweep") as tx:
            await debts.ask_about_old_debts(tx)
            await tax_questions.look_again(tx)
            await turnovers.ask_or_close(tx)
            await status_limits.ask_or_close(tx)
            forgotten = await replacement.forgotten(tx)
        for resource_id in forgotten:
            async with self._ledger.transaction(tenant, cause="sweep") as tx:
                await replacement.judge_window(tx, resource_id)

    async def _compare(self, tenant: Tenant, rows: Sequence[VoucherRow], *, of_open: bool) -> _Compared:
        listed_ones = [listed(row) for row in rows]
        ids = [row.resource_id for row in listed_ones]
        async with self._ledger.transaction(tenant) as tx:
            known = await sweep_findings.held(tx, ids)
            seen = await seen_credit_notes.find(tx, ids)
            cut_over = (await sweeps.get_state(tx)).effective_from
            lost = await unclear_outcomes.hold_lost_credit_notes(tx, provider=types.LEXOFFICE)
            if of_open:
                await sweep_findings.mark_listed_as_open(tx, ids)
            compared = (
                sweep_findings.differs(
                    row,
                    known.get(row.resource_id),
                    cut_over=cut_over,
                    lost=lost,
                    seen=seen.get(row.resource_id),
                )
                for row in listed_ones
            )
            found = [one for one in compared if one]
            differing = {one.resource_id for one in found}
            await unapplied_documents.close_agreeing(tx, [id for id in known if id not in differing])
            taken_up = await self._take_up(tx, listed_ones, found, known)
        return _Compared(found, frozenset(known), taken_up)

    async def _take_up(
        self,
        tx: TenantTransaction,
        rows: Sequence[Listed],
        found: Sequence[Found],
        known: Mapping[UUID, Held],
    ) -> list[TakenUp]:
        """Notifications beyond the bound waited for these lists: what is in them is the tenant's own document.

        A credit note that corrects nothing or was looked at, and what the ledger holds, each as it is, need no call.
        """
        waiting = await unknown_documents.find_waiting(tx, [row.resource_id for row in rows])
        worth = {one.resource_id for one in found} | {
            row.resource_id for row in rows if row.kind is DocumentKind.INVOICE and row.resource_id not in known
        }
        await unknown_documents.nothing_new(tx, list(waiting - worth))
        return await unknown_documents.take_up(tx, list(waiting & worth))

    async def _hand_over(self, tenant: Tenant, found: Sequence[Found], known: Collection[UUID]) -> set[UUID]:
        """Commit an event for each, then announce it, as the webhook does; the rest is the hand-over's.

        Returns the documents that were handed over.
        """
        committed = await commit_found(self._ledger, tenant, found, provider=types.LEXOFFICE)
        for one in committed:
            await self._tell(tenant, one.resource_id, one.event, one.delivery, known=one.resource_id in known)
        return {one.resource_id for one in committed}

    async def _tell(self, tenant: Tenant, resource_id: UUID, event: EventId, delivery: int, *, known: bool) -> None:
        try:
            announced = EventAnnouncement(resource_id=resource_id, event=event, delivery=delivery, known=known)
            await self._announce(activity.client(), tenant, announced)
        except AWAY as error:
            log.warning("announcement failed", tenant=tenant.slug, kind="event", error=type(error).__name__)
            return
        await events.mark_announced(self._ledger, tenant, {event: delivery})


async def _other_books(tx: TenantTransaction) -> tuple[str, ...]:
    """Books beside lexoffice in which a payout's credit note is awaited, and to which the tenant is connected."""
    swept = [name for name in providers() if books_named(name).is_swept]
    return tuple([name for name in swept if await sweep_findings.awaits_credits(tx, provider=name)])


def _not_closed(type: VoucherType) -> tuple[VoucherStatus, ...]:
    return _VOUCHERS_NOT_CLOSED if type in _VOUCHERS else _NOT_CLOSED


def listed(row: VoucherRow) -> Listed:
    """A row in the ledger's terms."""
    return Listed(
        kind=_KINDS[row.voucher_type],
        resource_id=row.id,
        status="open" if _is_view_of_open(row) else row.voucher_status,
        open_cents=_open_cents(row),
        voucher_date=_day(row),
        updated_at=row.updated_date,
    )


def _is_view_of_open(row: VoucherRow) -> bool:
    if row.voucher_type in _VOUCHERS:
        return row.voucher_status == "overdue"
    return row.voucher_status in _VIEWS_OF_OPEN


def _open_cents(row: VoucherRow) -> int | None:
    try:
        return row.open_cents
    except FractionOfACent:
        return None  # no amount of money: compare by status only


def _day(row: VoucherRow) -> date | None:
    return None if row.voucher_date is None else row.voucher_date.astimezone(BERLIN).date()
