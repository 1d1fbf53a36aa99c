"""Books of any size: partners who may be paid by the thousand, and two years of a tenant by the hundred thousand."""

from collections.abc import Sequence
from pathlib import Path

import asyncpg

from ledger.types import Tenant, UserId
from ledger.vault import Vault

_PARTNERS_AT_ONCE = 1_000
_BOOKS = [Path(__file__).with_name(name) for name in ("books.sql", "bank.sql")]
_IBAN = "DE02120300000000202051"
_LARGE = (
    "state_changes",
    "commissions",
    "payout_lines",
    "transactions",
    "external_documents",
    "events",
    "payouts",
    "bank_entries",
)


async def fill_books(
    superuser: "asyncpg.Connection[asyncpg.Record]", vault: Vault, books: Sequence[tuple[Tenant, int]], person: UserId
) -> None:
    """Two years of each of these tenants (books.sql, bank.sql), so many payouts each: 10 commissions, 2 events to one.

    Written past triggers and foreign keys, which is a matter of minutes and not of hours; hence the superuser.
    `person` is who has decided. The tenants must exist, and hold nothing but what tenants.create writes.
    """
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("SET synchronous_commit = off")
    await superuser.execute("SET work_mem = '256MB'")
    await superuser.execute("SET maintenance_work_mem = '512MB'")
    indexes = await superuser.fetch(
        """
        SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
         WHERE i.indrelid = ANY ($1::text[]::regclass[])
           AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        """,
        list(_LARGE),
    )
    for index in indexes:
        await superuser.execute(f"DROP INDEX {index['name']}")
    for tenant, payouts in books:
        organization = await superuser.fetchval(
            "SELECT organization_id FROM provider_connections WHERE tenant_id = $1 AND provider = 'lexoffice'",
            tenant.id,
        )
        words = {
            ":tenant": f"'{tenant.id}'::uuid",
            ":organization": f"'{organization}'::uuid",
            ":payouts": str(payouts),
            ":person": f"'user:{person}'",
            ":iban": f"'\\x{vault.encrypt(_IBAN).hex()}'::bytea",
        }
        script = "".join(part.read_text() for part in _BOOKS)
        for word, value in words.items():
            script = script.replace(word, value)
        await superuser.execute(script)
    for index in indexes:
        await superuser.execute(index["definition"])
    await superuser.execute("SET session_replication_role = origin")
    await superuser.execute("VACUUM ANALYZE")


async def add_partners(
    superuser: "asyncpg.Connection[asyncpg.Record]", tenant: Tenant, count: int, *, sales_each: int
) -> None:
    """Partners without sponsors, each with as many approved sales of 10 € commission, dated this month and paid.

    Past triggers and foreign keys, as above: it is the run that is measured.
    """
    for first in range(1, count + 1, _PARTNERS_AT_ONCE):
        async with superuser.transaction():
            await superuser.execute("SET LOCAL session_replication_role = replica")
            await _some(superuser, tenant, first, min(first + _PARTNERS_AT_ONCE - 1, count), sales_each)


async def open_credit_notes(
    superuser: "asyncpg.Connection[asyncpg.Record]", vault: Vault, tenant: Tenant, *, at_most: int
) -> None:
    """Payouts that await approval are approved, and their credit notes stand open in lexoffice: to be paid by the bank.

    Past the triggers, as above: 10,000 documents would take lexoffice nine hours.
    """
    async with superuser.transaction():
        await superuser.execute("SET LOCAL session_replication_role = replica")
        await superuser.execute(
            """
            CREATE TEMP TABLE open ON COMMIT DROP AS
                SELECT *, gen_random_uuid() AS account, gen_random_uuid() AS document FROM payouts
                 WHERE tenant_id = $1 AND state = 'awaiting_approval' ORDER BY seq LIMIT $2
            """,
            tenant.id,
            at_most,
        )
        await superuser.execute(
            """
            INSERT INTO partner_bank_details (tenant_id, id, partner_id, account_holder, iban_encrypted, iban_hmac,
                                              iban_last4, state, recorded_by, confirmed_by, confirmed_at)
            SELECT tenant_id, account, partner_id, 'Jürgen ' || number, $1, $2, right($3, 4), 'active', 'key:bench',
                   'key:second', now() FROM open
            """,
            vault.encrypt(_IBAN),
            vault.recognise(_IBAN),
            _IBAN,
        )
        await superuser.execute(
            """
            UPDATE payouts p SET state = 'credit_note_open', bank_details_id = o.account
              FROM open o WHERE p.tenant_id = o.tenant_id AND p.id = o.id;
            INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, content_hash, delivered_at)
            SELECT tenant_id, id, 'approve', 'key:bench', content_hash, now() FROM open;
            INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                          net_cents, gross_cents, resource_id, closed_at)
            SELECT tenant_id, 'credit-note', id, number, id, '{}', content_hash, net_cents, gross_cents, document, now()
              FROM open;
            INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id,
                                            status, net_cents, tax_cents, gross_cents, open_cents, created_totals)
            SELECT tenant_id, id, 'credit-note', document, replace(number, 'PO', 'GS'), id,
                   'open', net_cents, tax_cents, gross_cents, gross_cents,
                   jsonb_build_object('gross_cents', gross_cents)
              FROM open;
            """
        )


async def _some(
    db: "asyncpg.Connection[asyncpg.Record]", tenant: Tenant, first: int, last: int, sales_each: int
) -> None:
    await db.execute(
        """
        INSERT INTO partners (tenant_id, code, name, street, zip, city, country_code, agreement_accepted_at,
                              agreement_version)
        SELECT $1, 'P' || n, 'Partner ' || n, 'Lindenweg 5', '10115', 'Berlin', 'DE', '2026-01-02', '2026-01'
          FROM generate_series($2::int, $3::int) n
        """,
        tenant.id,
        first,
        last,
    )
    await db.execute(
        """
        INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, vat_id)
        SELECT tenant_id, id, 'regular', '2020-01-01', 'DE987654328' FROM partners
         WHERE tenant_id = $1 AND code LIKE 'P%' AND substr(code, 2)::int BETWEEN $2 AND $3
        """,
        tenant.id,
        first,
        last,
    )
    await db.execute(
        """
        WITH sold AS (
            INSERT INTO transactions (tenant_id, source, state, partner_id, campaign_id, plan_id, base_cents, tax_cents,
                                      gross_cents, provisional, paid_cents, sold_at, paid_at)
            SELECT $1, 'api', 'approved', p.id, l.campaign_id, l.id, 10000, 1900, 11900, false, 11900,
                   now() - interval '2 days', now() - interval '1 day'
              FROM partners p
             CROSS JOIN generate_series(1, $4::int)
             CROSS JOIN (SELECT id, campaign_id FROM plans WHERE tenant_id = $1 LIMIT 1) l
             WHERE p.tenant_id = $1 AND p.code LIKE 'P%' AND substr(p.code, 2)::int BETWEEN $2 AND $3
            RETURNING id, partner_id, plan_id)
        INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, plan_id, percent, base_cents, net_cents,
                                 earned_cents, state, provisional, service_date)
        SELECT $1, id, partner_id, 1, plan_id, 10, 10000, 1000, 1000, 'approved', false, current_date - 2 FROM sold
        """,
        tenant.id,
        first,
        last,
        sales_each,
    )
