"""Number and sum of a bank file."""

from decimal import Decimal

from ledger.bank.bank_file import Debtor, Payment, control_sum_cents, write_bank_file
from ledger.money import vat_cents
from tests.fixtures.bank_runs import OWN_IBAN, iban
from tests.fixtures.ledger_shop import Shop
from tests.ledger.bank.test_bank_file import DAY
from tests.money.amounts import cents, percent, several

KIND = "bank-file"


async def check(row: dict[str, str], shop: Shop) -> None:
    rate = Decimal(percent(row["rate"]))
    gross = [net + vat_cents(net, rate) for net in several(row["net"])]
    assert gross == several(row["payments"])
    payments = [
        Payment(
            creditor="A", iban=iban(1), bic=None, amount_cents=one, end_to_end_id=f"PO-2026-{at:04}", remittance="GS"
        )
        for at, one in enumerate(gross)
    ]
    debtor = Debtor(holder="Firma", iban=OWN_IBAN, bic="COBADEFFXXX")
    file = write_bank_file("ZL-2026-0001", debtor, payments, execution_date=DAY, batch_booking=True)
    assert control_sum_cents(file) == (len(gross), cents(row["sum"]))
