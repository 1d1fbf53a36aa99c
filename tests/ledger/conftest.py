"""A fresh tenant per test, made through the ledger's own functions by the application's role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.fernet import Fernet
from hypothesis import settings

from ledger import campaigns, partners, payout_lines, payout_requests, payouts
from ledger.campaigns import NewCampaign, NewPlan
from ledger.commission import Rate
from ledger.database import Ledger
from ledger.partners import NewPartner, Partner
from ledger.types import PayoutState, Tenant, TenantId
from ledger.vault import Vault
from tests.conftest import Database

# How long an example takes says nothing on a machine that others use too.
settings.register_profile("partnerdesk", deadline=None)
settings.load_profile("partnerdesk")

NewTenant = Callable[[], Awaitable[Tenant]]


@pytest.fixture(scope="session")
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(database.app_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault.from_setting(Fernet.generate_key().decode())


@pytest.fixture
def new_tenant(ledger: Ledger) -> NewTenant:
    async def make() -> Tenant:
        tenant = Tenant(id=TenantId(uuid4()), slug=f"t-{uuid4().hex[:12]}")
        async with ledger.transaction(tenant, cause="test") as db:
            await db.execute(
                "INSERT INTO tenants (id, slug, name, replacement_window) VALUES ($1, $2, 'Test', interval '0')",
                tenant.id,
                tenant.slug,
            )
            for provider in ("lexoffice", "stripe"):
                await db.execute(
                    "INSERT INTO provider_connections (tenant_id, provider) VALUES ($1, $2)", tenant.id, provider
                )
        return tenant

    return make


@pytest.fixture
async def tenant(new_tenant: NewTenant) -> Tenant:
    return await new_tenant()


@pytest.fixture
async def shop(ledger: Ledger, tenant: Tenant) -> "Shop":
    """A tenant with a campaign (10 %, 5 %, 2 %) and three partners: ANNA brought sales, BERT and CARL are above her."""
    async with ledger.transaction(tenant, cause="test") as db:
        campaign = await campaigns.create(db, tenant, NewCampaign(slug="standard", name="Standard"), by="test")
        plan = NewPlan(levels=tuple(Rate(level=level, percent=percent) for level, percent in ((1, 10), (2, 5), (3, 2))))
        await campaigns.add_plan(db, tenant, campaign.id, plan, by="test")
        carl = await partners.create(db, tenant, NewPartner(code="CARL", name="Carl", email="carl@p.example"), by="t")
        bert = await partners.create(db, tenant, NewPartner(code="BERT", name="Bert", sponsor_code="CARL"), by="t")
        anna = await partners.create(
            db,
            tenant,
            NewPartner(code="ANNA", name="Anna", email="anna@p.example", sponsor_code="BERT"),
            by="t",
        )
    return Shop(ledger, tenant, {"ANNA": anna, "BERT": bert, "CARL": carl})


class Shop:
    """The tenant of a test, and short ways to look at its ledger."""

    def __init__(self, ledger: Ledger, tenant: Tenant, partner: dict[str, Partner]) -> None:
        self.ledger = ledger
        self.tenant = tenant
        self.partner = partner

    async def rows(self, query: str, *args: object) -> list[asyncpg.Record]:
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            return await db.fetch(query, *args)

    async def transaction(self, transaction_id: UUID) -> asyncpg.Record:
        [row] = await self.rows("SELECT * FROM transactions WHERE id = $1", transaction_id)
        return row

    async def commissions(self, transaction_id: UUID) -> list[tuple[int, str, int, str, str]]:
        """(level, partner, net cents, state, kind), in the order they were written."""
        return [
            (row["level"], row["code"], row["net_cents"], row["state"], row["kind"])
            for row in await self.rows(
                """
                SELECT c.level, p.code, c.net_cents, c.state, c.kind FROM commissions c
                  JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
                 WHERE c.transaction_id = $1 ORDER BY c.seq
                """,
                transaction_id,
            )
        ]

    async def tasks(self, *, state: str = "open") -> list[tuple[str, str]]:
        rows = await self.rows("SELECT kind, subject_id FROM tasks WHERE state = $1 ORDER BY seq", state)
        return [(row["kind"], row["subject_id"]) for row in rows]

    async def payout(self, code: str) -> str:
        """The number of a payout of all that is approved for a partner, who is a private person here."""
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            await db.execute("UPDATE tenants SET street = 'Weg 1', zip = '10115', city = 'Berlin', vat_id = 'DE1'")
            await db.execute("UPDATE provider_connections SET small_business = false, tax_type = 'net'")
            await db.execute(
                "UPDATE partners SET street = 'Weg 2', zip = '10115', city = 'Berlin', country_code = 'DE',"
                " agreement_accepted_at = now() WHERE code = $1",
                code,
            )
            await db.execute(
                "INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from)"
                " SELECT tenant_id, id, 'private', '2020-01-01' FROM partners WHERE code = $1",
                code,
            )
            made = await payout_requests.request_payout(db, self.tenant, partner_code=code, actor="key:test")
        return made.number

    async def document_under_way(self, number: str) -> None:
        """The payout is approved and its creation intent exists: from here on a line stays."""
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            await db.execute("UPDATE payouts SET state = 'approved' WHERE number = $1", number)
            await db.execute(
                "INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content,"
                " content_hash, net_cents, gross_cents) SELECT tenant_id, 'credit-note', id, number,"
                " gen_random_uuid(), '{}', content_hash, net_cents, gross_cents FROM payouts WHERE number = $1",
                number,
            )

    async def pay(self, number: str) -> None:
        """The payout was transferred."""
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            await db.execute("UPDATE creation_intents SET closed_at = now() WHERE marker = $1", number)
            await db.execute("UPDATE payouts SET state = 'credit_note_open' WHERE number = $1", number)
            payout = await payouts.lock(db, self.tenant, number)
            await payouts.change_state(
                db, self.tenant, payout, PayoutState.PAID, payment_reference="test", paid_on=date(2026, 11, 27)
            )
            await payout_lines.pay(db, self.tenant, payout.id)

    async def connect(self, effective_from: date) -> None:
        async with self.ledger.transaction(self.tenant, cause="test") as db:
            await db.execute(
                "UPDATE provider_connections SET effective_from = $1 WHERE provider = 'lexoffice'", effective_from
            )

    async def history(self, subject_id: UUID) -> list[tuple[str, str]]:
        rows = await self.rows(
            "SELECT from_state, to_state FROM state_changes WHERE subject_id = $1 ORDER BY seq", subject_id
        )
        return [(row["from_state"], row["to_state"]) for row in rows]


def at(text: str) -> datetime:
    """An aware instant: '2026-03-05T10:00+01:00'."""
    instant = datetime.fromisoformat(text)
    assert instant.tzinfo is not None
    return instant
