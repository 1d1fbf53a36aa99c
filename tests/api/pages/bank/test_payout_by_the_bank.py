"""A payout's page says what the bank has told of it, and why money came back."""

import re

from ledger.roles import Role
from tests.fixtures import bank_runs as bank
from tests.fixtures.browsers import Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings
from tests.fixtures.told_by_the_bank import IBAN, back, out, told

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]


async def test_what_left_and_what_came_back_stand_on_the_payouts_page_with_the_banks_reason(
    firm: Firm, accounts_office: Shop
) -> None:
    vault = firm.parts.vault
    payout = await bank.open_payout(accounts_office, vault, to=IBAN)
    await bank.exported(accounts_office, vault, payout)
    viewer = await firm.person(Role.VIEWER)
    page = f"/admin/auszahlungen/{payout.number}"
    assert "Laut Bank" not in (await viewer.get(page)).text
    await told(accounts_office, vault, out(payout))
    sent = (await viewer.get(page)).text
    assert "Laut Bank ausgeführt am" in sent
    assert "-119,00" in sent
    await told(accounts_office, vault, back(payout), number=2)
    came_back = (await viewer.get(page)).text
    assert "Rückbuchung" in came_back
    assert "(AC04)" in came_back
    assert "Laut Bank ausgeführt am" not in came_back
    links = re.findall(r'href="(/admin/nicht-zugeordnet/[0-9a-f-]{36})"', came_back)
    assert len(links) == 2
    assert payout.number in (await viewer.get(links[0])).text
