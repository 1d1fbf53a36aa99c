"""A firm with payouts in every state."""

from tests.fixtures.payout_books import payout_books
from tests.fixtures.trail import superuser

__all__ = ["payout_books", "superuser"]
