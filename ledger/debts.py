"""What a partner owes by claw-backs: netted within the tenant's limit, carried, shown to a person when it is old."""

from collections.abc import Sequence
from datetime import timedelta

from ledger import tasks
from ledger.database import Connection
from ledger.money import euro
from ledger.types import CommissionId, Tenant

OWES_TOO_LONG = "partner_owes_too_long"
OLD_DEBT = timedelta(days=180)


def shares_within(limit_cents: int, debts: Sequence[int]) -> list[int]:
    """How much of each debt (positive cents, the oldest first) is netted now; the last one may be taken in part."""
    taken = []
    for debt in debts:
        taken.append(min(debt, max(limit_cents, 0)))
        limit_cents -= taken[-1]
    return taken


async def limit_of(db: Connection, tenant: Tenant, positive_cents: int) -> int:
    """How much a payout of so much may be lowered by claw-backs: the tenant's percent of it, at most its cents."""
    row = await db.fetchrow("SELECT clawback_limit_percent, clawback_limit_cents FROM tenants WHERE id = $1", tenant.id)
    assert row is not None
    share: int = positive_cents * row["clawback_limit_percent"] // 100
    return share if row["clawback_limit_cents"] is None else min(share, row["clawback_limit_cents"])


async def left_for_later(
    db: Connection, tenant: Tenant, lines: Sequence[tuple[CommissionId, int]]
) -> set[CommissionId]:
    """Which of these lines a payout of them leaves out, so that claw-backs lower it within the tenant's limit.

    `lines` are locked commissions with their cents, the oldest first. A claw-back that fits in part is split into two
    rows; the second one waits. Whoever asks reads the amounts again.
    """
    owed = [(id, -cents) for id, cents in lines if cents < 0]
    positive = sum(cents for _, cents in lines if cents > 0)
    limit = await limit_of(db, tenant, positive)
    # Where all of it may be netted and it is more than there is, nothing is paid and everything is carried.
    if not owed or sum(cents for _, cents in owed) <= limit or limit == positive:
        return set()
    later = set()
    for (id, cents), taken in zip(owed, shares_within(limit, [cents for _, cents in owed]), strict=True):
        if taken == 0:
            later.add(id)
        elif taken < cents:
            later.add(await _split(db, tenant, id, taken))
    return later


async def _split(db: Connection, tenant: Tenant, commission: CommissionId, taken_cents: int) -> CommissionId:
    """Make two claw-backs of one: `taken_cents` stay in the row, the rest is a new one, as old as the first."""
    rest = await db.fetchval(
        """
        INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, plan_id, percent,
                                 fixed_cents, base_cents, net_cents, state, provisional, service_date, cause,
                                 cause_document, tax_case, created_at)
        SELECT tenant_id, kind, origin_id, transaction_id, partner_id, level, plan_id, percent, fixed_cents, base_cents,
               net_cents + $3::bigint, state, provisional, service_date, cause, cause_document, tax_case, created_at
          FROM commissions WHERE tenant_id = $1 AND id = $2 AND kind = 'clawback' RETURNING id
        """,
        tenant.id,
        commission,
        taken_cents,
    )
    if rest is None:
        return commission  # a correction is netted whole or not at all
    await db.execute(
        "UPDATE commissions SET net_cents = -$3::bigint, earned_cents = -$3::bigint WHERE tenant_id = $1 AND id = $2",
        tenant.id,
        commission,
        taken_cents,
    )
    return CommissionId(rest)


async def ask_about_old_debts(db: Connection, tenant: Tenant) -> int:
    """A debt that nothing was earned against for 180 days is a person's to decide: a task per partner. A step of each
    sweep; the question closes when the debt is gone. Returns how many partners owe that long."""
    rows = await db.fetch(
        """
        SELECT p.id, p.code, sum(c.net_cents)::bigint AS open_cents,
               min(c.created_at) FILTER (WHERE c.kind = 'clawback') AS since
          FROM commissions c JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
         WHERE c.tenant_id = $1 AND c.state = 'approved'
         GROUP BY p.id, p.code
        HAVING sum(c.net_cents) < 0 AND min(c.created_at) FILTER (WHERE c.kind = 'clawback') < now() - $2::interval
        """,
        tenant.id,
        OLD_DEBT,
    )
    for row in rows:
        await tasks.ask(
            db,
            tenant,
            kind=OWES_TOO_LONG,
            subject="partner",
            subject_id=str(row["id"]),
            reason=f"Rückforderungen von {euro(-row['open_cents'])} sind seit über {OLD_DEBT.days} Tagen offen.",
            detail={"open_cents": row["open_cents"], "since": row["since"].isoformat()},
            links={"partner": f"/api/v1/partners/{row['code']}"},
        )
    await db.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'engine',
                         resolution = '{"action": "obsolete"}'
         WHERE tenant_id = $1 AND kind = $2 AND state = 'open' AND NOT subject_id = ANY ($3)
        """,
        tenant.id,
        OWES_TOO_LONG,
        [str(row["id"]) for row in rows],
    )
    return len(rows)
