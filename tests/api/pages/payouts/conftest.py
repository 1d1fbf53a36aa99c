"""A firm with payouts in every state."""

from tests.fixtures.payout_books import payout_books as books

__all__ = ["books"]
