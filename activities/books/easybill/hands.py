"""easybill as the worker wants it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from activities.books.easybill.calls import EasybillCalls
from activities.books.easybill.fetching import EasybillFetchActivities
from activities.books.easybill.gateway import EasybillDoor
from activities.books.easybill.sweeping import EasybillSweepActivities
from activities.books.hands import BooksHands
from ledger.database import Ledger
from ledger.vault import Vault


class EasybillSettings(Protocol):
    """What of the settings is easybill's."""

    @property
    def easybill_base_url(self) -> str: ...

    @property
    def easybill_pace(self) -> float | None: ...

    @property
    def recovery(self) -> str | None: ...

    def vault(self) -> Vault: ...


@asynccontextmanager
async def open_hands(ledger: Ledger, settings: EasybillSettings) -> AsyncIterator[BooksHands]:
    """Its door, closed at the end."""
    door = EasybillDoor(
        ledger,
        settings.vault(),
        base_url=settings.easybill_base_url,
        pace_per_second=settings.easybill_pace,
        recovery=settings.recovery,
    )
    try:
        fetching, sweeping = EasybillFetchActivities(ledger, door), EasybillSweepActivities(ledger, door)
        yield BooksHands(
            EasybillCalls(ledger, door),
            fetching=[fetching.fetch_document, fetching.fetch_payments, fetching.check_connection],
            sweeping=[sweeping.sweep_awaited_credits],
        )
    finally:
        await door.close()
