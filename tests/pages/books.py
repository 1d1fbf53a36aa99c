"""A tenant whose ledger has payouts in every state, for people who look at them."""

from datetime import date, timedelta

import asyncpg
import pytest
from pydantic import SecretStr

from ledger import campaigns, decisions, partner_bank, partners, payout_lines, payout_requests, payouts
from ledger.campaigns import NewCampaign, NewPlan
from ledger.commission import Rate
from ledger.partner_bank import NewBankDetails
from ledger.partners import NewPartner, Partner
from ledger.payouts import Payout
from ledger.types import PayoutState
from tests.ledger.conftest import Shop
from tests.ledger.paying import earn, fit_to_be_paid, fit_to_pay
from tests.people.browsers import Browser, Firm


class Books(Shop):
    """What a test of pages does behind the people's backs."""

    def __init__(self, firm: Firm, partner: dict[str, Partner]) -> None:
        super().__init__(firm.parts.ledger, firm.tenant, partner)
        self.firm = firm

    async def asked_for(self, *cents: int, code: str = "ANNA", by: str = "key:shop") -> Payout:
        """A payout of these commissions that awaits approval."""
        await earn(self, *(cents or (10_000,)), code=code)
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            return await payout_requests.request_payout(db, self.tenant, partner_code=code, actor=by)

    async def approve(self, payout: Payout, *, by: str = "user:somebody") -> Payout:
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            now = await payouts.find(db, self.tenant, payout.number)
            await decisions.approve(db, self.tenant, now.number, actor=by, seen_hash=now.content_hash)
            return await payouts.find(db, self.tenant, now.number)

    async def open_credit_note(self, payout: Payout, number: str = "GS-2026-0001") -> Payout:
        """Approved, and its credit note is made."""
        await self.approve(payout)
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            await db.execute(
                """
                INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number,
                                                payout_id, status, gross_cents, open_cents)
                VALUES ($1, gen_random_uuid(), 'credit-note', gen_random_uuid(), $2, $3, 'open', $4, $4)
                """,
                self.tenant.id,
                number,
                payout.id,
                payout.gross_cents,
            )
            now = await payouts.lock(db, self.tenant, payout.number)
            await payouts.change_state(db, self.tenant, now, PayoutState.CREDIT_NOTE_OPEN)
            return await payouts.find(db, self.tenant, payout.number)

    async def paid(self, payout: Payout, number: str = "GS-2026-0001", on: date | None = None) -> Payout:
        opened = await self.open_credit_note(payout, number)
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            now = await payouts.lock(db, self.tenant, opened.number)
            await payouts.change_state(
                db,
                self.tenant,
                now,
                PayoutState.PAID,
                payment_reference=number,
                paid_on=on or date.today(),  # noqa: DTZ011 - the day of the machine is near enough
            )
            await payout_lines.pay(db, self.tenant, now.id)
            return await payouts.find(db, self.tenant, opened.number)

    async def account(self, code: str = "ANNA", *, by: str = "key:shop") -> None:
        """A bank account of the partner that is in force."""
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            await db.execute("UPDATE tenants SET bank_quarantine = interval '0'")
            new = NewBankDetails(account_holder="Anna Ader", iban=SecretStr("DE89370400440532013000"))
            partner = self.partner[code].id
            saved = await partner_bank.save_bank_details(db, self.tenant, self.firm.parts.vault, partner, new, by=by)
            await partner_bank.confirm(db, self.tenant, partner, saved.id, by="user:second")

    async def move(self, payout: Payout, by: timedelta, owner: asyncpg.Connection) -> None:
        """As if it had been requested that much earlier. The application cannot touch what changed when."""
        async with owner.transaction():
            await owner.execute("SELECT set_config('app.tenant', $1, true)", str(self.tenant.id))
            await owner.execute(
                "UPDATE payouts SET created_at = created_at - $1::interval WHERE id = $2", by, payout.id
            )
            await owner.execute(
                "UPDATE state_changes SET changed_at = changed_at - $1::interval WHERE subject_id = $2", by, payout.id
            )

    async def in_state(self, number: str) -> str:
        [row] = await self.rows("SELECT state FROM payouts WHERE number = $1", number)
        return str(row["state"])


@pytest.fixture
async def payout_books(firm: Firm) -> Books:
    """Partners ANNA under BERT, a plan of 10 and 5 per cent, and a tenant that may pay."""
    async with firm.parts.ledger.transaction(firm.tenant, cause="test") as db:
        campaign = await campaigns.create(db, firm.tenant, NewCampaign(slug="standard", name="Standard"), by="test")
        plan = NewPlan(levels=(Rate(level=1, percent=10), Rate(level=2, percent=5)))
        await campaigns.add_plan(db, firm.tenant, campaign.id, plan, by="test")
        bert = await partners.create(db, firm.tenant, NewPartner(code="BERT", name="Bert Berg"), by="t")
        anna = await partners.create(
            db,
            firm.tenant,
            NewPartner(code="ANNA", name="Anna Ader", email="anna@p.example", sponsor_code="BERT"),
            by="t",
        )
    books = Books(firm, {"ANNA": anna, "BERT": bert})
    await fit_to_pay(books)
    await fit_to_be_paid(books)
    await fit_to_be_paid(books, "BERT")
    return books


def ticks(*numbers_and_hashes: tuple[str, str]) -> dict[str, str]:
    """The boxes of the approval queue."""
    return {f"wahl-{number}": seen for number, seen in numbers_and_hashes}


async def shown_hash(browser: Browser, number: str) -> str:
    """What the page of a payout sends along when somebody decides."""
    page = (await browser.get(f"/admin/auszahlungen/{number}")).text
    return page.split('name="inhalt" value="')[1].split('"')[0]


async def let_second_factor_age(firm: Firm, browser: Browser) -> None:
    """It was shown too long ago for what is dangerous."""
    await firm.rows_of(
        browser, "UPDATE sessions SET second_factor_at = now() - interval '11 minutes' WHERE user_id = $1", browser.user
    )
