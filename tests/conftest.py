"""The real parts that tests run on: each a process of its own, started once, when a test asks for it.

The first test that needs a part starts all that the chosen tests need, side by side. Ports are free ones;
nothing is shared with another run. Tests keep apart by making a tenant each, not by emptying tables.

A test is *pure* that asks for no server, not even through another fixture: `script/test --pure` runs these alone.
"""

import asyncio
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import lock_order
from tests.fixtures.programs import adopt_orphans, end_children
from tests.fixtures.unhurried import make_room

# What a pure test does without is imported by the fixtures that need it: loading it takes longer than such a test.
if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.lexoffice_server import LexofficeAddresses
    from sandbox.postgres import PostgresAddresses
    from sandbox.temporal_server import TemporalAddresses
    from tests.fixtures.easybill_office import EasybillOffice
    from tests.fixtures.house import House, Shop
    from tests.fixtures.parts import Parts

_OF_SERVERS = {"stack_state", "chromium"}
"""Whatever runs a server keeps its state in the first."""


@dataclass(frozen=True)
class Database:
    """A migrated database: as the application, as the owner of the schema, and as superuser of its server."""

    app_url: str
    owner_url: str
    admin_url: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="only tests that ask for no server, by whatever fixture")
    parser.addoption("--no-engine", action="store_true", help="only tests that ask for neither engine nor browser")


def pytest_configure(config: pytest.Config) -> None:
    make_room()
    if moment := os.environ.get("TEST_MOMENT"):
        from ledger import clock

        # For whole lanes with an engine: business days are moved, the engine's time and the database's moments stay.
        moved = ExitStack()
        moved.enter_context(clock.set_to(datetime.fromisoformat(moment)))
        config.add_cleanup(moved.close)


def pytest_report_header() -> str:
    from tests.fixtures.samples import SEED, WHOLE

    return f"what is drawn: {'the whole figures' if WHOLE else 'a sample'}, TEST_SEED={SEED}"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: looking through it again and again finds nothing."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for option, is_chosen in (("--pure", is_pure), ("--no-engine", is_without_engine)):
        if config.getoption(option):
            config.hook.pytest_deselected(items=[item for item in items if not is_chosen(item)])
            items[:] = [item for item in items if is_chosen(item)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """The Temporal command is found, downloaded or built before a test's time runs: that can take minutes."""
    if any("temporal_cli" in fixtures_of(item) for item in session.items) and not session.config.option.collectonly:
        from sandbox.temporal_cli import TemporalCliMissing, find_cli

        try:
            found = asyncio.run(find_cli(lambda text: print(text, file=sys.stderr, flush=True)))
        except TemporalCliMissing as error:
            raise pytest.UsageError(str(error)) from None
        os.environ["TEMPORAL_CLI"] = str(found)


def is_pure(item: pytest.Item) -> bool:
    return _OF_SERVERS.isdisjoint(fixtures_of(item))


def is_without_engine(item: pytest.Item) -> bool:
    return {"temporal_cli", "chromium"}.isdisjoint(fixtures_of(item))


def fixtures_of(item: pytest.Item) -> list[str]:
    """Those that a test asks for, and those that they ask for."""
    return list(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def nothing_left_running() -> Iterator[None]:
    """What tests have started has ended with them. What has not is ended now, and an error of the run."""
    adopt_orphans()
    yield
    assert end_children() == []


lock_order.violations = []


@pytest.fixture(autouse=True)
def locks_are_taken_in_order() -> Iterator[None]:
    """Of a test, and of the API and worker that run beside it in this process (docs/locks.md)."""
    assert lock_order.violations is not None
    known = len(lock_order.violations)
    yield
    if against := lock_order.violations[known:]:
        pytest.fail("\n".join(against))


@pytest.fixture(scope="session")
def stack_state() -> Iterator[Path]:
    """A folder for the state of servers, open to the user that runs PostgreSQL when we are root.

    A fixture that starts a server asks for it, if only to be known as one that does.
    """
    folder = Path(tempfile.mkdtemp(prefix="partnerdesk-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def parts(request: pytest.FixtureRequest, stack_state: Path) -> "AsyncIterator[Parts]":
    from tests.fixtures.parts import PART_OF_FIXTURE, Parts

    asked = {name for item in request.session.items for name in fixtures_of(item)}
    running = Parts(stack_state, {part for name, part in PART_OF_FIXTURE.items() if name in asked})
    yield running
    await running.stop()


@pytest.fixture(scope="session")
async def postgres(parts: "Parts") -> "PostgresAddresses":
    """An embedded PostgreSQL with roles and a database. For one that has tables ask for `database`."""
    from sandbox.postgres import PostgresAddresses

    return await parts.of(PostgresAddresses)


@pytest.fixture(scope="session")
async def database(parts: "Parts") -> Database:
    """The ledger, migrated."""
    return await parts.of(Database)


@pytest.fixture(scope="session")
def temporal_cli() -> Path:
    """The `temporal` command, for who starts a server of its own; there before the first test begins."""
    return Path(os.environ["TEMPORAL_CLI"])


@pytest.fixture(scope="session")
async def temporal(parts: "Parts", temporal_cli: Path) -> "TemporalAddresses":
    """A Temporal dev server in memory, with search attributes, fairness and rate as script/dev has them."""
    from sandbox.temporal_server import TemporalAddresses

    return await parts.of(TemporalAddresses)


@pytest.fixture(scope="session")
async def lexoffice_sandbox(parts: "Parts") -> "LexofficeAddresses":
    """A sandbox lexoffice. Its organisations, documents and faults are made by its JSON hooks."""
    from sandbox.lexoffice_server import LexofficeAddresses

    return await parts.of(LexofficeAddresses)


@pytest.fixture(scope="session")
async def easybill_sandbox(parts: "Parts") -> str:
    """A sandbox easybill, by its address. Its accounts, documents and faults are made by its JSON hooks."""
    from sandbox.easybill_server import EasybillServer

    return (await parts.of(EasybillServer)).base_url


@pytest.fixture
async def easybill_account(easybill_sandbox: str) -> "AsyncIterator[EasybillOffice]":
    """A new account there, without a limit of requests."""
    from tests.fixtures.easybill_office import easybill_office

    async with easybill_office(easybill_sandbox) as opened:
        yield opened


@pytest.fixture(scope="session")
async def chromium() -> "AsyncIterator[Browser]":
    """A real Chromium. Tests that ask for it are marked `long`; script/test --all installs one if there is none."""
    from playwright.async_api import async_playwright

    from tests.chromium import FLAGS, get_chromium

    path = await asyncio.to_thread(get_chromium)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


# One product for all folders: two over one engine would take each other's work, without the other's secret key.


@pytest.fixture(scope="session")
async def product(
    database: Database, temporal: "TemporalAddresses", lexoffice_sandbox: "LexofficeAddresses", easybill_sandbox: str
) -> "AsyncIterator[House]":
    """API and worker, running over the real parts for the whole session."""
    from tests.fixtures.consent import Client
    from tests.fixtures.postbox import open_postbox
    from tests.fixtures.running_house import running

    oauth = await Client.contracted(lexoffice_sandbox, "http://127.0.0.1")
    async with (
        open_postbox() as postbox,
        running(
            database,
            temporal,
            lexoffice_sandbox,
            easybill_base_url=easybill_sandbox,
            easybill_pace=0,
            lexoffice_oauth_client_id=oauth.client_id,
            lexoffice_oauth_client_secret=oauth.client_secret,
            smtp_host="127.0.0.1",
            smtp_port=postbox.port,
            smtp_security="none",
            mail_sender="partnerdesk@product.example",
            mail_bundle_seconds=1.0,
            temporal_ui_url="http://temporal.example",
        ) as house,
    ):
        house.postbox = postbox
        await oauth.change(redirectUris=[f"{house.api_url}/oauth/lexoffice/callback"])
        yield house


@pytest.fixture
async def connected_shop(product: "House") -> "Shop":
    """A fresh tenant, connected to an account of its own, with partners CLARA ← BERND ← ANNA."""
    shop = await product.shop()
    await shop.partners()
    return shop


@pytest.fixture
async def chapter_shop(product: "House") -> "Shop":
    """The same in the chapter's dialect of notifications."""
    shop = await product.shop(dialect="chapter")
    await shop.partners()
    return shop


@pytest.fixture
async def silent_shop(product: "House") -> "Shop":
    """A connected tenant to whom lexoffice says nothing: the test says what arrives."""
    return await _silent(product, "lexoffice")


@pytest.fixture
async def silent_chapter_shop(product: "House") -> "Shop":
    """The same, where documents and contacts show the custom fields of the chapter."""
    return await _silent(product, "chapter")


async def _silent(product: "House", dialect: str) -> "Shop":
    shop = await product.shop(connected=False, dialect=dialect)
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key, "effective_from": "2026-01-01"})
    await shop.partners()
    await shop.forget_calls()
    return shop
