"""What easybill's webhooks never told of CREDITs that a payout waits for.

easybill sends a notification a few times and then no more, and what is fetched may lag behind it.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from temporalio import activity

from activities.books.easybill.documents import shown
from activities.books.easybill.gateway import EasybillDoor
from activities.heartbeats import heartbeats
from easybill.documents import Document
from easybill.queries import LARGEST_PAGE, DocumentQuery
from ledger import clock
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
        found, number, is_last = list[Found](), 1, False
        async with heartbeats():
            while not is_last:
                async with self._door.reading(tenant) as client:
                    page = await client.documents(query, number)
                found += await self._compare(tenant, page.items)
                number, is_last = number + 1, page.is_last
        async with self._ledger.transaction(tenant) as tx:
            missing = await sweep_findings.list_missing(
                tx, since=began_at, provider=EASYBILL, kinds=(DocumentKind.CREDIT_NOTE,)
            )
        listed = {one.resource_id for one in found}
        found += [one for one in missing if one.resource_id not in listed]
        return len(await commit_found(self._ledger, tenant, found, provider=EASYBILL))

    async def _compare(self, tenant: Tenant, documents: Sequence[Document]) -> list[Found]:
        """What the ledger holds otherwise; and of what it does not hold: what cancels a CREDIT that it holds, and what
        may be the one that is lost."""
        rows = [(document, _listed(document)) for document in documents]
        cancelled = {document.id: _id(document.ref_id) for document, _ in rows if document.ref_id is not None}
        voided = {row.resource_id for _, row in rows if row.status == "voided"}
        async with self._ledger.transaction(tenant) as tx:
            ids = [row.resource_id for _, row in rows]
            known = await sweep_findings.held(tx, [*ids, *cancelled.values()], provider=EASYBILL)
            lost = await unclear_outcomes.hold_lost_credit_notes(tx, provider=EASYBILL)
            still_open = [row.resource_id for _, row in rows if row.status in _NOT_CLOSED]
            await sweep_findings.mark_listed_as_open(tx, still_open, provider=EASYBILL)
        found = list[Found]()
        for document, row in rows:
            held = known.get(row.resource_id)
            if held is not None:
                differing = sweep_findings.differs(row, held, cut_over=None, lost=lost, provider=EASYBILL)
                found += [differing] if differing else []
            elif document.type == "STORNO_CREDIT":
                of = cancelled.get(document.id)
                if of in known and known[of].status != "voided" and of not in voided and not document.is_draft:
                    found.append(sweep_findings.as_unknown(row, provider=EASYBILL))
            elif lost and document.external_id:
                found.append(sweep_findings.as_unknown(row, provider=EASYBILL))
        return found


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
