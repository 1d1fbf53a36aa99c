"""Firms with people and browsers, as in tests/people; and the books of one, to look at."""

from tests.pages.books import payout_books
from tests.pages.books import payout_books as books
from tests.people.conftest import firm, http, other_firm, owner, people_app, people_settings

__all__ = ["books", "firm", "http", "other_firm", "owner", "payout_books", "people_app", "people_settings"]
