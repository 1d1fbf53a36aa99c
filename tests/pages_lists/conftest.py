"""Firms with people and browsers, as in tests/people, and books in them."""

import pytest

from tests.pages_lists.books import Books, open_books
from tests.people.browsers import Firm
from tests.people.conftest import firm, http, other_firm, owner, people_app, people_settings

__all__ = ["firm", "http", "other_firm", "owner", "people_app", "people_settings"]


@pytest.fixture
async def books(firm: Firm) -> Books:
    return await open_books(firm)
