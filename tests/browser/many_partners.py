"""A firm with many partners who all earned something last month, and the bank that executes its file."""

from datetime import date, timedelta
from pathlib import Path

from ledger import clock
from ledger.programme import partners
from ledger.programme.partners import NewPartner
from sandbox.bank.bank import Bank
from sandbox.bank.books import Account, Payee
from tests.conftest import Database
from tests.fixtures import payable
from tests.fixtures.bank_runs import OWN_IBAN, bank_details, iban
from tests.fixtures.house import House, Shop
from tests.fixtures.ledger_shop import Shop as Ledgered
from tests.fixtures.planted_differences import superuser

_MADE_BEFORE = 1_000
CLOSE, RETURNED = 0, 1
"""Places of the partners whose name is held a little differently, and whose account is closed."""


def last_month() -> date:
    """Its first day."""
    return (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)


async def firm_of(house: House, database: Database, number: int) -> Shop:
    """So many partners earned 100 € net each on a day of last month. The bank says what is paid."""
    shop = await house.shop()
    await shop.rows("UPDATE tenants SET paid_by = 'bank', bank_quarantine = interval '0'")
    ledgered, vault = Ledgered(house.ledger, shop.tenant, {}), house.settings.vault()
    for place in range(number):
        code = f"P{place:03}"
        async with house.ledger.transaction(shop.tenant, cause="test") as tx:
            await partners.create(tx, NewPartner(code=code, name=f"Vertrieb {place:03} GmbH"), by="t")
        await payable.fit_to_be_paid(ledgered, code)
        await bank_details(ledgered, vault, code, to=_iban(place), holder=f"Vertrieb {place:03} GmbH")
        await payable.earn(ledgered, 10_000, code=code, on=last_month().replace(day=15))
    async with superuser(database) as everywhere:  # known for long: nothing unusual for whoever approves
        await everywhere.execute(
            "UPDATE partner_bank_details SET recorded_at = now() - interval '400 days' WHERE tenant_id = $1",
            shop.tenant.id,
        )
    account = await shop.api("POST", "/bank-accounts", {"account_holder": "Firma", "iban": OWN_IBAN})
    await shop.api("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")
    return shop


def _iban(place: int) -> str:
    return iban(_MADE_BEFORE + place)


def executed(file: Path, folder: Path) -> list[Path]:
    """What the bank has written once it executed the file and one transfer came back, each as a file."""
    bank = Bank.over(None, clock.today())
    bank.open_account(Account(iban=OWN_IBAN, holder="Firma", opening_cents=100_000_000))
    bank.know_payee(Payee(iban=_iban(CLOSE), holder="Vertrieb 000 GmbH & Co. KG"))
    bank.know_payee(Payee(iban=_iban(RETURNED), returned="AC04", after_days=1))
    order = bank.hand_in(file.read_bytes(), check_names=True)
    assert order is not None
    assert [payment.check for payment in order.payments].count("RVMC") == 1
    bank.release(order.id)
    bank.close_until(order.execute_on + timedelta(days=7))
    written = []
    for paper in bank.outbox.papers():
        written.append(folder / paper.name)
        written[-1].write_bytes(paper.content.encode() if isinstance(paper.content, str) else paper.content)
    return written
