"""The ledger as the other side of the independent model: told of events, and asked what it says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet

from ledger.booking.resolutions import Answer, resolve
from ledger.database import Ledger, TenantTransaction
from ledger.types import PartnerId, TaskId, Tenant
from ledger.vault import Vault
from tests.money.model_sales import LONG_AGO

MAKER, SECOND = "key:maker", "key:other"
VAULT = Vault.from_setting(Fernet.generate_key().decode())


@dataclass
class Teller:
    """Tells the ledger of events, through its own functions. The tenant is this teller's own."""

    ledger: Ledger
    tenant: Tenant
    partner: dict[str, PartnerId]
    window_days: int = 0
    prefix: str = field(default_factory=lambda: uuid4().hex[:8].upper())
    today: date = date.min
    _ticks: int = 0

    def code(self, partner: str) -> str:
        return f"{partner}-{self.prefix}"

    def _now(self) -> datetime:
        """Each event a second later than the one before."""
        self._ticks += 1
        return datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=self._ticks)

    def _paid_at(self, day: int) -> datetime:
        """At noon, so many days from today."""
        if day == LONG_AGO:
            return datetime(2026, 3, 5, 10, tzinfo=UTC)
        return datetime.combine(self.today + timedelta(days=day), time(12), ZoneInfo("Europe/Berlin"))

    @asynccontextmanager
    async def _db(self) -> AsyncIterator[TenantTransaction]:
        async with self.ledger.transaction(self.tenant, cause="history") as tx:
            yield tx

    async def _answer(self, kind: str, subject: str | UUID, action: str, **detail: Any) -> None:
        """To the open question of this kind, by a second person."""
        async with self._db() as tx:
            task = await tx.fetchval(
                "SELECT id FROM tasks WHERE kind = $1 AND state = 'open' AND subject_id = $2", kind, str(subject)
            )
            answer = Answer(action=action, reason="Test", detail=detail)
            await resolve(tx, TaskId(task), answer, actor=SECOND)
