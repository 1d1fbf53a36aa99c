"""The day on which a bank run is carried out."""

from datetime import date, datetime

from ledger.bank.bank_days import next_target_day
from tests.fixtures.ledger_shop import Shop

KIND = "bank-day"


async def check(row: dict[str, str], shop: Shop) -> None:
    assert next_target_day(_day(row["today"])) == _day(row["next"])


def _day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 (a day, no instant)
