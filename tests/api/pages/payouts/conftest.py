"""A firm with payouts in every state."""

from tests.fixtures.payout_books import payout_books as books
from tests.fixtures.trail import superuser

__all__ = ["books", "superuser"]
