"""A payout as far as the ledger alone can bring it: commissions approved, nothing decided."""

from typing import Any

from tests.api.conftest import Door

_PARTNER = {"name": "Anna Beispiel", "street": "Hauptstr. 1", "zip": "10115", "city": "Berlin", "country_code": "DE"}


async def a_partner_with_all_facts(door: Door, code: str = "ANNA") -> None:
    """Nothing of the document table forbids a Gutschrift for her."""
    await door.api("PATCH", "tenant", {"street": "Weg 1", "zip": "53111", "city": "Bonn", "vat_id": "DE111111111"})
    await door.api("POST", "partners", _PARTNER | {"code": code})
    status = {"status": "regular", "valid_from": "2020-01-01", "vat_id": "DE123456789"}
    await door.api("POST", f"partners/{code}/tax-statuses", status)
    agreement = {"version": "1", "accepted_at": "2020-01-01T00:00:00Z"}
    await door.api("POST", f"partners/{code}/agreement", agreement)


async def an_approved_commission(door: Door, code: str = "ANNA", cents: int = 1000) -> None:
    """As a paid invoice leaves it."""
    await door.rows(
        """
        WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                      VALUES ($1, 'api', $3::bigint * 10, $3::bigint * 12, false, now()) RETURNING id)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date)
        SELECT $1, sale.id, p.id, 1, $3::bigint * 10, $3, 'approved', false, current_date
          FROM sale, partners p WHERE p.tenant_id = $1 AND p.code = $2
        """,
        door.tenant.id,
        code,
        cents,
    )


async def a_payout_that_awaits_approval(door: Door) -> dict[str, Any]:
    await a_partner_with_all_facts(door)
    await an_approved_commission(door)
    answer = await door.api("POST", "payouts", {"partner": "ANNA"})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
