"""When the hold of a commission is over."""

from datetime import datetime

from ledger.payouts import due
from ledger.payouts.due import NotDue
from ledger.types import BERLIN
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import fit_to_be_paid, fit_to_pay
from tests.money.selling import sell

KIND = "hold"


async def check(row: dict[str, str], shop: Shop) -> None:
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await shop.rows("UPDATE tenants SET hold_days = $1", int(row["hold days"]))
    await sell(shop, 10_000, day=1, paid_at=_instant(row["paid"]))
    # A cut-off is an exclusive end: what is paid at that instant comes after it.
    async with shop.ledger.transaction(shop.tenant) as tx:
        asked = _instant(row["asked"])
        owed = await due.of_partner(tx, shop.partner["ANNA"].id, cut_off=None if row["hold days"] == "0" else asked)
    assert bool(owed.payable) is (row["due"] == "yes")
    assert (owed.waits_for(NotDue.HOLD) is None) is (row["due"] == "yes")


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=BERLIN)
