"""Which document a partner gets at which tenant, and what it comes to; or the code of what blocks it."""

from datetime import date

import pytest

from ledger.refusals import Blocked
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, request
from tests.money.amounts import cents, percent

KIND = "tax-case"


async def check(row: dict[str, str], shop: Shop) -> None:
    await fit_to_pay(shop, small_business=row["tenant"] == "small business")
    confirmed = int(row["confirmed for"]) if row["confirmed for"] else None
    abroad = {"eu_business": "AT", "third_country": "CH"}
    await fit_to_be_paid(
        shop, status=row["partner"], confirmed_year=confirmed, country_code=abroad.get(row["partner"], "DE")
    )
    await earn(shop, cents(row["net"]), on=date(2026, 11, 20))
    if row["blocked by"]:
        with pytest.raises(Blocked) as refused:
            await request(shop)
        assert refused.value.code == row["blocked by"]
        return
    made = await request(shop)
    assert (made.tax_rate, made.tax_cents, made.gross_cents) == (
        percent(row["VAT rate"]),
        cents(row["VAT"]),
        cents(row["paid"]),
    )
