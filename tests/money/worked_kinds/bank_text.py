"""A name as a bank file writes it."""

from ledger.bank.bank_text import NAME_LENGTH, sepa_text
from tests.fixtures.ledger_shop import Shop

KIND = "bank-text"


async def check(row: dict[str, str], shop: Shop) -> None:
    assert sepa_text(row["holder"], NAME_LENGTH) == row["in the file"]
