"""Admin → Neue Bankverbindungen: a second person confirms or rejects, with a fresh second factor."""

import pytest
from pydantic import SecretStr

from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import BankDetails, NewBankDetails
from ledger.programme import partners
from ledger.programme.partners import NewPartner, Partner
from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm

PAGE = "/admin/bankverbindungen"
IBANS = ("DE02120300000000202051", "DE54120300000000303062")


class Desk:
    """A firm with a partner, one who enters accounts and one who confirms them."""

    def __init__(self, firm: Firm, maker: Browser, second: Browser, partner: Partner) -> None:
        self.firm = firm
        self.maker = maker
        self.second = second
        self.partner = partner

    async def enter(self, iban: str = IBANS[0], partner: Partner | None = None) -> BankDetails:
        async with self.firm.parts.ledger.transaction(self.firm.tenant) as tx:
            return await partner_accounts.save_bank_details(
                tx,
                self.firm.parts.vault,
                (partner or self.partner).id,
                NewBankDetails(account_holder="Anna Albrecht", iban=SecretStr(iban)),
                by=f"user:{self.maker.user}",
            )

    async def state(self, account: BankDetails) -> str:
        [row] = await self.firm.rows("SELECT state FROM partner_bank_details WHERE id = $1", account.id)
        return str(row["state"])


async def new_partner(firm: Firm, code: str) -> Partner:
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        return await partners.create(tx, NewPartner(code=code, name=f"Partner {code}"), by="test")


@pytest.fixture
async def desk(firm: Firm) -> Desk:
    partner = await new_partner(firm, "ANNA")
    return Desk(firm, await firm.person(Role.ADMIN), await firm.person(Role.APPROVER), partner)


async def test_a_second_person_sees_the_end_of_the_iban_and_confirms(desk: Desk) -> None:
    account = await desk.enter()
    page = (await desk.second.get(PAGE)).text
    assert "•••• 2051" in page
    assert IBANS[0] not in page
    assert desk.maker.email in page
    answer = await desk.second.post(f"{PAGE}/{account.id}/bestaetigen", shown_at=PAGE)
    assert answer.headers["location"] == f"{PAGE}?hinweis=bestaetigt"
    assert await desk.state(account) == "active"
    assert "Keine Bankverbindung wartet" in (await desk.second.get(PAGE)).text


async def test_who_entered_it_does_not_confirm_it(desk: Desk) -> None:
    account = await desk.enter()
    answer = await desk.maker.post(f"{PAGE}/{account.id}/bestaetigen", shown_at=PAGE)
    assert answer.status_code == 409
    assert "Das bestätigt eine zweite Person." in answer.text
    assert await desk.state(account) == "pending"


async def test_a_change_waits_for_its_quarantine_after_the_second_person(desk: Desk) -> None:
    first = await desk.enter()
    await desk.second.post(f"{PAGE}/{first.id}/bestaetigen", shown_at=PAGE)
    changed = await desk.enter(IBANS[1])
    assert "•••• 2051" in (await desk.second.get(PAGE)).text
    await desk.second.post(f"{PAGE}/{changed.id}/bestaetigen", shown_at=PAGE)
    assert (await desk.state(first), await desk.state(changed)) == ("active", "pending")
    assert "Bestätigt; die Sperrfrist läuft noch." in (await desk.second.get(PAGE)).text


async def test_rejecting_needs_a_reason_and_keeps_the_old_account(desk: Desk) -> None:
    account = await desk.enter()
    nothing = await desk.second.post(f"{PAGE}/{account.id}/ablehnen", {"reason": " "}, shown_at=PAGE)
    assert nothing.status_code == 409
    assert "Bitte nennen Sie den Grund." in nothing.text
    await desk.second.post(f"{PAGE}/{account.id}/ablehnen", {"reason": "Der Partner weiß nichts."}, shown_at=PAGE)
    assert await desk.state(account) == "refused"
    assert "partner.bank_details_refused" in await desk.firm.actions()


async def test_an_iban_of_two_partners_is_acknowledged_by_a_second_person_first(desk: Desk) -> None:
    first = await desk.enter()
    await desk.second.post(f"{PAGE}/{first.id}/bestaetigen", shown_at=PAGE)
    twice = await desk.enter(partner=await new_partner(desk.firm, "BERT"))
    page = (await desk.second.get(PAGE)).text
    assert "Diese IBAN gehört auch zu: ANNA." in page
    assert (await desk.second.post(f"{PAGE}/{twice.id}/bestaetigen", shown_at=PAGE)).status_code == 409
    why = {"reason": "Ein Ehepaar mit einem Konto."}
    assert (await desk.maker.post(f"{PAGE}/{twice.id}/doppelt", why, shown_at=PAGE)).status_code == 409
    assert (await desk.second.post(f"{PAGE}/{twice.id}/doppelt", why, shown_at=PAGE)).status_code == 303
    assert (await desk.second.post(f"{PAGE}/{twice.id}/bestaetigen", shown_at=PAGE)).status_code == 303
    assert await desk.state(twice) == "active"
    [task] = await desk.firm.rows("SELECT resolution->>'reason' AS reason FROM tasks WHERE state = 'resolved'")
    assert task["reason"] == why["reason"]


async def test_without_a_fresh_second_factor_nothing_is_confirmed(desk: Desk) -> None:
    account = await desk.enter()
    token = await desk.second.token(PAGE)
    await desk.firm.rows_of(
        desk.second, "UPDATE sessions SET second_factor_at = now() - interval '11 minutes' RETURNING 1"
    )
    answer = await desk.second.http.post(f"{PAGE}/{account.id}/bestaetigen", data={"csrf": token})
    assert answer.headers["location"].startswith("/second-factor")
    assert await desk.state(account) == "pending"


async def test_an_account_of_another_tenant_is_not_there(desk: Desk, other_firm: Firm) -> None:
    account = await desk.enter()
    stranger = await other_firm.person(Role.ADMIN)
    assert (await stranger.post(f"{PAGE}/{account.id}/bestaetigen")).status_code == 404
    assert await desk.state(account) == "pending"
