"""Creating a document exactly once at an API without idempotency keys (engine.md, Creating a document).

The same protocol for every document that we create: the intent's row forbids a second POST; what proves that nothing
was made allows one; everything else is unclear, and then the document is searched for by its marker.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from temporalio.exceptions import ApplicationError

from activities.books.calls import BooksCalls, Sender
from activities.gateway.calls import NoSlot, no_slot, throttled
from activities.heartbeats import heartbeats
from httpcalls.errors import ContractDoesNotInclude, Forbidden, ProviderError, RateLimited, Unauthorized, Unreachable
from httpcalls.exchange import CREATE_IN_ALL_SECONDS
from ledger import tasks
from ledger.connections import budget
from ledger.connections.connections import ConnectionBroken, NotConnected
from ledger.database import Ledger, TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import CERTAIN_AFTER, Intent, MaySend
from ledger.inbox import redelivery
from ledger.reasons import Reason
from ledger.types import IntentId, Tenant


class Outcome(StrEnum):
    MADE = "made"
    UNCLEAR = "unclear"
    REFUSED = "refused"
    NOTHING_TO_DO = "nothing_to_do"


L = TypeVar("L")
Viewing = Callable[[TenantTransaction], Awaitable[L]]


@dataclass(frozen=True)
class Creation(Generic[L]):
    """What came of one attempt. `technical`: status and fields of a refusal, for ops.

    `view`: of a document that was made, what its owner looks like with it.
    """

    outcome: Outcome
    refusal: Reason | None = None
    """Of REFUSED, and of what was not sent."""
    technical: str | None = None
    view: L | None = None
    unconnected: bool = False
    """Nothing was sent, because there was no connection that works."""


class DocumentCreator:
    def __init__(
        self,
        ledger: Ledger,
        calls: BooksCalls,
        *,
        answer_within: timedelta = timedelta(seconds=CREATE_IN_ALL_SECONDS),
        certain_after: timedelta = CERTAIN_AFTER,
        vouchers_count: bool = True,
    ) -> None:
        """`vouchers_count`: towards the 18 created documents a minute."""
        self._ledger = ledger
        self._vouchers_count = vouchers_count
        self._calls = calls
        self._answer_within = answer_within
        self._certain_after = certain_after
        # Between committing `sent_at` and sending; later the permission is not used (engine.md: 5 s of 45 − 35).
        self._patience = (certain_after - answer_within) / 2

    async def create(
        self, tenant: Tenant, intent_id: IntentId, view: Viewing[L], *, voucher: bool = False
    ) -> Creation[L]:
        """POST the document of this intent, if its row permits it. A refused intent stays open: the caller closes it.

        `view` is asked in the transaction that stores the document's id. It only reads, and waits for nothing: what it
        raises would lose the id. Raises a retryable ApplicationError where the same intent may be tried again: no slot,
        429, no connection.
        """
        asked_at = datetime.now(UTC)
        try:
            sender = await self._calls.creating(tenant, counts_to_the_minute=self._vouchers_count or not voucher)
        except (NotConnected, ConnectionBroken) as error:
            return await self._without_connection(tenant, intent_id, Reason(code=error.code))
        except NoSlot:
            raise no_slot() from None
        async with sender, heartbeats():
            async with self._ledger.transaction(tenant) as tx:
                # Taken before the mark, so that whatever stops this process meanwhile counts as lost time.
                asked = time.monotonic()
                permit = await intents.may_send(tx, intent_id, certain_after=self._certain_after)
            match permit.verdict:
                case MaySend.YES if time.monotonic() - asked <= self._patience.total_seconds():
                    return await self._send(tenant, sender, permit.intent, view, asked_at)
                case MaySend.YES | MaySend.UNCLEAR:
                    # YES, but so late that another worker may already hold this one for dead: not sending is safe.
                    return Creation(outcome=Outcome.UNCLEAR)
                case MaySend.ALREADY_MADE | MaySend.CLOSED:
                    return Creation(outcome=Outcome.NOTHING_TO_DO)

    async def _send(
        self, tenant: Tenant, sender: Sender, intent: Intent, view: Viewing[L], asked_at: datetime
    ) -> Creation[L]:
        try:
            async with asyncio.timeout(self._answer_within.total_seconds()):
                made = await sender.post(intent)
        except Unauthorized as error:
            # The proof first: without it the outcome would be unknown.
            refused = await self._refused(tenant, intent, Reason.of("credential_rejected"), str(error))
            if not await self._calls.record_refused_key(tenant, asked_at=asked_at):
                raise ApplicationError("another key was saved meanwhile", type="KeyChanged") from None
            return refused
        except (Forbidden, ContractDoesNotInclude) as error:
            return await self._refused(tenant, intent, Reason.of("credential_may_not"), str(error))
        except RateLimited as too_fast:
            await self._note_refusal(tenant, intent, "429")
            raise throttled(too_fast) from None
        except Unreachable as error:
            await self._note_refusal(tenant, intent, str(error))
            # The books may be away for hours: the retry policy asks ever more rarely.
            raise ApplicationError("no connection to the books", type="Unreachable") from None
        except ProviderError as error:
            if error.proves_nothing_was_made:
                return await self._refused(tenant, intent, Reason.of("document_rejected"), str(error))
            return Creation(outcome=Outcome.UNCLEAR)
        except TimeoutError:
            return Creation(outcome=Outcome.UNCLEAR)
        return await self._made(tenant, intent, made, view)

    async def _made(self, tenant: Tenant, intent: Intent, resource_id: UUID, view: Viewing[L]) -> Creation[L]:
        async with self._ledger.transaction(tenant, cause=f"intent:{intent.id}") as tx:
            if not await intents.made(tx, intent.id, resource_id):
                # Only a worker that was frozen for longer than the waiting time can come here: meanwhile the intent
                # was answered by another document, or given up.
                await tasks.ask(
                    tx,
                    tasks.NewTask(
                        kind="document_too_many",
                        subject="document",
                        subject_id=str(resource_id),
                        reason=Reason.of("document_too_many"),
                        detail={"marker": intent.marker, "intent": str(intent.id)},
                    ),
                )
                return Creation(outcome=Outcome.NOTHING_TO_DO)
            # A notification may have been faster than this line: it waits for this id.
            await redelivery.hand_over_parked(tx)
            return Creation(outcome=Outcome.MADE, view=await view(tx))

    async def _refused(self, tenant: Tenant, intent: Intent, refusal: Reason, technical: str) -> Creation[Any]:
        await self._note_refusal(tenant, intent, technical)
        return Creation(outcome=Outcome.REFUSED, refusal=refusal, technical=technical)

    async def _note_refusal(self, tenant: Tenant, intent: Intent, technical: str) -> None:
        """It is proved that nothing was made by this attempt."""
        async with self._ledger.transaction(tenant, cause=f"intent:{intent.id}") as tx:
            await intents.refuse(tx, intent.id, technical, attempt=intent.attempt)
            await budget.count_none_created(tx, provider=self._calls.provider)

    async def _without_connection(self, tenant: Tenant, intent_id: IntentId, refusal: Reason) -> Creation[Any]:
        """Nothing can be sent now; what an earlier attempt has done stands in the row."""
        async with self._ledger.transaction(tenant) as tx:
            intent = await intents.get(tx, intent_id)
        if intent.resource_id is not None or intent.closed_at is not None:
            return Creation(outcome=Outcome.NOTHING_TO_DO)
        outcome = Outcome.UNCLEAR if intent.is_unclear else Outcome.REFUSED
        return Creation(outcome=outcome, refusal=refusal, unconnected=True)
