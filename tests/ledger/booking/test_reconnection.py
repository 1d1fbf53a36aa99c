"""Whatever makes the connection to lexoffice work again, the same goes on."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from pydantic import SecretStr

from ledger.booking import reconnection
from ledger.booking.reconnection import GoesOn
from ledger.connections import connection_health, subscriptions
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.oauth_tokens import TokenPair
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.reasons import Reason
from ledger.types import LEXOFFICE
from ledger.vault import Vault
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import approve, ask_for, look

WHO = "user:who"
PAIR = TokenPair(access_token=SecretStr("a"), refresh_token=SecretStr("r"), lives_seconds=3600, scopes=None)


def account(*, small_business: bool = False) -> LexofficeAccount:
    return LexofficeAccount(
        organization_id=uuid4(),
        connection_id=None,
        company_name="Acme",
        tax_type="net",
        small_business=small_business,
        profile={},
    )


Way = Callable[[TenantTransaction, Vault, LexofficeAccount], Awaitable[GoesOn]]


async def _key(tx: TenantTransaction, vault: Vault, of: LexofficeAccount) -> GoesOn:
    return await reconnection.save_key(tx, vault, api_key="another", account=of, actor=WHO)


async def _grant(tx: TenantTransaction, vault: Vault, of: LexofficeAccount) -> GoesOn:
    goes_on, _ = await reconnection.save_grant(tx, vault, pair=PAIR, account=of, actor=WHO)
    return goes_on


async def _choice(tx: TenantTransaction, vault: Vault, of: LexofficeAccount) -> GoesOn:
    return await reconnection.choose(tx, oauth=True, actor=WHO)


async def _no_key(tx: TenantTransaction, vault: Vault, of: LexofficeAccount) -> GoesOn:
    return await reconnection.remove_key(tx, actor=WHO)


async def _no_grant(tx: TenantTransaction, vault: Vault, of: LexofficeAccount) -> GoesOn:
    goes_on, _ = await reconnection.remove_grant(tx, vault, actor=WHO)
    return goes_on


async def _answer(tx: TenantTransaction, vault: Vault, of: LexofficeAccount) -> GoesOn:
    return await reconnection.note_answer(tx, of)


async def _both_stored(shop: Shop, vault: Vault, of: LexofficeAccount, *, oauth: bool) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await reconnection.save_grant(tx, vault, pair=PAIR, account=of, actor=WHO)
        await reconnection.save_key(tx, vault, api_key="secret", account=of, actor=WHO)
        await reconnection.choose(tx, oauth=oauth, actor=WHO)
        await subscriptions.conclude(tx, problem=None, asked_at=None)


async def _waits(shop: Shop) -> str:
    """The connection breaks; a payout and an event wait for it."""
    payout = await ask_for(shop)
    await approve(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await connection_health.mark_broken(tx, Reason.of("api_key_rejected"))
        await tx.execute(
            "UPDATE payouts SET blocked_reason = 'x', recheck_wanted_at = NULL WHERE number = $1", payout.number
        )
        await tx.execute(
            """
            INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, body, state)
            SELECT tenant_id, provider, organization_id::text, 'invoice.changed', gen_random_uuid()::text, '{}',
                   'skipped'
              FROM provider_connections WHERE provider = $1
            """,
            LEXOFFICE,
        )
    return payout.number


@pytest.mark.parametrize(
    ("way", "uses_oauth", "another_credential"),
    [
        pytest.param(_key, False, True, id="another key"),
        pytest.param(_grant, False, True, id="a grant"),
        pytest.param(_choice, False, False, id="the other credential"),
        pytest.param(_no_key, False, True, id="no key any more, but a grant"),
        pytest.param(_no_grant, True, True, id="no grant any more, but a key"),
        pytest.param(_answer, False, False, id="lexoffice has answered"),
    ],
)
async def test_each_way_to_a_connection_that_works_lets_the_same_go_on(
    shop: Shop, vault: Vault, way: Way, uses_oauth: bool, another_credential: bool
) -> None:
    of = account()
    await _both_stored(shop, vault, of, oauth=uses_oauth)
    number = await _waits(shop)
    assert ("connection_broken", LEXOFFICE) in await shop.tasks()
    async with shop.ledger.transaction(shop.tenant) as tx:
        goes_on = await way(tx, vault, of)
    [event] = await shop.rows("SELECT id, state, delivery FROM events")
    assert (event["state"], event["delivery"], goes_on.events) == ("received", 2, (event["id"],))
    assert goes_on.subscriptions is another_credential
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await subscriptions.health(tx)).pending is another_credential
        assert await payouts.recheck_wanted(tx, (await look(shop, number)).id) is not None
    assert ("connection_broken", LEXOFFICE) not in await shop.tasks()


@pytest.mark.parametrize("way", [_key, _grant, _answer])
async def test_who_is_taxed_otherwise_has_every_waiting_payout_looked_at_however_that_is_heard(
    shop: Shop, vault: Vault, way: Way
) -> None:
    of = account()
    await _both_stored(shop, vault, of, oauth=False)
    payout = await ask_for(shop)
    await shop.rows("UPDATE payouts SET recheck_wanted_at = NULL")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await way(tx, vault, of)
        assert await payouts.recheck_wanted(tx, payout.id) is None
        await way(tx, vault, of.model_copy(update={"small_business": True}))
        assert await payouts.recheck_wanted(tx, payout.id) is not None
    [entry] = await shop.rows("SELECT detail FROM audit_entries WHERE action = 'connection.tax_profile_changed'")
    assert entry["detail"] == {"small_business": [False, True]}


async def test_nothing_goes_on_for_what_another_organisation_says(shop: Shop, vault: Vault) -> None:
    await _both_stored(shop, vault, account(), oauth=False)
    number = await _waits(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await reconnection.note_answer(tx, account()) == GoesOn()
        assert await payouts.recheck_wanted(tx, (await look(shop, number)).id) is None
    assert ("connection_broken", LEXOFFICE) in await shop.tasks()


async def test_nothing_goes_on_where_nothing_is_left_to_call_with(shop: Shop, vault: Vault) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await reconnection.save_key(tx, vault, api_key="only", account=account(), actor=WHO)
    await _waits(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await reconnection.remove_key(tx, actor=WHO) == GoesOn()
    [event] = await shop.rows("SELECT state FROM events")
    assert event["state"] == "skipped"
