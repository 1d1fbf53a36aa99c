"""Whatever the bank does and in whatever order it is told, the ledger ends as the bank's books say.

`RANDOM_MONTHS=1000 script/test tests/ledger/bank/test_random_months.py` plays that many (docs/bank.md).
"""

import os
from functools import lru_cache

import pytest
import xmlschema

from ledger.database import Ledger
from ledger.vault import Vault
from tests.fixtures.bank_months import Month
from tests.fixtures.ledger_shop import NewTenant, Shop

MONTHS = int(os.environ.get("RANDOM_MONTHS", "4"))
FIRST = int(os.environ.get("RANDOM_MONTHS_FROM", "1"))


@pytest.mark.timeout(60 + 30 * MONTHS)
async def test_random_months_end_as_the_banks_books_say(
    ledger: Ledger, vault: Vault, new_tenant: NewTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # sepaxml reads the schema anew for each file, which would be most of what a month takes.
    monkeypatch.setattr(xmlschema, "XMLSchema", lru_cache(xmlschema.XMLSchema))
    differences, unexplained = [], 0
    for seed in range(FIRST, FIRST + MONTHS):
        month = Month(seed, Shop(ledger, await new_tenant(), {}), vault)
        await month.play()
        differences += await month.differences()
        unexplained += await month.unexplained_cents()
    print(f"{MONTHS} months from seed {FIRST}: {unexplained} cents unexplained, {len(differences)} differences")
    assert not differences, "\n".join(differences)
    assert unexplained == 0
