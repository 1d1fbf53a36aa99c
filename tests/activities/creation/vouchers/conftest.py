"""A ledger whose documents are booked in the sandbox lexoffice; no engine runs, the steps are called one by one."""

from collections.abc import AsyncIterator

import pytest

from ledger.vault import Vault
from sandbox.lexoffice_server import LexofficeAddresses
from tests.fixtures.ledger_shop import Shop, ledger, new_tenant, shop, tenant, vault
from tests.fixtures.voucher_books import VoucherBooks, connected_books

__all__ = ["ledger", "new_tenant", "shop", "tenant", "vault", "voucher_books"]


@pytest.fixture
async def voucher_books(
    shop: Shop,
    vault: Vault,
    lexoffice_sandbox: LexofficeAddresses,
) -> AsyncIterator[VoucherBooks]:
    """With a category chosen for each case, and § 13b confirmed."""
    async with connected_books(shop, vault, lexoffice_sandbox) as found:
        await found.choose_categories()
        yield found
