"""A large run: drafted, approved and exported within the time that one request has."""

import time

import asyncpg
import pytest

from ledger.bank.bank_file import control_sum_cents
from ledger.vault import Vault
from tests.conftest import Database
from tests.fixtures import payable
from tests.fixtures.bank_runs import approve, download, draft, iban, own_account
from tests.fixtures.ledger_shop import Shop

ONE_REQUEST_S = 60.0
PAYOUTS = 1_000


async def _waiting_for_transfer(shop: Shop, vault: Vault, count: int) -> None:
    """Payouts of one commission each, to a partner each, whose credit notes are open."""
    await payable.fit_to_pay(shop)
    account = iban(9)
    statements: tuple[tuple[str, tuple[object, ...]], ...] = (
        (
            """
            INSERT INTO partners (tenant_id, code, name, street, zip, city, country_code, agreement_accepted_at)
            SELECT $1, 'P' || n, 'Partner ' || n, 'Weg 2', '10115', 'Berlin', 'DE', now()
              FROM generate_series(1, $2) n
            """,
            (count,),
        ),
        (
            """
            INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, tax_number)
            SELECT $1, id, 'regular', '2020-01-01', '12/345/67890' FROM partners WHERE code LIKE 'P%'
            """,
            (),
        ),
        (
            """
            INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac,
                                              iban_last4, state, recorded_by, confirmed_by, confirmed_at)
            SELECT $1, id, 'Jürgen ' || code, $2, $3, '0009', 'active', 'a', 'b', now()
              FROM partners WHERE code LIKE 'P%'
            """,
            (vault.encrypt(account), vault.recognise(account)),
        ),
        (
            """
            INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at, partner_id)
            SELECT $1, 'api', 100000, 119000, false, '2026-11-20', id FROM partners WHERE code LIKE 'P%'
            """,
            (),
        ),
        (
            """
            INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date)
            SELECT $1, id, partner_id, 1, 100000, 10000, 'approved', false, '2026-11-20' FROM transactions
            """,
            (),
        ),
        (
            """
            INSERT INTO payouts (tenant_id, number, partner_id, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
                                 period_from, period_to, bank_details_id, content_hash, requested_by)
            SELECT $1, 'PO-2026-' || lpad((row_number() OVER (ORDER BY c.seq))::text, 5, '0'), c.partner_id, 'regular',
                   10000, 19, 1900, 11900, '2026-11-20', '2026-11-20', b.id, 'hash', 'key:asker'
              FROM commissions c JOIN partner_bank_details b ON b.partner_id = c.partner_id
            """,
            (),
        ),
        (
            """
            INSERT INTO payout_lines (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents,
                                      gross_cents)
            SELECT $1, p.id, 1, c.id, 10000, 19, 1900, 11900
              FROM payouts p JOIN commissions c ON c.partner_id = p.partner_id
            """,
            (),
        ),
        (
            """
            INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, content_hash)
            SELECT $1, id, 'approve', 'key:chief', content_hash FROM payouts
            """,
            (),
        ),
        ("UPDATE payouts SET state = 'approved' WHERE tenant_id = $1", ()),
        (
            """
            INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                          net_cents, gross_cents, resource_id, closed_at)
            SELECT $1, 'credit-note', id, number, id, '{}', 'hash', 10000, 11900, id, now() FROM payouts
            """,
            (),
        ),
        (
            """
            INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id,
                                            status, net_cents, tax_cents, gross_cents, open_cents, created_totals)
            SELECT $1, id, 'credit-note', id, replace(number, 'PO', 'GS'), id, 'open', 10000, 1900, 11900, 11900,
                   '{"gross_cents": 11900}'
              FROM payouts
            """,
            (),
        ),
        ("UPDATE payouts SET state = 'credit_note_open' WHERE tenant_id = $1", ()),
    )
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        for statement, arguments in statements:
            await tx.execute(statement, shop.tenant.id, *arguments)


@pytest.mark.long
async def test_many_payouts_are_drafted_approved_and_exported_in_time(
    shop: Shop, vault: Vault, database: Database
) -> None:
    await own_account(shop, vault)
    await _waiting_for_transfer(shop, vault, PAYOUTS)
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("ANALYZE")  # what autovacuum does a minute later
    await owner.close()
    took: dict[str, float] = {}
    began = time.monotonic()
    run = await draft(shop, vault)
    took["draft"] = time.monotonic() - began
    began = time.monotonic()
    await approve(shop, vault, run)
    took["approve"] = time.monotonic() - began
    began = time.monotonic()
    file = await download(shop, vault, run)
    took["export"] = time.monotonic() - began
    assert control_sum_cents(file.content) == (PAYOUTS, PAYOUTS * 11_900)
    assert max(took.values()) < ONE_REQUEST_S, took
