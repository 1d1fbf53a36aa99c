"""A worker that waits for slots before it sends anything is not taken for dead."""

import asyncio
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.creation.credit_notes import CreditNoteActivities
from activities.models import DocumentCreation
from ledger.types import IntentId, PayoutNumber, Tenant, TenantId


class _Slow:
    """Books whose recipient takes as long as the first heartbeat."""

    provider = "easybill"

    def __init__(self, beaten: asyncio.Event) -> None:
        self._beaten = beaten

    def explained(self, tenant: Tenant) -> Any:
        return nullcontext()

    async def prepare(self, tenant: Tenant, intent: IntentId) -> None:
        await self._beaten.wait()
        raise ApplicationError("that was all", type="Enough")


async def test_while_the_recipient_is_made_the_worker_says_that_it_lives() -> None:
    beaten = asyncio.Event()
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: beaten.set()
    making = CreditNoteActivities(cast(Any, None), cast(Any, _Slow(beaten)), cast(Any, None), unclear_wait=timedelta())
    task = DocumentCreation(
        tenant=Tenant(id=TenantId(uuid4()), slug="acme"), intent=IntentId(uuid4()), number=PayoutNumber("PO-2026-0001")
    )
    async with asyncio.timeout(10):
        with pytest.raises(ApplicationError, match="that was all"):
            await environment.run(making.create_credit_note, task)
