"""A third provider of books is a folder and the rows that CONTRIBUTING.md names: nothing else of ours is touched."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from activities.books import registry
from activities.books.registry import Provider
from activities.models import EventAnnouncement
from engine import announcing
from ledger import books
from ledger.books import Books
from ledger.inbox import events
from ledger.inbox.events import Arrival
from ledger.provider_ids import Thing, numbered_id
from sandbox.postgres import PostgresAddresses
from tests.activities.books.paperbooks import documents, server
from tests.activities.books.paperbooks.documents import NAME
from tests.activities.books.paperbooks.hands import opened_at
from tests.conftest import Database
from tests.fixtures.desk import requested
from tests.fixtures.house import Shop
from tests.fixtures.products import own_product
from tests.fixtures.serving import served
from workflows.messages import Pace

CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"
ROWS = {"ledger/books.py", "activities/books/registry.py", "ledger/migrations/"}
"""Where a third provider of books adds a row, and this test does."""


@pytest.fixture
async def paper_office() -> AsyncIterator[tuple[str, FastAPI]]:
    """The provider's own side, and its address."""
    app = server.app()
    async with served(app) as address:
        yield address, app


@pytest.fixture
async def third_shop(
    monkeypatch: pytest.MonkeyPatch,
    postgres: PostgresAddresses,
    database: Database,
    temporal_cli: Path,
    stack_state: Path,
    paper_office: tuple[str, FastAPI],
) -> AsyncIterator[Shop]:
    """A tenant of a product that knows a third provider, which keeps this tenant's books."""
    monkeypatch.setitem(books._ROWS, NAME, Books(name=NAME, numbered_as=b"paperb"))
    monkeypatch.setitem(registry._PROVIDERS, NAME, Provider(documents=documents, hands=opened_at(paper_office[0])))
    async with own_product(postgres, stack_state / "third") as product:
        owner = await asyncpg.connect(product.database.owner_url)
        await owner.execute("INSERT INTO providers (name, is_books, is_source) VALUES ($1, true, false)", NAME)
        await owner.close()
        opened = await product.shop(connected=False)
        await opened.partners("ANNA")
        # What its page of the connection would write.
        await opened.rows(
            """
            INSERT INTO provider_connections (tenant_id, provider, state, organization_id, secret_encrypted,
                                              secret_last4, secret_saved_at)
            VALUES ($1, $2, 'connected', $3, '\\x00', 'abcd', now())
            """,
            opened.tenant.id,
            NAME,
            uuid4(),
        )
        await opened.api("PATCH", "/document-settings", {"books": NAME, "small_business": False})
        yield opened


async def notified(shop: Shop, document: UUID) -> None:
    """What its webhook would do: the hint is kept, and handed to the document's workflow."""
    [connection] = await shop.rows("SELECT organization_id FROM provider_connections WHERE provider = $1", NAME)
    taken = await events.take_in(
        shop.house.ledger,
        shop.tenant,
        Arrival(
            provider=NAME,
            organization_id=str(connection["organization_id"]),
            event_type="note.paid",
            resource_id=str(document),
            event_date=None,
            body=b"{}",
            document=document,
        ),
    )
    told = EventAnnouncement(resource_id=document, event=taken.id, delivery=taken.delivery)
    await announcing.announce_event(shop.house.engine, shop.tenant, told, Pace(quiet=0.1, look_again=(0.2, 0.4)))


async def test_a_payout_runs_from_its_approval_to_paid_through_a_third_provider(
    third_shop: Shop, paper_office: tuple[str, FastAPI]
) -> None:
    payout = await requested(third_shop)
    await third_shop.approve(payout)
    opened = await third_shop.payout_when(payout["number"], "credit_note_open")
    [note] = paper_office[1].state.notes
    assert (note["net_cents"], note["gross_cents"]) == (10_000, 11_900)
    assert note["marker"].startswith(f"[{payout['number']}/")
    assert opened["credit_note_number"] == note["number"] == "PN-1"
    note["paid_with"] = "Überweisung 17"
    await notified(third_shop, numbered_id(NAME, Thing.DOCUMENT, note["id"]))
    paid = await third_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == "Überweisung 17"


def test_what_describes_adding_one_names_the_rows_that_this_test_adds() -> None:
    told = CONTRIBUTING.read_text(encoding="utf-8").partition("### A provider of books")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `([^`]+)` \|", told, re.MULTILINE)) == ROWS
