"""Admin → Heute, the page after login: what waits for a decision, for money, for an answer; what changed."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.book_pages import page_of_document
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import payout_words, waiting_words
from api.pages.words.task_words import of_kind
from ledger import clock
from ledger.books import NO_BOOKS
from ledger.payouts import approval_queue
from ledger.reports import task_lists, today, waiting_elsewhere
from ledger.reports.today import OpenDocument
from ledger.roles import Permission
from ledger.tax import strategies
from ledger.types import DocumentKind, midnight
from lexoffice.links import Linked

PAGE = "/admin/heute"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
_SHOWN = 6
_KINDS, _NAMED = 8, 3
"""Of the tasks: kinds that are shown, and how many partners of each are named."""


@router.get("")
async def today_page(visit: Reader) -> Response:
    tenant, person = visit.tenant, visit.person
    yesterday = midnight(clock.today() - timedelta(days=1))
    may_approve = person.may(Permission.APPROVE)
    async with visit.doors.ledger.transaction(tenant) as tx:
        mine, more = (
            await approval_queue.for_person(tx, person.user_id, after=None, limit=_SHOWN) if may_approve else ([], None)
        )
        awaiting, awaiting_cents = await approval_queue.count(tx)
        to_transfer, to_mark = await today.open_documents(tx)
        groups = await task_lists.groups(tx, at_most_each=_NAMED)
        partner_of = await task_lists.partners_of(tx, [task for group in groups for task in group.first])
        elsewhere = waiting_words.lines(await waiting_elsewhere.count(tx), person)
        news = await today.news(tx, yesterday)
        books = await strategies.get_books(tx)

    def document_address(one: OpenDocument) -> str | None:
        if one.resource_id is None:
            return None
        kind: Linked = "credit-note" if one.kind is DocumentKind.CREDIT_NOTE else "voucher"
        return page_of_document(visit.doors.settings, kind, one.resource_id)

    return visit.page(
        "today.html",
        now=clock.now(),
        may_approve=may_approve,
        mine=mine,
        has_more=more is not None,
        awaiting=awaiting,
        awaiting_cents=awaiting_cents,
        unusual=payout_words.unusual,
        to_transfer=to_transfer,
        to_mark=to_mark,
        has_books=books != NO_BOOKS,
        document_address=document_address,
        tasks=sum(group.count for group in groups),
        groups=groups[:_KINDS],
        partners_in=lambda group: dict.fromkeys(partner_of[one.id] for one in group.first if one.id in partner_of),
        elsewhere=elsewhere,
        elsewhere_count=sum(line.number for line in elsewhere),
        of_kind=of_kind,
        news=news,
        yesterday=yesterday,
    )
