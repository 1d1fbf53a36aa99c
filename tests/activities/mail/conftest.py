"""The ledger's fixtures, for what is written into the outbox."""

from tests.fixtures.ledger_shop import ledger, new_tenant, tenant, vault
from tests.fixtures.trail import superuser

__all__ = ["ledger", "new_tenant", "superuser", "tenant", "vault"]
