"""The books can be called again: the one place that lets go on what waited for that.

It can when a key or a grant is stored, when the other of the two is used from now on, and when lexoffice has answered
to what is stored. Each time the same follows: payouts that were blocked look again, events that were skipped are taken
up, and where lexoffice has deleted our subscriptions together with a credential, they are set up anew.

Locks: the connection's row, then payouts, then events.
"""

from uuid import UUID

from pydantic import SecretStr

from ledger.connections import (
    connecting,
    connection_health,
    connections,
    easybill_connection,
    oauth_connection,
    subscriptions,
)
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.easybill_connection import Plan
from ledger.connections.oauth_tokens import TokenPair
from ledger.database import TenantTransaction
from ledger.inbox import redelivery
from ledger.payouts import own_reversal_rows, payouts, rechecks
from ledger.types import EASYBILL, LEXOFFICE, EventId, Frozen
from ledger.vault import Vault


class GoesOn(Frozen):
    """What the engine is to be told after the commit; the hand-over and the next sweep do it if nobody does."""

    events: tuple[EventId, ...] = ()
    subscriptions: bool = False
    """They are to be set up anew."""


async def save_key(
    tx: TenantTransaction, vault: Vault, *, api_key: str, account: LexofficeAccount, actor: str
) -> GoesOn:
    """Use a key that `/v1/profile` has proved from now on. Raises OtherOrganization, OrganizationTaken."""
    if await connecting.connect_lexoffice(tx, vault, api_key=api_key, account=account, actor=actor):
        await rechecks.want_for_tenant(tx)
    return await _go_on(tx, other_credential=True)


async def save_grant(
    tx: TenantTransaction, vault: Vault, *, pair: TokenPair, account: LexofficeAccount, actor: str
) -> tuple[GoesOn, SecretStr | None]:
    """Use a grant that `/v1/profile` has proved from now on. The second value is the refresh token of a grant that it
    replaces, to be revoked. Raises OtherOrganization, OrganizationTaken."""
    connected = await oauth_connection.connect(tx, vault, pair=pair, account=account, actor=actor)
    if connected.taxed_otherwise:
        await rechecks.want_for_tenant(tx)
    return await _go_on(tx, other_credential=True), connected.former


async def choose(tx: TenantTransaction, *, oauth: bool, actor: str) -> GoesOn:
    """Use the grant, or else the key, from now on; both stay. Raises NoSuchCredential."""
    await oauth_connection.choose(tx, oauth=oauth, actor=actor)
    return await _go_on(tx)


async def remove_key(tx: TenantTransaction, *, actor: str) -> GoesOn:
    """Forget the key. Where a grant is there, everything goes on with that."""
    await connecting.remove_lexoffice_key(tx, actor=actor)
    return await _go_on(tx, other_credential=True)


async def remove_grant(tx: TenantTransaction, vault: Vault, *, actor: str) -> tuple[GoesOn, SecretStr | None]:
    """Forget the grant. Where a key is there, everything goes on with that. The second value is the refresh token that
    is to be revoked. Raises NotConnectedByOAuth."""
    token = await oauth_connection.disconnect(tx, vault, actor=actor)
    return await _go_on(tx, other_credential=True), token


async def save_easybill_key(
    tx: TenantTransaction, vault: Vault, *, key: str, plan: Plan, account: UUID, actor: str
) -> GoesOn:
    """Use a key that easybill has proved from now on. Raises OtherOrganization, OrganizationTaken."""
    await easybill_connection.connect(tx, vault, key=key, plan=plan, account=account, actor=actor)
    await payouts.want_recheck_of_blocked(tx, books=EASYBILL)
    return GoesOn(events=tuple(await redelivery.reopen_skipped(tx, account, provider=EASYBILL)))


async def note_answer(tx: TenantTransaction, account: LexofficeAccount) -> GoesOn:
    """lexoffice was asked whether what is stored works, and it does. Of another organisation nothing is noted."""
    if not await note_profile(tx, account):
        return GoesOn()
    await connection_health.mark_connected(tx)
    return await _go_on(tx)


async def note_profile(tx: TenantTransaction, account: LexofficeAccount) -> bool:
    """Who the pinned organisation is now. Where it is taxed otherwise, waiting payouts look again.

    False: another organisation has said this, and nothing is changed.
    """
    noted = await connecting.note_profile(tx, account)
    if noted is not None and noted.taxed_otherwise:
        await rechecks.want_for_tenant(tx)
    return noted is not None


async def _go_on(tx: TenantTransaction, *, other_credential: bool = False) -> GoesOn:
    """Nothing goes on while the connection is broken or not there.

    `other_credential`: lexoffice deletes the subscriptions of a key or grant together with it (lexoffice API, Event
    Subscriptions). Whoever has had none set up is notified by a relay.
    """
    connection = await connections.get(tx, LEXOFFICE)
    if connection.state != "connected" or connection.organization_id is None:
        return GoesOn()
    await payouts.want_recheck_of_blocked(tx)
    await own_reversal_rows.go_on(tx)
    taken_up = await redelivery.reopen_skipped(tx, connection.organization_id)
    repairs = other_credential and (await subscriptions.health(tx)).checked_at is not None
    if repairs:
        await subscriptions.want_set_up(tx)
    return GoesOn(events=tuple(taken_up), subscriptions=repairs)
