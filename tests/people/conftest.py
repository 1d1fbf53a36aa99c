"""The real application over the real database, tenants with people in them, and browsers for those people."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from api.app import create_app
from settings import Settings
from tests.conftest import Database
from tests.people.browsers import Firm, new_firm


@pytest.fixture(scope="session")
def people_settings(database: Database) -> Settings:
    return Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://127.0.0.1",
        temporal_ui_url="http://temporal.example",
        log_level="error",
    )


@pytest.fixture(scope="session")
async def people_app(people_settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(people_settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def firm(people_app: FastAPI) -> AsyncIterator[Firm]:
    made = await new_firm(people_app)
    yield made
    await made.close()


@pytest.fixture
async def other_firm(people_app: FastAPI) -> AsyncIterator[Firm]:
    made = await new_firm(people_app)
    yield made
    await made.close()


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The owner of the schema: it moves time in tables that the application cannot touch."""
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def http(people_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of nobody."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=people_app), base_url="http://127.0.0.1", timeout=30
    ) as client:
        yield client
