"""What the address of a list asks for: its filters, where its page begins, and the file with all of it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi.responses import Response

from api.http.files import csv_file
from api.http.language import language, said, speaking
from api.pages.frame.visits import Visit
from ledger import clock
from ledger.csv_writing import csv_lines
from ledger.database import TenantTransaction
from ledger.programme import campaigns, partners
from ledger.programme.campaigns import Campaign
from ledger.refusals import NotAcceptable
from ledger.types import CampaignId, PartnerId, business_day

PAGE_LENGTH = 50
IN_A_FILE = 1_000
"""Rows that are read at once for a file."""
_MOST_CAMPAIGNS = 200

State = TypeVar("State", bound=StrEnum)
Row = TypeVar("Row")


class Asked:
    """The filters as they were typed, and as they are understood. What is not understood is `refused`."""

    def __init__(self, visit: Visit, path: str, *names: str) -> None:
        self.path = path
        query = visit.request.query_params
        self.typed = {name: query.get(name, "").strip()[:200] for name in names}
        self.cursor = query.get("ab", "")[:60]
        self.refused: NotAcceptable | None = None

    @property
    def wrong(self) -> str | None:
        """For people."""
        return None if self.refused is None else said(self.refused)

    @property
    def number(self) -> int | None:
        """The cursor of a list that is paged by numbers; what is none begins at the top."""
        written = self.cursor
        return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None

    @property
    def is_filtered(self) -> bool:
        return any(self.typed.values())

    def text(self, name: str) -> str | None:
        return self.typed[name] or None

    def state(self, name: str, kind: type[State]) -> State | None:
        written = self.typed[name]
        if not written:
            return None
        if written not in list(kind):
            self.refused = NotAcceptable("unknown_status")
            return None
        return kind(written)

    def first_day(self, name: str) -> date | None:
        written = self.typed[name]
        if not written:
            return None
        try:
            return business_day(written)
        except ValueError:
            self.refused = NotAcceptable("day_not_acceptable")
            return None

    def day_after(self, name: str) -> date | None:
        """People name the last day that counts; ranges end before their last member."""
        last = self.first_day(name)
        return None if last is None or last == date.max else last + timedelta(days=1)

    def id(self, name: str) -> UUID | None:
        written = self.typed[name]
        if not written:
            return None
        try:
            return UUID(written)
        except ValueError:
            self.refused = NotAcceptable("unknown_id")
            return None

    async def partner(self, tx: TenantTransaction, name: str) -> PartnerId | None:
        if not self.typed[name]:
            return None
        found = await partners.find_by_code(tx, self.typed[name])
        if found is None:
            self.refused = NotAcceptable("unknown_partner")
            return None
        return found.id

    async def campaign(self, tx: TenantTransaction, name: str) -> CampaignId | None:
        if not self.typed[name]:
            return None
        found = await campaigns.find_by_slug(tx, self.typed[name])
        if found is None:
            self.refused = NotAcceptable("unknown_campaign")
            return None
        return found.id

    @property
    def first(self) -> str:
        """The address of the first page, when this is a later one."""
        return self.address() if self.cursor else ""

    def following(self, position: object | None) -> str:
        """The address of the next page; nothing on the last one."""
        return self.address(ab=str(position)) if position is not None else ""

    def address(self, path: str = "", **more: str) -> str:
        members = {name: value for name, value in self.typed.items() if value} | more
        return f"{path or self.path}?{urlencode(members)}" if members else path or self.path


async def campaign_choices(tx: TenantTransaction) -> list[Campaign]:
    found, _more = await campaigns.list_campaigns(tx, limit=_MOST_CAMPAIGNS)
    return list(found)


def every_row(
    visit: Visit,
    page: Callable[..., Awaitable[tuple[list[Row], Any]]],
    wanted: object,
    line: Callable[[Row], Sequence[Any]],
) -> AsyncIterator[list[Sequence[Any]]]:
    """All that a filter leaves, in short transactions: a large file holds none open."""

    async def batch(position: Any) -> tuple[list[Sequence[Any]], Any]:
        async with visit.doors.files.transaction(visit.tenant) as tx:
            found, following = await page(tx, wanted, after=position, limit=IN_A_FILE)
        return [line(row) for row in found], following

    return in_batches(batch)


async def in_batches(
    batch: Callable[[Any], Awaitable[tuple[list[Sequence[Any]], Any]]],
) -> AsyncIterator[list[Sequence[Any]]]:
    """`batch` takes where it begins, first None, and says where the next one does."""
    position = None
    while True:
        lines, position = await batch(position)
        yield lines
        if position is None:
            return


def csv_answer(name: str, header: Sequence[str], batches: AsyncIterator[list[Sequence[Any]]]) -> Response:
    """A file of this day. Its lines are written after the request's block has ended, in the language of the request."""
    spoken = language()

    async def lines() -> AsyncIterator[bytes]:
        yield csv_lines([header], first=True)
        while True:
            with speaking(spoken):
                batch = await anext(batches, None)
            if batch is None:
                return
            yield csv_lines(batch)

    return csv_file(lines(), f"{name}-{clock.now():%Y-%m-%d}.csv")
