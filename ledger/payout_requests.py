"""Making a payout: all that is due to a partner (ledger/due.py), or why there is nothing."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ledger import audit, debts, due, payout_content, payouts
from ledger.database import Connection
from ledger.due import DueGroup, DueLine, PartnerDue, Reason
from ledger.due_facts import partner_facts, tenant_facts
from ledger.money import euro, share, vat_cents
from ledger.payouts import Payout
from ledger.refusals import Blocked, NotAcceptable, NotFound, NothingDue, Refused
from ledger.tax import BlockedBy, DocumentRule, document_rule
from ledger.types import BERLIN, PartnerId, PayoutNumber, TaxCase, Tenant


async def request_payout(
    db: Connection,
    tenant: Tenant,
    *,
    partner_code: str,
    actor: str,
    tax_case: TaxCase | None = None,
    now: datetime | None = None,
) -> Payout:
    """Put all that is due to a partner (ledger/due.py) into one new payout that awaits approval.

    One document holds one tax case: where the commissions fall into several, the oldest one's is taken, or the one
    asked for. Raises NotFound, NothingDue (nothing due, below the minimum, not above zero) and Blocked (the partner is
    stopped, or the document table forbids it, with the reason).
    """
    partner_id = await _lock_partner(db, tenant, partner_code)
    owed = await due.of_partner(db, tenant, partner_id)
    if stopped := owed.waits_for(Reason.PARTNER_STOPPED):
        raise Blocked(stopped.sentence, code=stopped.code)
    group = owed.group_of(tax_case) if tax_case else next(iter(owed.groups), None)
    if group is None:
        raise _nothing_due(owed, tax_case)
    if group.carried is not None:
        raise NothingDue(group.carried.sentence)
    return await make_payout(db, tenant, owed, group, actor=actor, now=now)


async def make_payout(
    db: Connection,
    tenant: Tenant,
    owed: PartnerDue,
    group: DueGroup,
    *,
    actor: str,
    now: datetime | None = None,
    run: UUID | None = None,
) -> Payout:
    """A payout of a payable group, read in this transaction under `hold_open_commissions`."""
    lines, rule, net = group.lines, group.rule, group.net_cents
    for line in lines:
        if line.net_cents != line.whole_cents:
            await debts.split(db, tenant, line.commission_id, -line.net_cents)
    tax = vat_cents(net, rule.rate)
    created = await db.fetchrow(
        """
        INSERT INTO payouts (tenant_id, number, partner_id, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
                             period_from, period_to, bank_details_id, content_hash, requested_by, run_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $5::bigint + $7::bigint, $8, $9,
                (SELECT id FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $3 AND state = 'active'),
                '', $10, $11)
        RETURNING id, number
        """,
        tenant.id,
        await _next_number(db, tenant, now or datetime.now(BERLIN)),
        owed.partner_id,
        rule.tax_case,
        net,
        rule.rate,
        tax,
        min(line.service_date for line in lines),
        max(line.service_date for line in lines),
        actor,
        run,
    )
    assert created is not None
    await _insert_lines(db, tenant, created["id"], lines, rule, tax)
    await payout_content.renew_content_hash(db, tenant, created["id"])
    await audit.record(
        db,
        tenant,
        actor=actor,
        action="payout.requested",
        subject="payout",
        subject_id=created["number"],
        detail={"net_cents": net, "tax_cents": tax, "lines": len(lines)},
    )
    return await payouts.find(db, tenant, created["number"])


async def hold_open_commissions(db: Connection, tenant: Tenant, partners: Sequence[PartnerId]) -> None:
    """Two requests for one partner take turns: the second finds nothing left."""
    await db.execute(
        "SELECT 1 FROM partners WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE",
        tenant.id,
        list(partners),
    )
    await db.execute(
        """
        SELECT 1 FROM commissions WHERE tenant_id = $1 AND partner_id = ANY ($2) AND state = 'approved'
         ORDER BY partner_id, seq FOR UPDATE
        """,
        tenant.id,
        list(partners),
    )


async def why_blocked(db: Connection, tenant: Tenant, payout: Payout) -> BlockedBy | None:
    """Whether the document table still allows this payout's document, judged anew before the document is made."""
    facts = await tenant_facts(db, tenant)
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


async def _lock_partner(db: Connection, tenant: Tenant, code: str) -> PartnerId:
    partner: PartnerId | None = await db.fetchval(
        "SELECT id FROM partners WHERE tenant_id = $1 AND code = $2", tenant.id, code
    )
    if partner is None:
        raise NotFound("Partner")
    await hold_open_commissions(db, tenant, [partner])
    return partner


def _nothing_due(owed: PartnerDue, wanted: TaxCase | None) -> Refused:
    if no_document := owed.waits_for(Reason.NO_DOCUMENT):
        return Blocked(no_document.sentence, code=no_document.code)
    if wanted and owed.groups:
        return NothingDue("In diesem Steuerfall ist nichts auszuzahlen.")
    if hold := owed.waits_for(Reason.HOLD):
        if hold.until is None:
            return NothingDue(f"Für {euro(hold.cents)} läuft die Stornofrist noch.")
        day = f"{hold.until.astimezone(BERLIN):%d.%m.%Y}"
        return NothingDue(f"Für {euro(hold.cents)} läuft die Stornofrist noch bis {day}.")
    return NothingDue()


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
    db: Connection, tenant: Tenant, payout: object, lines: Sequence[DueLine], rule: DocumentRule, tax: int
) -> None:
    shares = share(tax, [line.net_cents for line in lines]) if tax else [0] * len(lines)
    await db.execute(
        """
        INSERT INTO payout_lines
               (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents, gross_cents)
        SELECT $1, $2, position, commission_id, net, $6, tax, net + tax
          FROM unnest($3::uuid[], $4::bigint[], $5::bigint[]) WITH ORDINALITY AS l (commission_id, net, tax, position)
        """,
        tenant.id,
        payout,
        [line.commission_id for line in lines],
        [line.net_cents for line in lines],
        shares,
        Decimal(rule.rate),
    )
    await db.execute(
        "UPDATE commissions SET state = 'in_payout' WHERE tenant_id = $1 AND id = ANY ($2)",
        tenant.id,
        [line.commission_id for line in lines],
    )
