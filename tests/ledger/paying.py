"""Partners who may be paid, what they have earned, and payouts of it, as the ledger alone can bring them."""

from datetime import date
from typing import Any
from uuid import UUID

from ledger import decisions, payout_requests, payouts
from ledger.database import Connection
from ledger.payouts import Payout
from ledger.types import TaxCase
from tests.ledger.conftest import Shop

EARNED_ON = date(2026, 11, 20)


async def fit_to_pay(shop: Shop, *, small_business: bool | None = False, **tenant: Any) -> None:
    """The tenant's own data, as settings and lexoffice's profile show them. `None` takes one away."""
    own = {"street": "Weg 1", "zip": "10115", "city": "Berlin", "vat_id": "DE1", "tax_number": None} | tenant
    await shop.rows(
        "UPDATE tenants SET street = $1, zip = $2, city = $3, vat_id = $4, tax_number = $5",
        *(own[name] for name in ("street", "zip", "city", "vat_id", "tax_number")),
    )
    await shop.rows(
        "UPDATE provider_connections SET small_business = $1, tax_type = 'net' WHERE provider = 'lexoffice'",
        small_business,
    )


async def fit_to_be_paid(
    shop: Shop,
    code: str = "ANNA",
    *,
    status: str | None = "regular",
    confirmed_year: int | None = None,
    tax_number: str | None = "12/345/67890",
    vat_id: str | None = None,
    valid_from: date = date(2020, 1, 1),
    agreement: bool = True,
    **address: str | None,
) -> None:
    at_home: dict[str, str | None] = {"street": "Weg 2", "zip": "10115", "city": "Berlin", "country_code": "DE"}
    lives = at_home | address
    await shop.rows(
        """
        UPDATE partners SET street = $2, zip = $3, city = $4, country_code = $5,
                            agreement_accepted_at = CASE WHEN $6 THEN now() END WHERE code = $1
        """,
        code,
        *(lives[name] for name in ("street", "zip", "city", "country_code")),
        agreement,
    )
    if status is not None:
        await shop.rows(
            """
            INSERT INTO partner_tax_statuses
                   (tenant_id, partner_id, status, valid_from, confirmed_year, tax_number, vat_id)
            SELECT tenant_id, id, $2, $3, $4, $5, $6 FROM partners WHERE code = $1
            """,
            code,
            status,
            valid_from,
            confirmed_year,
            tax_number,
            vat_id,
        )


async def earn(shop: Shop, *cents: int, code: str = "ANNA", on: date = EARNED_ON) -> list[UUID]:
    """Approved commissions, one sale each; a negative one takes back what was paid too much."""
    made = []
    for amount in cents:
        [row] = await shop.rows(
            """
            WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                          VALUES ($1, 'api', 100000, 119000, false, $4::date) RETURNING id)
            INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date)
            SELECT $1, CASE WHEN $3 < 0 THEN 'correction' ELSE 'sale' END, sale.id, p.id, 1, 100000, $3::bigint,
                   'approved', false, $4::date
              FROM sale, partners p WHERE p.code = $2 RETURNING id
            """,
            shop.tenant.id,
            code,
            amount,
            on,
        )
        made.append(row["id"])
    return made


async def request(shop: Shop, code: str = "ANNA", tax_case: TaxCase | None = None) -> Payout:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await payout_requests.request_payout(
            db, shop.tenant, partner_code=code, actor="key:asker", tax_case=tax_case
        )


async def ask_for(shop: Shop, *cents: int) -> Payout:
    """A payout of these commissions for ANNA, a regular partner of a regular tenant."""
    await fit_to_pay(shop)
    await fit_to_be_paid(shop)
    await earn(shop, *(cents or (10_000,)))
    return await request(shop)


async def look(shop: Shop, number: str) -> Payout:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await payouts.find(db, shop.tenant, number)


async def approve(shop: Shop, payout: Payout) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        await decisions.approve(db, shop.tenant, payout.number, actor="key:chief", seen_hash=payout.content_hash)


async def intend(db: Connection, number: str, *, closed: bool = False) -> None:
    """A creation intent for this payout."""
    await db.execute(
        """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents, closed_at)
        SELECT tenant_id, 'credit-note', id, gen_random_uuid(), gen_random_uuid(), '{}', content_hash, net_cents,
               gross_cents, CASE WHEN $2 THEN now() END
          FROM payouts WHERE number = $1
        """,
        number,
        closed,
    )
