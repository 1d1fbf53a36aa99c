"""The payload codec: with it a history tells nothing that it was not meant to, and keys can be changed under way."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from temporalio.client import Client
from temporalio.worker import Replayer

import worker
from engine.connect import open_client
from engine.payloads import ENCODING, EncryptedPayloads, UnreadablePayload, data_converter
from engine.plugin import plugin
from ledger.vault import UnusablePayloadKey
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.fixtures.desk import requested
from tests.fixtures.house import Shop
from tests.fixtures.products import OwnProduct, own_product
from tests.security.histories import every_history, payloads
from workflows.registered import WORKFLOWS

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
VARIABLE = "PARTNERDESK_PAYLOAD_KEY"
READABLE = ("Tenant", "Partner", "PayoutStatus", "CreditNoteNumber")


@pytest.fixture(scope="module")
async def sealed(
    postgres: PostgresAddresses, database: Database, temporal_cli: Path, stack_state: Path
) -> AsyncIterator[OwnProduct]:
    """A product whose API encrypts, without a worker. `database` comes first: one migration at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"{OLD},{NEW}")
        async with own_product(postgres, stack_state / "sealed", staffed=False) as product:
            yield product


@asynccontextmanager
async def working(product: OwnProduct, keys: str) -> AsyncIterator[None]:
    """Workers that were started with these keys."""
    async with AsyncExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, keys)
            client = await open_client()
        hands = await stack.enter_async_context(worker.hands_of(product.house.settings))
        for each in worker.workers(client, hands):
            await stack.enter_async_context(each)
        yield


async def outsider(product: OwnProduct) -> Client:
    """Somebody with the engine, and without the key."""
    addresses = product.engine.addresses
    return await Client.connect(addresses.address, namespace=addresses.namespace)


async def test_a_payout_runs_from_request_to_paid_while_keys_change_and_its_history_tells_nothing(
    sealed: OwnProduct,
) -> None:
    shop = await sealed.shop()
    async with working(sealed, f"{OLD},{NEW}"):
        await shop.partners("ANNA")
        payout = await requested(shop)
        await shop.approve(payout)
        payout = await shop.payout_when(payout["number"], "credit_note_open")
    async with working(sealed, f"{NEW},{OLD}"):
        await shop.click(payout["credit_note_id"], "mark-paid")
        await shop.payout_when(payout["number"], "paid")
        await shop.events_ended(payout["credit_note_id"])
        assert await shop.payout_workflow(payout["number"]).result() == "paid"
    await _tells_nothing(sealed, shop, payout)
    await _replays(sealed, shop, payout)


async def _tells_nothing(sealed: OwnProduct, shop: Shop, payout: dict[str, Any]) -> None:
    keys = set()
    seen = 0
    async for workflow_id, history in every_history(await outsider(sealed)):
        if shop.tenant.slug not in workflow_id:
            continue
        for encoding, data in payloads(_without_search_attributes(history)):
            seen += 1
            assert encoding == ENCODING.decode(), (workflow_id, encoding, data)
            keys |= {key for key in (OLD, NEW) if _opens(key, data)}
        for readable in (payout["content_hash"], str(shop.tenant.id)):
            assert readable not in str(history), workflow_id
    assert seen > 10
    assert keys == {OLD, NEW}, "each of the two keys was in use"


def _without_search_attributes(told: Any) -> Any:
    """They are what the engine searches by, and must be readable to it."""
    match told:
        case dict():
            return {
                name: _without_search_attributes(value)
                for name, value in told.items()
                if name not in ("searchAttributes", "search_attributes")
            }
        case list():
            return [_without_search_attributes(value) for value in told]
        case _:
            return told


def _opens(key: str, data: bytes) -> bool:
    try:
        Fernet(key).decrypt(data)
    except Exception:
        return False
    return True


async def _replays(sealed: OwnProduct, shop: Shop, payout: dict[str, Any]) -> None:
    handle = (await outsider(sealed)).get_workflow_handle(shop.payout_workflow(payout["number"]).id)
    history = await handle.fetch_history()
    with_keys = Replayer(workflows=WORKFLOWS, plugins=[plugin(f"{NEW},{OLD}")])
    await with_keys.replay_workflow(history)
    stopped = Replayer(workflows=WORKFLOWS, plugins=[plugin(f"plain,{NEW},{OLD}")])
    await stopped.replay_workflow(history)
    for keys in (None, NEW):
        without = Replayer(workflows=WORKFLOWS, plugins=[plugin(keys)])
        result = await without.replay_workflow(history, raise_on_replay_failure=False)
        assert result.replay_failure is not None, keys


async def test_what_was_written_before_is_read_and_what_is_foreign_is_not() -> None:
    plain = data_converter(None)
    old, both, off = data_converter(OLD), data_converter(f"{NEW},{OLD}"), data_converter(f"plain,{OLD}")
    (before,) = await plain.encode(["Wort"])
    assert await old.decode([before]) == ["Wort"]
    (kept,) = await old.encode(["Wort"])
    assert await both.decode([kept]) == await off.decode([kept]) == ["Wort"]
    assert await off.encode(["Wort"]) == [before]
    with pytest.raises(UnreadablePayload):
        await data_converter(NEW).decode([kept])
    assert replace(both, payload_codec=None) != plain, "messages of failures are encrypted, too"


@pytest.mark.parametrize(
    "setting",
    ["", ",", "plain", "word", f"{OLD},plain", f"{OLD},word"],
    # Keys are made anew in each process, which must all collect the same tests.
    ids=["empty", "comma", "plain", "word", "key-then-plain", "key-then-word"],
)
def test_a_key_that_is_none_is_refused_without_being_quoted(setting: str) -> None:
    with pytest.raises(UnusablePayloadKey) as refused:
        EncryptedPayloads(setting)
    assert OLD not in str(refused.value)
