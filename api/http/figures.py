"""The figures of the ledger beside those of this process, asked for at most every few seconds, whoever scrapes."""

import asyncio
import time

import asyncpg
from temporalio.client import Client

from activities.engine_away import AWAY
from api.http.exposition import Exposition, exposition
from api.http.metrics import Metrics
from api.http.problems import DATABASE_AWAY
from engine.connect import missing_search_attributes
from ledger.database import Ledger
from ledger.reports import figures


class Figures:
    """What /metrics of an API shows."""

    def __init__(self, metrics: Metrics, ledger: Ledger, engine: Client, *, kept_seconds: float) -> None:
        """`kept_seconds`: several Prometheus, or an impatient one, cost the database no more than one."""
        self._metrics = metrics
        self._ledger = ledger
        self._engine = engine
        self._kept_seconds = kept_seconds
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None

    async def shown(self, accept: str) -> Exposition:
        """As Prometheus reads them, within some two seconds. `accept`: its header."""
        async with self._asking:
            now = time.monotonic()
            if self._asked_at is None or now - self._asked_at >= self._kept_seconds:
                await asyncio.gather(self._ask_ledger(), self._ask_engine())
                self._asked_at = now
        return exposition(accept, self._metrics.registry)

    async def _ask_ledger(self) -> None:
        try:
            found = await figures.operating(self._ledger)
        except (*DATABASE_AWAY, asyncpg.PostgresError):
            found = []
        self._metrics.database_up.set(bool(found))
        self._metrics.show(found)

    async def _ask_engine(self) -> None:
        try:
            answers = not await missing_search_attributes(self._engine)
        except AWAY:
            answers = False
        self._metrics.engine_up.set(answers)
