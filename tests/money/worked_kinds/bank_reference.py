"""The payment reference of a paid payout."""

from datetime import date

from cryptography.fernet import Fernet

from ledger.booking import settlement
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import payouts
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures.ledger_shop import Shop

KIND = "bank-reference"


async def check(row: dict[str, str], shop: Shop) -> None:
    vault = Vault.from_setting(Fernet.generate_key().decode())
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    if row["exported"] == "yes":
        await bank.exported(shop, vault, payout)
    verdict = Verdict(
        meaning=Meaning.PAID,
        payment_reference=row["event"] or None,
        voucher_number=payout.credit_note_number,
        paid_on=date(2026, 11, 20),
    )
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        locked = await payouts.lock(tx, payout.number)
        await settlement.settle(tx, locked, verdict)
        paid = await payouts.get(tx, payout.number)
    expected = {"PO": payout.number, "GS": payout.credit_note_number}.get(row["reference"], row["reference"])
    assert (paid.payment_reference, paid.paid_on) == (expected, date(2026, 11, 20))
