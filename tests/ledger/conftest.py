"""The ledger's fixtures: a fresh tenant for each test, and the books of an older release."""

from tests.fixtures.ledger_shop import ledger, new_tenant, shop, tenant, vault
from tests.ledger.old_holds import old_books

__all__ = ["ledger", "new_tenant", "old_books", "shop", "tenant", "vault"]
