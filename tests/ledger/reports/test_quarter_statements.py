"""Every three months each Handelsvertreter is accounted to by mail (§ 87c Abs. 1 HGB), once, paid out or not."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from activities.mail import letter_facts
from activities.mail.letter import written
from ledger.mail.mail_kinds import MailKind
from ledger.mail.outbox import Mail
from ledger.reports import quarter_statements
from ledger.reports.quarter_statements import due_on, named
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn

IN_TIME = date(2026, 10, 10)


async def wrote(shop: Shop, day: date = IN_TIME) -> int:
    async with shop.ledger.transaction(shop.tenant, cause="daily mail") as tx:
        return await quarter_statements.write_due(tx, day)


async def mails(shop: Shop) -> list[asyncpg.Record]:
    return await shop.rows("SELECT * FROM mails WHERE kind = 'commission_statement' ORDER BY seq")


async def said(shop: Shop, row: asyncpg.Record, language: str = "de") -> str:
    mail = Mail(
        id=row["id"],
        kind=MailKind(row["kind"]),
        user_id=None,
        partner_id=row["partner_id"],
        address=row["address"],
        about=(row["about"],),
        facts={},
        link=None,
        created_at=row["created_at"],
        taken_at=row["created_at"],
    )
    async with shop.ledger.transaction(shop.tenant, cause="mail") as tx:
        facts: dict[str, Any] | None = await letter_facts.of_tenant_mail(tx, mail)
    assert facts is not None
    letter = written(mail.kind, language, facts, public_url="https://desk.example", outside=True)
    return f"{letter.subject}\n{letter.text}".replace("\xa0", " ")


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2027, 1, 10), "2026-Q4"),
        (date(2026, 4, 30), "2026-Q1"),
        (date(2026, 7, 31), "2026-Q2"),
        (IN_TIME, "2026-Q3"),
        (date(2026, 10, 9), None),
        (date(2026, 11, 10), None),
    ],
)
def test_statements_are_due_in_the_month_after_a_quarter_from_its_tenth_day(day: date, quarter: str | None) -> None:
    found = due_on(day)
    assert (found and found.name) == quarter
    assert found is None or (named(found.name) == found and found.following.replace(day=1) == day.replace(day=1))


async def test_each_partner_is_told_once_what_was_earned_paid_out_or_not(shop: Shop) -> None:
    """The first and the last day of the quarter are in it, the days beside them are not."""
    for day in (date(2026, 6, 30), date(2026, 10, 1)):
        await earn(shop, 77_700, on=day)
    await earn(shop, 12_345, -45, on=date(2026, 7, 1))
    await earn(shop, 500, on=date(2026, 9, 30))
    await earn(shop, 9_900, code="CARL", on=date(2026, 6, 30))
    assert [await wrote(shop), await wrote(shop), await wrote(shop, date(2026, 10, 31))] == [1, 0, 0]
    [row] = await mails(shop)
    assert (row["address"], row["about"]) == ("anna@p.example", "2026-Q3")
    told = await said(shop, row)
    assert told.startswith("Provisionsabrechnung 01.07.2026 bis 30.09.2026 von Test\n")
    assert "Verdient, nach Rückbelastungen: 128,00 €" in told
    assert "Zurzeit fällig und noch nicht ausgezahlt, aus allen Zeiten: 1.682,00 €" in told
    assert "30.09.2026, Stufe 1: 5,00 €" in told
    assert "777,00" not in told
    assert "Earned, after what was taken back: €128.00" in await said(shop, row, "en")


async def test_what_is_awaited_is_told_apart_and_what_was_reversed_is_not_told(shop: Shop) -> None:
    [awaited, _gone] = [*await earn(shop, 700, on=date(2026, 8, 1)), *await earn(shop, 300, on=date(2026, 8, 2))]
    await shop.rows("UPDATE commissions SET state = 'pending' WHERE id = $1", awaited)
    await shop.rows("UPDATE commissions SET state = 'reversed' WHERE id <> $1", awaited)
    await wrote(shop)
    told = await said(shop, (await mails(shop))[0])
    assert "Verdient, nach Rückbelastungen: 0,00 €" in told
    assert "Noch nicht verdient (Zahlung oder Frist steht aus): 7,00 €" in told
    assert "3,00" not in told


async def test_whom_no_mail_reaches_a_person_is_asked_about_once(shop: Shop) -> None:
    await earn(shop, 500, code="BERT", on=date(2026, 8, 1))
    assert await wrote(shop) == 0
    assert await shop.tasks() == [("statements_not_sent", "2026-Q3")]
    await shop.rows(
        "UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'test', resolution = '{}' WHERE true"
    )
    await wrote(shop, date(2026, 10, 11))
    assert await shop.tasks() == []


async def test_partners_who_are_no_commercial_agents_get_none(shop: Shop) -> None:
    await shop.rows("UPDATE tenants SET commercial_agents = false")
    await earn(shop, 500, on=date(2026, 8, 1))
    assert (await wrote(shop), await mails(shop)) == (0, [])
