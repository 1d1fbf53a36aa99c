"""What easybill's webhooks never told of CREDITs that a payout waits for.

easybill sends a notification a few times and then no more, and what is fetched may lag behind it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from temporalio import activity

from activities.books.easybill.documents import shown
from activities.books.easybill.gateway import EasybillDoor
from activities.heartbeats import heartbeats
from easybill.documents import Document
from easybill.queries import LARGEST_PAGE, DocumentQuery
from ledger import clock
from ledger.booking import unapplied_documents
from ledger.booking.swept_findings import commit_found
from ledger.database import Ledger
from ledger.documents import unclear_outcomes
from ledger.inbox import sweep_findings, sweeps
from ledger.inbox.sweep_findings import Found, Listed
from ledger.provider_ids import Thing, numbered_id
from ledger.types import EASYBILL, DocumentKind, Tenant

_A_DAY = timedelta(days=1)
_NOT_CLOSED = ("open", "draft")


class EasybillSweepActivities:
    def __init__(self, ledger: Ledger, door: EasybillDoor) -> None:
        self._ledger = ledger
        self._door = door

    @activity.defn
    async def sweep_awaited_credits(self, tenant: Tenant) -> int:
        """GET the CREDITs since the oldest that is awaited, and what cancels one. Those that differ become events,
        which the hand-over announces; returns how many. Repeating it hands over nothing twice."""
        async with self._ledger.transaction(tenant) as tx:
            oldest = await sweep_findings.credits_awaited_since(tx, provider=EASYBILL)
            began_at = (await sweeps.get_state(tx)).now
        if oldest is None:
            return 0
        query = DocumentQuery(
            types=("CREDIT", "STORNO_CREDIT"),
            dated=(oldest - _A_DAY, clock.today() + _A_DAY),
            limit=LARGEST_PAGE,
        )
        shown, number, is_last = list[_Row](), 1, False
        async with heartbeats():
            while not is_last:
                async with self._door.reading(tenant) as client:
                    page = await client.documents(query, number)
                shown += [_row(document) for document in page.items]
                number, is_last = number + 1, page.is_last
        found = await self._compare(tenant, shown)
        async with self._ledger.transaction(tenant) as tx:
            missing = await sweep_findings.list_missing(
                tx, since=began_at, provider=EASYBILL, kinds=(DocumentKind.CREDIT_NOTE,)
            )
        listed = {one.resource_id for one in found}
        found += [one for one in missing if one.resource_id not in listed]
        return len(await commit_found(self._ledger, tenant, found, provider=EASYBILL))

    async def _compare(self, tenant: Tenant, rows: Sequence["_Row"]) -> list[Found]:
        """What the ledger holds otherwise; and of what it does not hold: what cancels a CREDIT that it holds, and what
        may be the one that is lost. Of all pages at once: what cancels a CREDIT stands on a later one."""
        cancelled_by = {row.cancels: row for row in rows if row.cancels is not None}
        async with self._ledger.transaction(tenant) as tx:
            known = await sweep_findings.held(tx, [row.listed.resource_id for row in rows], provider=EASYBILL)
            lost = await unclear_outcomes.hold_lost_credit_notes(tx, provider=EASYBILL)
            still_open = [row.listed.resource_id for row in rows if row.listed.status in _NOT_CLOSED]
            await sweep_findings.mark_listed_as_open(tx, still_open, provider=EASYBILL)
            found, agreeing = list[Found](), list[UUID]()
            for listed, _, named in rows:
                held, canceller = known.get(listed.resource_id), cancelled_by.get(listed.resource_id)
                if held is None:
                    if named and lost:
                        found.append(sweep_findings.as_unknown(listed, provider=EASYBILL))
                elif canceller is not None and listed.status != "voided":
                    # It need not name what cancels it, so its own row says for ever that it stands.
                    if held.status == "voided":
                        agreeing.append(listed.resource_id)
                    else:
                        found.append(sweep_findings.as_unknown(canceller.listed, provider=EASYBILL))
                elif (one := sweep_findings.differs(listed, held, cut_over=None, lost=lost, provider=EASYBILL)) is None:
                    agreeing.append(listed.resource_id)
                else:
                    found.append(one)
            await unapplied_documents.close_agreeing(tx, agreeing)
        return found


class _Row(NamedTuple):
    """What the list shows of one document."""

    listed: Listed
    cancels: UUID | None
    """The CREDIT that this one cancels."""
    named: bool
    """Whether it is a CREDIT with an id that somebody else gave it, as ours have."""


def _row(document: Document) -> _Row:
    is_credit = document.type == "CREDIT"
    cancels = None if is_credit or document.is_draft or document.ref_id is None else _id(document.ref_id)
    return _Row(_listed(document), cancels, is_credit and bool(document.external_id))


def _id(number: int) -> UUID:
    return numbered_id(EASYBILL, Thing.DOCUMENT, number)


def _listed(document: Document) -> Listed:
    """A row in the ledger's terms."""
    booked = shown(document, None)
    return Listed(
        kind=DocumentKind.CREDIT_NOTE,
        resource_id=booked.id,
        status=booked.voucher_status,
        open_cents=document.open_cents,
        voucher_date=document.document_date,
        updated_at=booked.updated_date,
    )
