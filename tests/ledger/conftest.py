"""The ledger's fixtures: a fresh tenant for each test, and the books of an older release."""

from tests.fixtures.ledger_shop import ledger, new_tenant, shop, tenant, vault
from tests.ledger.old_holds import old_books
from tests.ledger.old_shape import old

__all__ = ["ledger", "new_tenant", "old", "old_books", "shop", "tenant", "vault"]
