"""The ledger's fixtures, for what is written into the outbox."""

from tests.audit.conftest import superuser
from tests.ledger.conftest import ledger, new_tenant, tenant, vault

__all__ = ["ledger", "new_tenant", "superuser", "tenant", "vault"]
