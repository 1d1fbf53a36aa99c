"""The ledger's fixtures under their own names, beside the running product's `shop`."""

from tests.ledger.conftest import ledger, new_tenant, tenant, vault
from tests.ledger.conftest import shop as books

__all__ = ["books", "ledger", "new_tenant", "tenant", "vault"]
