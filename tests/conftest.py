"""The real parts that tests run on: each a process of its own, started once, when a test asks for it.

The first test that needs a part starts all that the chosen tests need, side by side. Ports are free ones;
nothing is shared with another run. Tests keep apart by making a tenant each, not by emptying tables.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from ledger.migrate import migrate
from sandbox.lexoffice_server import LexofficeAddresses, LexofficeServer
from sandbox.postgres import PostgresAddresses, PostgresServer
from sandbox.processes import free_port
from sandbox.temporal_cli import find_cli
from sandbox.temporal_server import TemporalAddresses, TemporalServer

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.house import House, Shop


@dataclass(frozen=True)
class Database:
    """A migrated database: as the application, as the owner of the schema, and as superuser of its server."""

    app_url: str
    owner_url: str
    admin_url: str


_PART_OF_FIXTURE: dict[str, type] = {
    "postgres": PostgresAddresses,
    "database": Database,
    "temporal": TemporalAddresses,
    "lexoffice_sandbox": LexofficeAddresses,
}
Part = TypeVar("Part")


class Parts:
    """What runs for this session. `of` gives a part's addresses and waits until it is ready."""

    def __init__(self, state: Path, wanted: set[type]) -> None:
        self._state = state
        self._wanted = wanted
        self._starting: dict[type, asyncio.Task[Any]] = {}
        self._stops: list[Callable[[], Awaitable[None]]] = []
        self._recipes: dict[type, Callable[[], Awaitable[Any]]] = {
            PostgresAddresses: self._postgres,
            Database: self._database,
            TemporalAddresses: self._temporal,
            LexofficeAddresses: self._lexoffice,
        }

    async def of(self, part: type[Part]) -> Part:
        for wanted in self._wanted:
            self._begin(wanted)
        return await self._begin(part)

    async def stop(self) -> None:
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        for stop in reversed(self._stops):
            await stop()

    def _begin(self, part: type[Part]) -> "asyncio.Task[Part]":
        if part not in self._starting:
            self._starting[part] = asyncio.ensure_future(self._recipes[part]())
        return self._starting[part]

    async def _postgres(self) -> PostgresAddresses:
        server = PostgresServer(self._state / "postgres", free_port(), durable=False)
        self._stops.append(server.stop)
        return await server.start()

    async def _database(self) -> Database:
        postgres = await self._begin(PostgresAddresses)
        await migrate(postgres.owner_url)
        return Database(app_url=postgres.app_url, owner_url=postgres.owner_url, admin_url=postgres.admin_url)

    async def _temporal(self) -> TemporalAddresses:
        server = TemporalServer(await find_cli(print), self._state / "temporal", port=free_port())
        self._stops.append(server.stop)
        return await server.start()

    async def _lexoffice(self) -> LexofficeAddresses:
        server = LexofficeServer(
            self._state / "lexoffice", free_port(), options=["--key-bits", "2048", "--time-scale", "0.001"]
        )
        self._stops.append(server.stop)
        return await server.start()


@pytest.fixture(scope="session")
def stack_state() -> Iterator[Path]:
    """A folder for the state of real parts, open to the user that runs PostgreSQL when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="partnerdesk-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def parts(request: pytest.FixtureRequest, stack_state: Path) -> AsyncIterator[Parts]:
    asked = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    running = Parts(stack_state, {part for name, part in _PART_OF_FIXTURE.items() if name in asked})
    yield running
    await running.stop()


@pytest.fixture(scope="session")
async def postgres(parts: Parts) -> PostgresAddresses:
    """An embedded PostgreSQL with roles and a database. For one that has tables ask for `database`."""
    return await parts.of(PostgresAddresses)


@pytest.fixture(scope="session")
async def database(parts: Parts) -> Database:
    """The ledger, migrated."""
    return await parts.of(Database)


@pytest.fixture(scope="session")
async def temporal(parts: Parts) -> TemporalAddresses:
    """A Temporal dev server in memory, with search attributes, fairness and rate as script/dev has them."""
    return await parts.of(TemporalAddresses)


@pytest.fixture(scope="session")
async def lexoffice_sandbox(parts: Parts) -> LexofficeAddresses:
    """A sandbox lexoffice. Its organisations, documents and faults are made by its JSON hooks."""
    return await parts.of(LexofficeAddresses)


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
    database: Database, temporal: TemporalAddresses, lexoffice_sandbox: LexofficeAddresses
) -> "AsyncIterator[House]":
    """API and worker, running over the real parts for the whole session."""
    from tests.house import running
    from tests.mail.postbox import open_postbox
    from tests.oauth.consent import Client

    oauth = await Client.contracted(lexoffice_sandbox, "http://127.0.0.1")
    async with (
        open_postbox() as postbox,
        running(
            database,
            temporal,
            lexoffice_sandbox,
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
async def shop(product: "House") -> "Shop":
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
