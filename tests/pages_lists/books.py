"""A firm with books: partners CARL ← BERT ← ANNA, a campaign, sales of hers, and short ways to look at them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from ledger import campaigns, partners, sales
from ledger.campaigns import NewCampaign, NewPlan
from ledger.commission import Rate
from ledger.partners import NewPartner
from ledger.roles import Role
from ledger.sales import SaleReport
from tests.people.browsers import Browser, Firm

_TAGS = re.compile(r"<[^>]+>")


def said(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(_TAGS.sub(" ", page)).replace("\xa0", " ").split())


@dataclass
class Books:
    firm: Firm
    editor: Browser

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        return await self.firm.rows(sql, *args)

    async def read(self, path: str, *, browser: Browser | None = None, status: int = 200) -> str:
        answer = await (browser or self.editor).get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return said(answer.text)

    async def send(
        self, path: str, form: dict[str, str] | None = None, *, browser: Browser | None = None, status: int = 303
    ) -> str:
        """Where the answer leads, or what it says."""
        answer = await (browser or self.editor).post(path, form or {})
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.headers["location"] if status == 303 else said(answer.text)

    async def sale(
        self,
        *,
        partner: str | None = "ANNA",
        gross_cents: int = 11_900,
        sold_at: datetime | None = None,
        **members: Any,
    ) -> UUID:
        """A sale that Stripe reported: 100 € net and 19 % on it, if nothing else is said."""
        report = SaleReport(
            payment_intent=f"pi_{uuid4().hex}",
            partner_code=partner,
            gross_cents=gross_cents,
            tax_cents=gross_cents * 19 // 119,
            currency="EUR",
            sold_at=sold_at or datetime(2026, 10, 1, 12, tzinfo=UTC),
            **members,
        )
        async with self.firm.parts.ledger.transaction(self.firm.tenant, cause="stripe:evt_1") as db:
            outcome = await sales.record_sale(db, self.firm.tenant, report)
        assert outcome.transaction_id is not None
        return outcome.transaction_id

    async def approved_sale(self, **members: Any) -> UUID:
        """As if its invoice had been paid."""
        sale = await self.sale(**members)
        await self.rows("UPDATE transactions SET state = 'approved', provisional = false WHERE id = $1", sale)
        await self.rows(
            "UPDATE commissions SET state = 'approved', provisional = false WHERE transaction_id = $1", sale
        )
        return sale

    async def fit_to_be_paid(self, code: str = "ANNA") -> None:
        await self.rows("UPDATE tenants SET street = 'Weg 1', zip = '10115', city = 'Berlin', vat_id = 'DE1'")
        await self.rows("UPDATE provider_connections SET small_business = false, tax_type = 'net'")
        await self.rows(
            """
            UPDATE partners SET street = 'Weg 2', zip = '10115', city = 'Berlin', country_code = 'DE',
                                agreement_accepted_at = now(), agreement_version = '2026' WHERE code = $1
            """,
            code,
        )
        await self.rows(
            """
            INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, tax_number)
            SELECT tenant_id, id, 'regular', '2020-01-01', '12/345' FROM partners WHERE code = $1
            """,
            code,
        )


@pytest.fixture
async def sale_books(firm: Firm) -> Books:
    async with firm.parts.ledger.transaction(firm.tenant, cause="test") as db:
        campaign = await campaigns.create(db, firm.tenant, NewCampaign(slug="herbst", name="Herbst"), by="test")
        levels = tuple(Rate(level=level, percent=percent) for level, percent in ((1, 10), (2, 5), (3, 2)))
        await campaigns.add_plan(db, firm.tenant, campaign.id, NewPlan(levels=levels), by="test")
        sponsor = None
        for code in ("CARL", "BERT", "ANNA"):
            new = NewPartner(code=code, name=f"Partner {code.title()}", sponsor_code=sponsor)
            await partners.create(db, firm.tenant, new, by="test")
            sponsor = code
    return Books(firm, await firm.person(Role.EDITOR))
