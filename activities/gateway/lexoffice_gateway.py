"""The way to lexoffice for one tenant: its token, its budget, and what a failure means to the engine."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial
from uuid import UUID

import httpx
from temporalio.exceptions import ApplicationError

from activities.gateway.calls import (
    Budget,
    BudgetTransport,
    CountedTransport,
    budget_exhausted,
    failures_explained,
    not_checked,
)
from activities.gateway.oauth_access import OAuthAccess, RenewingTransport
from httpcalls.transports import fresh_connection_transport, shared_transport
from ledger import types
from ledger.connections import budget, connection_health, connections, oauth_connection, recovery
from ledger.connections.budget import Slot
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.connections import Access, ConnectionBroken, NotConnected
from ledger.connections.oauth_tokens import GrantLost, NotConnectedByOAuth, RenewalPaused
from ledger.database import Ledger, TenantTransaction
from ledger.reasons import Reason
from ledger.types import Frozen, Tenant
from ledger.vault import Vault
from lexoffice.client import LexofficeClient
from lexoffice.profile import Profile

_REFUSED_KEY = Reason.of("api_key_rejected")
_REFUSED_GRANT = Reason.of("grant_rejected")

_RESEND_A_CREATE_WITHIN = 3.0
"""Seconds between a create that was refused for its old token and the same with a new one: below the 5 s after which
its permission is not used any more (engine.md, Creating a document)."""


class _Opened(Frozen):
    """What the next call presents. `generation`: of the pair of an OAuth connection; None for an API key."""

    token: str
    generation: int | None


class LexofficeDoor:
    """One per process. Reads share kept connections; creates get a fresh one each."""

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        *,
        base_url: str,
        pace_per_second: float,
        recovery: str | None = None,
        oauth: OAuthAccess | None = None,
    ) -> None:
        self._ledger = ledger
        self._oauth = oauth or OAuthAccess(ledger, vault, None)
        self._recovery = recovery
        self._vault = vault
        self._base_url = base_url
        self._pace = pace_per_second
        self._reads = shared_transport()
        self._creates = fresh_connection_transport()
        self._counted_creates = CountedTransport(self._creates, types.LEXOFFICE)

    async def close(self) -> None:
        await self._oauth.close()
        await self._reads.aclose()
        await self._creates.aclose()

    @asynccontextmanager
    async def reading(self, tenant: Tenant, access: Access | None = None) -> AsyncIterator[LexofficeClient]:
        """A client whose every request takes a slot of the tenant's budget first.

        `access` is for whoever has just read it, together with other rows.
        """
        opened = await self._opened(tenant, access or await self.access(tenant))
        # Outside the budget's transport, so that a second try after a refresh takes a slot of its own.
        yield self._client(
            tenant, opened, BudgetTransport(self._reads, self._ledger, tenant, Budget(types.LEXOFFICE, self._pace))
        )

    async def creating(self, tenant: Tenant, *, counts_to_the_minute: bool = True) -> LexofficeClient:
        """A client for one create, on a fresh connection, when its slot has come: before the intent is marked as sent.

        After a restore (PARTNERDESK_RECOVERY) the ledger may have forgotten what it created: until the numbers were
        compared nothing is, and the activity is tried again. Raises NoSlot, and what `_opened` raises.
        """
        slot: Slot | None = None
        # As with any slot (ledger/connections/budget.py); and the year's count may be short by what a crash forgets.
        async with self._ledger.transaction(tenant, may_be_lost=True) as tx:
            if self._recovery and not await recovery.may_create(tx, self._recovery):
                raise not_checked()
            access = await self.access_in(tx)
            if access.token is not None:
                slot = await self._creation_slot(tx, counts_to_the_minute)
        opened = await self._opened(tenant, access)
        if access.token is None:
            # A renewal may last longer than a slot does.
            async with self._ledger.transaction(tenant, may_be_lost=True) as tx:
                slot = await self._creation_slot(tx, counts_to_the_minute)
        if slot is None:
            raise budget_exhausted(types.LEXOFFICE)
        await asyncio.sleep(slot.wait_seconds)
        return self._client(tenant, opened, self._counted_creates, resend_seconds=_RESEND_A_CREATE_WITHIN)

    async def _creation_slot(self, tx: TenantTransaction, counts: bool) -> Slot | None:
        return await budget.reserve_creation(
            tx, provider=types.LEXOFFICE, pace_per_second=self._pace, counts_to_the_minute=counts
        )

    async def access(self, tenant: Tenant) -> Access:
        """What a call of lexoffice for this tenant needs to know.

        Raises NotConnected, ConnectionBroken.
        """
        async with self._ledger.transaction(tenant) as tx:
            return await self.access_in(tx)

    async def access_in(self, tx: TenantTransaction) -> Access:
        """The same within a transaction. Raises NotConnected, ConnectionBroken."""
        return await connections.lexoffice_access(tx, self._vault)

    async def _opened(self, tenant: Tenant, access: Access) -> _Opened:
        """A client with a credential that is good now.

        Raises NotConnected, ConnectionBroken, ApplicationError (retryable) while no token can be renewed.
        """
        if access.token is not None:
            return _Opened(token=access.token.get_secret_value(), generation=None)
        try:
            held = await self._oauth.current(tenant)
        except GrantLost:
            raise ConnectionBroken from None
        except NotConnectedByOAuth:
            raise NotConnected from None
        except RenewalPaused:
            raise not_renewed() from None
        return _Opened(token=held.token.get_secret_value(), generation=held.generation)

    def _client(
        self,
        tenant: Tenant,
        opened: _Opened,
        transport: httpx.AsyncBaseTransport,
        *,
        resend_seconds: float | None = None,
    ) -> LexofficeClient:
        if opened.generation is not None:
            transport = RenewingTransport(
                transport,
                lambda seen: self._oauth.renewed(tenant, seen),
                generation=opened.generation,
                resend_seconds=resend_seconds,
            )
        return LexofficeClient(base_url=self._base_url, token=opened.token, transport=transport)

    async def record_refused_key(self, tenant: Tenant, *, asked_at: datetime | None = None) -> bool:
        """lexoffice says 401: mark the connection broken, with a task.

        False: what is stored was saved after the call began, so that it was another key that was refused.
        """
        async with self._ledger.transaction(tenant) as tx:
            if asked_at is not None and await connections.has_key_since(tx, asked_at):
                return False
            connection = await connections.get(tx, types.LEXOFFICE)
            if connection.state != "broken":  # else a failed refresh has said why
                await connection_health.mark_broken(tx, _REFUSED_GRANT if connection.uses_oauth else _REFUSED_KEY)
        return True

    async def check_grant_beside_key(self, tenant: Tenant, connection_id: UUID) -> None:
        """token.revoked named this connection. If it is our OAuth grant and a key is used, no other call tells."""
        async with self._ledger.transaction(tenant) as tx:
            stored = await connections.get(tx, types.LEXOFFICE)
            is_beside = not stored.uses_oauth and await oauth_connection.is_our_grant(tx, connection_id)
        if is_beside:
            try:
                await self._oauth.check(tenant)
            except RenewalPaused:
                raise not_renewed() from None

    def failures_explained(self, tenant: Tenant) -> AbstractAsyncContextManager[None]:
        """Turn what a call can raise into what the engine should do about it."""
        return failures_explained(partial(self.record_refused_key, tenant))


def not_renewed() -> ApplicationError:
    """Nobody answers at the authorization server: try again, ever more rarely."""
    return ApplicationError("the OAuth access is not renewed at present", type="AuthorizationAway")


def account_of(profile: Profile) -> LexofficeAccount:
    return LexofficeAccount(
        organization_id=profile.organization_id,
        connection_id=profile.connection_id,
        company_name=profile.company_name,
        tax_type=profile.tax_type,
        small_business=profile.small_business,
        profile=json.loads(profile.raw),
    )
