"""Firms with something to report."""

from tests.fixtures.payout_books import payout_books
from tests.fixtures.sale_books import sale_books

__all__ = ["payout_books", "sale_books"]
