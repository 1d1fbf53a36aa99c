"""What a partner owes: netted within the tenant's limit, carried, shown to a person when it is old.

It comes of claw-backs, negative corrections and negative lines of months.
"""

from datetime import timedelta

from ledger import tasks
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import CommissionId

OWES_TOO_LONG = "partner_owes_too_long"
OLD_DEBT = timedelta(days=180)


async def split(tx: TenantTransaction, commission: CommissionId, taken_cents: int) -> None:
    """Make two of a line that the limit lets through in part: `taken_cents` stay in the row, the rest is a new one, as
    old as the first. The rest of a claw-back belongs to its commission; of another line it names that (`split_of`),
    which keeps the whole as what it was written for (`earned_cents`)."""
    await tx.execute(
        """
        INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, plan_id, percent,
                                 fixed_cents, base_cents, net_cents, state, provisional, service_date, cause,
                                 cause_document, tax_case, created_at, recorded_by, calculation, campaign_id, month,
                                 month_part, free_from, split_of)
        SELECT tenant_id, kind, origin_id, transaction_id, partner_id, level, plan_id, percent, fixed_cents, base_cents,
               net_cents + $3::bigint, state, provisional, service_date, cause, cause_document, tax_case, created_at,
               recorded_by, calculation, campaign_id, month, month_part, free_from,
               CASE WHEN kind <> 'clawback' THEN COALESCE(split_of, id) END
          FROM commissions WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        commission,
        taken_cents,
    )
    await tx.execute(
        """
        UPDATE commissions
           SET net_cents = -$3::bigint,
               earned_cents = CASE WHEN kind = 'clawback' OR split_of IS NOT NULL THEN -$3::bigint ELSE earned_cents END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        commission,
        taken_cents,
    )


async def ask_about_old_debts(tx: TenantTransaction) -> int:
    """A debt that nothing was earned against for 180 days is a person's to decide: a task per partner, whether it comes
    of a claw-back, a correction or the close of a month. A step of each sweep; the question closes when the debt is
    gone. Returns how many partners owe that long."""
    rows = await tx.fetch(
        """
        SELECT p.id, p.code, sum(c.net_cents)::bigint AS open_cents,
               min(c.created_at) FILTER (WHERE c.net_cents < 0) AS since
          FROM commissions c JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
         WHERE c.tenant_id = $1 AND c.state = 'approved'
         GROUP BY p.id, p.code
        HAVING sum(c.net_cents) < 0 AND min(c.created_at) FILTER (WHERE c.net_cents < 0) < now() - $2::interval
        """,
        tx.tenant.id,
        OLD_DEBT,
    )
    for row in rows:
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind=OWES_TOO_LONG,
                subject="partner",
                subject_id=str(row["id"]),
                reason=Reason.of("clawbacks_open_long", amount=-row["open_cents"], days=OLD_DEBT.days),
                detail={"open_cents": row["open_cents"], "since": row["since"].isoformat()},
                links={"partner": f"/api/v1/partners/{row['code']}"},
            ),
        )
    await tx.execute(
        """
        UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'engine',
                         resolution = '{"action": "obsolete"}'
         WHERE tenant_id = $1 AND kind = $2 AND state = 'open' AND NOT subject_id = ANY ($3)
        """,
        tx.tenant.id,
        OWES_TOO_LONG,
        [str(row["id"]) for row in rows],
    )
    return len(rows)
