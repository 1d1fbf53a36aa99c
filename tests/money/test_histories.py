"""Whatever happens, in whatever order: the ledger gives everybody what an independent model gives, to the cent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest

from ledger.database import Ledger
from ledger.migrate import migrate
from ledger.programme import campaigns, partners
from ledger.programme.campaigns import NewCampaign
from ledger.programme.partners import NewPartner
from ledger.types import Tenant
from sandbox.postgres import PostgresAddresses
from tests.conftest import Database
from tests.fixtures.ledger_shop import tenant_in
from tests.fixtures.samples import drawn_today
from tests.migrations.databases import made_database
from tests.money.histories import CHAIN, random_history
from tests.money.invariants import broken
from tests.money.ledger_player import LedgerPlayer
from tests.money.model import PLANS, Event, Model
from tests.money.telling_sales import new_plan

NewPlayer = Callable[[bool], Awaitable[LedgerPlayer]]
AT_ONCE = 6
KINDS = {
    "sale", "plan", "closed", "paid", "credited", "unpaid", "voided", "window_over", "rewritten", "refund",
    "refund_fails", "disputed", "lost", "won", "credit_note", "credit_note_voided", "requested", "run", "rehearsed",
    "approved", "rejected", "cancelled", "document", "paid_out", "document_voided", "came_back", "answered", "drafted",
    "released", "exported", "confirmed", "run_cancelled", "settings", "status", "leaves", "stays", "written",
    "line_confirmed", "line_refused",
}  # fmt: skip


@pytest.fixture(scope="module")
async def quiet_database(postgres: PostgresAddresses) -> Database:
    """Of this module alone. In the session's the hand-over of a worker looks at all tenants, and would play along."""
    made = await made_database(postgres)
    await migrate(made.owner_url)
    return made


@pytest.fixture
async def quiet_ledger(quiet_database: Database) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(quiet_database.app_url)
    yield opened
    await opened.close()


@pytest.fixture
def new_player(quiet_ledger: Ledger) -> NewPlayer:
    async def make(window: bool) -> LedgerPlayer:
        tenant = await fitted(quiet_ledger, await tenant_in(quiet_ledger), window)
        return await with_partners(LedgerPlayer(quiet_ledger, tenant, {}, window_days=3 if window else 0))

    return make


async def fitted(ledger: Ledger, tenant: Tenant, window: bool) -> Tenant:
    async with ledger.transaction(tenant) as tx:
        await tx.execute(
            "UPDATE tenants SET street = 'Weg 1', zip = '10115', city = 'Berlin', vat_id = 'DE1',"
            " replacement_window = make_interval(days => $1)",
            3 if window else 0,
        )
        await tx.execute(
            """
            UPDATE provider_connections SET small_business = false, tax_type = 'net', state = 'connected',
                   organization_id = $1, secret_encrypted = 'k', secret_last4 = 'last' WHERE provider = 'lexoffice'
            """,
            uuid4(),
        )
        campaign = await campaigns.create(tx, NewCampaign(slug="standard", name="Standard"), by="test")
        await campaigns.add_plan(tx, campaign.id, new_plan(PLANS[0]), by="test")
    return tenant


async def with_partners(player: LedgerPlayer) -> LedgerPlayer:
    async with player.ledger.transaction(player.tenant) as tx:
        sponsor = None
        for name in reversed(CHAIN):
            new = NewPartner(code=player.code(name), name=name, sponsor_code=sponsor)
            made = await partners.create(tx, new, by="test")
            player.partner[name], sponsor = made.id, made.code
            await tx.execute(
                "UPDATE partners SET street = 'Weg 2', zip = '10115', city = 'Berlin', country_code = 'DE',"
                " agreement_accepted_at = timestamptz '2020-01-02' WHERE id = $1",
                made.id,
            )
            await tx.execute(
                "INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from)"
                " VALUES ($1, $2, 'private', '2020-01-01')",
                player.tenant.id,
                made.id,
            )
    await player.open_accounts()
    return player


async def first_difference(player: LedgerPlayer, events: list[Event], *, looks: bool) -> str | None:
    """Plays a history and compares with the model at its end, or after each event where somebody looks."""
    model = Model()
    for number, event in enumerate(events):
        model.apply(event)
        try:
            await player.play(event)
        except Exception as error:
            return f"at {number} {event}: {type(error).__name__}: {error}"
        if looks or number == len(events) - 1:
            found = await difference(player, model)
            if found:
                return f"after {number} {event}: {found}"
    return None


async def difference(player: LedgerPlayer, model: Model) -> str | None:
    for partner in CHAIN:
        says, ought = await player.balance(partner), model.balance(partner)
        if says != ought:
            return f"{partner} has {says}, ought to have {ought}"
        says_due, ought_due = await player.due(partner), due_by_the_model(model, partner)
        if list(says_due.items()) != list(ought_due.items()):
            return f"{partner} is due {says_due}, ought to be due {ought_due}"
    says_payouts = await player.payouts()
    if says_payouts != model.shown():
        return f"payouts are {says_payouts}, ought to be {model.shown()}"
    if player.rehearsal != model.rehearsal:
        return f"a rehearsal said {player.rehearsal}, ought to say {model.rehearsal}"
    return None


def due_by_the_model(model: Model, partner: str) -> dict[str, tuple[int, str | None]]:
    """By tax case, in the order in which they are asked for: net, and why it is carried."""
    groups = model.due(partner)
    why_not = model.carried(partner, groups)
    return {case: (group.net(model.terms), why_not[case]) for case, group in groups.items()}


async def play_all(new_player: NewPlayer, seeds: range, *, looks: bool) -> list[str]:
    """Several histories at once, each with partners of its own. What differs, by seed."""
    found: list[str] = []
    waiting = iter(seeds)

    async def play() -> None:
        for seed in waiting:
            events = random_history(seed)
            window = any(event[0] == "voided" and event[2] for event in events)
            player = await new_player(window)
            differs = await first_difference(player, events, looks=looks)
            if differs:
                found.append(f"seed {seed}: {differs}")
            found.extend(f"seed {seed}: {promise}" for promise in await broken(player.ledger, player.tenant))

    await asyncio.gather(*(play() for _ in range(AT_ONCE)))
    return found


async def test_some_histories_give_the_models_balances_after_every_event(new_player: NewPlayer) -> None:
    assert await play_all(new_player, range(20), looks=True) == []


async def test_more_histories_give_the_models_balances_and_keep_every_promise(new_player: NewPlayer) -> None:
    assert await play_all(new_player, range(100, 140), looks=False) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("block", range(5))
async def test_many_random_histories_give_the_models_balances(new_player: NewPlayer, block: int) -> None:
    """A thousand in five blocks, which may run side by side."""
    seeds = drawn_today(range(1000 + 200 * block, 1200 + 200 * block), sample=40)
    assert await play_all(new_player, seeds, looks=False) == []


def test_histories_hold_everything_that_may_happen() -> None:
    """A history that never gets as far as a bank file proves nothing about it."""
    names = [event[0] for seed in range(1000, 1300) for event in random_history(seed)]
    rare = {name for name in KINDS if names.count(name) < 10}
    assert rare == set()
    assert set(names) == KINDS
