"""Firms with partners that were paid."""

from tests.fixtures.payout_books import payout_books

__all__ = ["payout_books"]
