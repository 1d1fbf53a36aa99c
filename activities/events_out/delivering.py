"""What is due at one endpoint, delivered: several objects side by side, each of them in its order."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from pydantic import SecretStr
from temporalio import activity

from activities.events_out.bodies import body_of, headers_of
from activities.events_out.posting import EndpointCaller
from activities.heartbeats import heartbeats
from activities.models import EndpointInput, EndpointView
from ledger.audit import events_out, webhook_endpoints
from ledger.audit.events_out import Attempt, DueEvent, RetryPlan
from ledger.database import Ledger
from ledger.vault import Vault

AT_ONCE = 5
"""Calls to one endpoint at the same time."""
A_BATCH = 25
"""A batch holds a slot of the worker: at most A_BATCH / AT_ONCE calls long."""
_ENDS_THE_BATCH = frozenset({"no_answer_in_time", "not_connected", "name_not_resolved", "address_not_public"})
"""What is about the endpoint and not about the event: the others would fare no better now."""
log = structlog.get_logger("events_out")


class EventsOutActivities:
    """Delivers what the outbox holds. A crash between an answer and its row delivers once more, under the same id."""

    def __init__(
        self, ledger: Ledger, vault: Vault, caller: EndpointCaller, *, plan: RetryPlan, public_url: str
    ) -> None:
        self._ledger = ledger
        self._vault = vault
        self._caller = caller
        self._plan = plan
        self._public_url = public_url

    @activity.defn
    async def deliver_events(self, told: EndpointInput) -> EndpointView:
        """Each event that may go now, once; what fails has its next time in its row."""
        async with self._ledger.transaction(told.tenant) as tx:
            due = await events_out.list_due(tx, told.endpoint, self._plan, at_most=A_BATCH)
            if due:
                to = await webhook_endpoints.get(tx, told.endpoint)
                signing = await webhook_endpoints.secrets_in_force(tx, self._vault, told.endpoint)
                # One that has ended between these statements has no secret any more: nothing leaves unsigned.
                due = due if signing else []
        waiting = due[::-1]

        async def deliver_some() -> None:
            """One after the other. After a call that took all of its time the batch ends: others wait for the slot."""
            while waiting:
                event = waiting.pop()
                attempt = await self._try(event, to.url, signing)
                async with self._ledger.transaction(told.tenant) as tx:
                    await events_out.note(tx, told.endpoint, event, attempt, self._plan)
                if attempt.failure in _ENDS_THE_BATCH:
                    waiting.clear()

        async with heartbeats():
            await asyncio.gather(*(deliver_some() for _ in range(min(AT_ONCE, len(due)))))
        async with self._ledger.transaction(told.tenant) as tx:
            wait = await events_out.seconds_until_due(tx, told.endpoint, self._plan)
        return EndpointView(tried=len(due), wait_seconds=wait)

    async def _try(self, event: DueEvent, url: str, signing: Sequence[SecretStr]) -> Attempt:
        body = body_of(event, public_url=self._public_url)
        attempt = await self._caller.post(url, body, headers_of(event, body, signing, at=datetime.now(UTC)))
        log.info("event told", type=event.type, failure=attempt.failure, status=attempt.status)
        return attempt
