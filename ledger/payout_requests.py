"""Making a payout: collect a partner's approved commissions, or say why there is none."""

from datetime import date, datetime
from decimal import Decimal

import asyncpg

from ledger import audit, debts, payouts
from ledger.database import Connection
from ledger.money import euro, share, vat_cents
from ledger.payouts import Payout
from ledger.refusals import Blocked, NotAcceptable, NotFound, NothingDue
from ledger.tax import RULES, BlockedBy, DocumentRule, PartnerFacts, TenantFacts, document_rule
from ledger.types import BERLIN, CommissionState, PartnerId, PayoutNumber, TaxCase, Tenant


async def request_payout(
    db: Connection,
    tenant: Tenant,
    *,
    partner_code: str,
    actor: str,
    tax_case: TaxCase | None = None,
    now: datetime | None = None,
) -> Payout:
    """Put every approved commission of a partner into one new payout that awaits approval.

    One document holds one tax case: where the commissions fall into several, the oldest one's is taken, or the one
    asked for. Raises NotFound, NothingDue (nothing approved, below the minimum, not above zero) and Blocked (the
    document table forbids it, with the reason).
    """
    partner = await _lock_partner(db, tenant, partner_code)
    due = await _due_commissions(db, tenant, partner["id"])
    if not due:
        raise NothingDue
    rule, chosen = await _one_tax_case(db, tenant, partner["id"], due, tax_case)
    later = await debts.left_for_later(db, tenant, [(row["id"], row["net_cents"]) for row in chosen])
    if later:
        taken = {row["id"] for row in chosen} - later
        chosen = [row for row in await _due_commissions(db, tenant, partner["id"]) if row["id"] in taken]
    net = sum(row["net_cents"] for row in chosen)
    _refuse_too_little(net, partner["minimum_payout_cents"])
    tax = vat_cents(net, rule.rate)
    created = await db.fetchrow(
        """
        INSERT INTO payouts (tenant_id, number, partner_id, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
                             period_from, period_to, bank_details_id, content_hash, requested_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $5::bigint + $7::bigint, $8, $9,
                (SELECT id FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $3 AND state = 'active'),
                '', $10)
        RETURNING id, number
        """,
        tenant.id,
        await _next_number(db, tenant, now or datetime.now(BERLIN)),
        partner["id"],
        rule.tax_case,
        net,
        rule.rate,
        tax,
        min(row["service_date"] for row in chosen),
        max(row["service_date"] for row in chosen),
        actor,
    )
    assert created is not None
    await _insert_lines(db, tenant, created["id"], chosen, rule, tax)
    await payouts.renew_content_hash(db, tenant, created["id"])
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="payout.requested",
        subject="payout",
        subject_id=created["number"],
        detail={"net_cents": net, "tax_cents": tax, "lines": len(chosen)},
    )
    return await payouts.find(db, tenant, created["number"])


async def why_blocked(db: Connection, tenant: Tenant, payout: Payout) -> BlockedBy | None:
    """Whether the document table still allows this payout's document, judged anew before the document is made."""
    facts = await _tenant_facts(db, tenant)
    rows = await db.fetch(
        """
        SELECT DISTINCT c.service_date FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL AND c.tax_case IS NULL ORDER BY 1
        """,
        tenant.id,
        payout.id,
    )
    for row in rows:
        rule = document_rule(await partner_facts(db, tenant, payout.partner_id, row[0]), facts, row[0])
        if isinstance(rule, BlockedBy):
            return rule
        if rule.tax_case is not payout.tax_case:
            return BlockedBy(code="tax_case_changed", sentence="Der Steuerfall des Partners hat sich geändert.")
    return None


async def partner_facts(db: Connection, tenant: Tenant, partner: PartnerId, on: date) -> PartnerFacts:
    """What the partner was on this day. Of overlapping statuses the one that began last counts."""
    row = await db.fetchrow(
        """
        SELECT p.name, p.street, p.zip, p.city, p.country_code,
               p.agreement_accepted_at IS NOT NULL AS agreement_accepted,
               s.status, s.confirmed_year, s.vat_id, s.tax_number
          FROM partners p
          LEFT JOIN LATERAL (
               SELECT * FROM partner_tax_statuses s
                WHERE s.tenant_id = p.tenant_id AND s.partner_id = p.id
                  AND s.valid_from <= $3 AND (s.valid_until IS NULL OR s.valid_until > $3)
                ORDER BY s.valid_from DESC, s.recorded_at DESC LIMIT 1) s ON true
         WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tenant.id,
        partner,
        on,
    )
    if row is None:
        raise NotFound("Partner")
    return PartnerFacts(**row)


async def _lock_partner(db: Connection, tenant: Tenant, code: str) -> asyncpg.Record:
    """Two requests for one partner take turns: the second finds nothing left."""
    row = await db.fetchrow(
        """
        SELECT p.id, COALESCE(p.minimum_payout_cents, t.minimum_payout_cents) AS minimum_payout_cents
          FROM partners p JOIN tenants t ON t.id = p.tenant_id
         WHERE p.tenant_id = $1 AND p.code = $2 FOR UPDATE OF p
        """,
        tenant.id,
        code,
    )
    if row is None:
        raise NotFound("Partner")
    return row


async def _due_commissions(db: Connection, tenant: Tenant, partner: PartnerId) -> list[asyncpg.Record]:
    return await db.fetch(
        """
        SELECT c.id, c.net_cents, c.service_date, c.tax_case FROM commissions c
          JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
         WHERE c.tenant_id = $1 AND c.partner_id = $2 AND c.state = $3 AND NOT c.provisional
           AND t.held_reason IS NULL AND t.blocked_reason IS NULL
         ORDER BY c.seq FOR UPDATE OF c
        """,
        tenant.id,
        partner,
        CommissionState.APPROVED,
    )


async def _one_tax_case(
    db: Connection, tenant: Tenant, partner: PartnerId, due: list[asyncpg.Record], wanted: TaxCase | None
) -> tuple[DocumentRule, list[asyncpg.Record]]:
    facts = await _tenant_facts(db, tenant)
    verdicts = {
        day: document_rule(await partner_facts(db, tenant, partner, day), facts, day)
        for day in sorted({row["service_date"] for row in due if row["tax_case"] is None})
    }
    allowed = [rule.tax_case for rule in verdicts.values() if isinstance(rule, DocumentRule)]
    blocked = [rule for rule in verdicts.values() if isinstance(rule, BlockedBy)]
    if not verdicts:
        _refuse_too_little(sum(row["net_cents"] for row in due), 0)  # nothing but claw-backs
    if not allowed or (wanted is not None and wanted not in allowed):
        if blocked:
            raise Blocked(blocked[0].sentence, code=blocked[0].code)
        raise NothingDue("In diesem Steuerfall ist nichts auszuzahlen.")
    case = wanted or allowed[0]
    chosen = [
        row
        for row in due
        # A claw-back keeps the tax case of the line that it answers.
        if (row["tax_case"] or getattr(verdicts[row["service_date"]], "tax_case", None)) == case
    ]
    return RULES[case], chosen


async def _tenant_facts(db: Connection, tenant: Tenant) -> TenantFacts:
    row = await db.fetchrow(
        """
        SELECT p.small_business, p.tax_type,
               (t.street IS NOT NULL AND t.zip IS NOT NULL AND t.city IS NOT NULL) AS address_known,
               (t.vat_id IS NOT NULL OR t.tax_number IS NOT NULL) AS tax_id_known
          FROM tenants t LEFT JOIN provider_connections p ON p.tenant_id = t.id AND p.provider = 'lexoffice'
         WHERE t.id = $1
        """,
        tenant.id,
    )
    if row is None:
        raise NotFound("Mandant")
    return TenantFacts(**row)


def _refuse_too_little(net: int, minimum: int) -> None:
    if net <= 0:
        raise NothingDue(f"Der Saldo ist {euro(net)}; er wird vorgetragen (Übertrag).")
    if net < minimum:
        raise NothingDue(f"{euro(net)} liegen unter der Mindestauszahlung von {euro(minimum)} (Übertrag).")


async def _next_number(db: Connection, tenant: Tenant, now: datetime) -> PayoutNumber:
    """Without gaps: the counter's row is held by the transaction that inserts the payout."""
    year = now.astimezone(BERLIN).year
    last = await db.fetchval(
        """
        INSERT INTO payout_counters (tenant_id, year, last) VALUES ($1, $2, 1)
        ON CONFLICT (tenant_id, year) DO UPDATE SET last = payout_counters.last + 1 RETURNING last
        """,
        tenant.id,
        year,
    )
    if last is None:
        raise NotAcceptable("Die Auszahlungsnummer ließ sich nicht vergeben.")
    return PayoutNumber(f"PO-{year}-{last:04d}")


async def _insert_lines(
    db: Connection, tenant: Tenant, payout: object, chosen: list[asyncpg.Record], rule: DocumentRule, tax: int
) -> None:
    shares = share(tax, [row["net_cents"] for row in chosen]) if tax else [0] * len(chosen)
    await db.execute(
        """
        INSERT INTO payout_lines
               (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents, gross_cents)
        SELECT $1, $2, position, commission_id, net, $6, tax, net + tax
          FROM unnest($3::uuid[], $4::bigint[], $5::bigint[]) WITH ORDINALITY AS l (commission_id, net, tax, position)
        """,
        tenant.id,
        payout,
        [row["id"] for row in chosen],
        [row["net_cents"] for row in chosen],
        shares,
        Decimal(rule.rate),
    )
    await db.execute(
        "UPDATE commissions SET state = 'in_payout' WHERE tenant_id = $1 AND id = ANY ($2)",
        tenant.id,
        [row["id"] for row in chosen],
    )
