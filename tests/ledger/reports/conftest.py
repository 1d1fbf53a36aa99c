"""The ledger's shop is what reports are about: books."""

from tests.fixtures.ledger_shop import shop as books

__all__ = ["books"]
