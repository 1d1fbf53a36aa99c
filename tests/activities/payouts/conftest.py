from tests.fixtures.ledger_shop import ledger, new_tenant, shop, tenant, vault

__all__ = ["ledger", "new_tenant", "shop", "tenant", "vault"]
