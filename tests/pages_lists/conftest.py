"""Firms with people and browsers, as in tests/people, and books in them."""

from tests.pages_lists.books import sale_books as books
from tests.people.conftest import firm, http, other_firm, owner, people_app, people_settings

__all__ = ["books", "firm", "http", "other_firm", "owner", "people_app", "people_settings"]
