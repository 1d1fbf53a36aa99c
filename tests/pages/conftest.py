"""Firms with people and browsers, as in tests/people; and the books of one, to look at."""

import pytest
from cryptography.fernet import Fernet

from settings import Settings
from tests.conftest import Database
from tests.pages.books import Books, keep_books
from tests.people.browsers import Firm
from tests.people.conftest import firm, http, other_firm, owner, people_app

__all__ = ["firm", "http", "other_firm", "owner", "people_app"]


@pytest.fixture(scope="session")
def people_settings(database: Database) -> Settings:
    """Of an operator who says where the engine's own pages are."""
    return Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://127.0.0.1",
        temporal_ui_url="http://temporal.example",
        log_level="error",
    )


@pytest.fixture
async def books(firm: Firm) -> Books:
    return await keep_books(firm)
