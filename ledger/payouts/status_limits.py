"""What our own payouts say about a tax status: Kleinunternehmer above the limits, private persons like a business.

Counted is what was not rejected or cancelled, net, by the day in Berlin on which it was made. [K]
"""

from collections.abc import Sequence
from datetime import date

from ledger import clock, tasks
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.tax.document_rules import BlockedBy
from ledger.types import PartnerId, Row

LAST_YEAR_CENTS, THIS_YEAR_CENTS = 2_500_000, 10_000_000
"""§ 19 Abs. 1 UStG: 25,000 € in the year before, 100,000 € in this one."""
PRIVATE_YEAR_CENTS, PRIVATE_PAYOUTS = 25_600, 3
"""From 256 € a year (§ 22 Nr. 3 EStG) and from the third payout in 12 months a private person is asked again."""

PRIVATE_TASK = "private_status_unconfirmed"
DECEMBER_TASK = "small_business_next_year"
_MOST_NAMED = 50

# Status `s` of today of partner `q`, and the day in Berlin on which payout `p` was made.
_STATUS = "CROSS JOIN LATERAL tax_status_on(q.tenant_id, q.id, $2::date) s"
_MADE = "(p.created_at AT TIME ZONE 'Europe/Berlin')::date"
_COUNTED = "p.tenant_id = q.tenant_id AND p.partner_id = q.id AND p.state NOT IN ('rejected', 'cancelled')"


async def find_above(tx: TenantTransaction, partners: Sequence[PartnerId]) -> dict[PartnerId, BlockedBy]:
    """Of these partners the small businesses whose payouts are above a limit, until the status is recorded anew.

    What was recorded after the limit was passed is the answer: in this year for the year before, or with the payouts of
    this year up to then above the limit already.
    """
    today = clock.today()
    rows = await tx.fetch(
        f"""
        SELECT q.id, sums.*, (s.recorded_at AT TIME ZONE 'Europe/Berlin')::date AS recorded_on
          FROM partners q {_STATUS}
         CROSS JOIN LATERAL (
               SELECT COALESCE(sum(p.net_cents) FILTER (WHERE {_MADE} < $3), 0)::bigint AS last_year,
                      COALESCE(sum(p.net_cents) FILTER (WHERE {_MADE} >= $3), 0)::bigint AS this_year,
                      COALESCE(sum(p.net_cents) FILTER (WHERE {_MADE} >= $3 AND p.created_at < s.recorded_at), 0)
                      ::bigint AS known
                 FROM payouts p
                WHERE {_COUNTED} AND {_MADE} >= ($3::date - interval '1 year')::date) sums
         WHERE q.tenant_id = $1 AND q.id = ANY ($4) AND s.status = 'small_business'
        """,
        tx.tenant.id,
        today,
        today.replace(month=1, day=1),
        list(partners),
    )
    found: dict[PartnerId, BlockedBy] = {}
    for row in rows:
        if row["last_year"] > LAST_YEAR_CENTS and row["recorded_on"].year < today.year:
            found[PartnerId(row["id"])] = BlockedBy.of(
                "small_business_above_last_year", year=today.year - 1, amount=row["last_year"]
            )
        elif row["this_year"] > THIS_YEAR_CENTS >= row["known"]:
            found[PartnerId(row["id"])] = BlockedBy.of(
                "small_business_above_this_year", year=today.year, amount=row["this_year"]
            )
    return found


async def ask_or_close(tx: TenantTransaction) -> None:
    """Bring the questions about private persons, and December's about small businesses, to what is true now."""
    today = clock.today()
    await _ask_private(tx, today)
    await _remind(tx, today)


async def _ask_private(tx: TenantTransaction, today: date) -> None:
    """A declaration answers what was known when it was given: later payouts, or another year, ask again."""
    rows = await tx.fetch(
        f"""
        SELECT q.id, q.code, d.declared_on,
               count(*) FILTER (WHERE {_MADE} > $2::date - interval '12 months') AS payouts,
               count(*) FILTER (WHERE {_MADE} BETWEEN d.declared_on - interval '12 months' AND d.declared_on)
               AS payouts_then,
               COALESCE(sum(p.net_cents) FILTER (WHERE {_MADE} >= $3), 0)::bigint AS cents,
               COALESCE(sum(p.net_cents) FILTER (WHERE {_MADE} >= $3 AND {_MADE} <= d.declared_on), 0)::bigint
               AS cents_then
          FROM partners q {_STATUS}
         CROSS JOIN LATERAL (
               SELECT COALESCE(s.declared_on, (s.recorded_at AT TIME ZONE 'Europe/Berlin')::date) AS declared_on) d
          JOIN payouts p ON {_COUNTED}
         WHERE q.tenant_id = $1 AND s.status = 'private'
         GROUP BY q.id, q.code, d.declared_on
         ORDER BY q.code
        """,
        tx.tenant.id,
        today,
        today.replace(month=1, day=1),
    )
    asked = set()
    for row in rows:
        if why := _why_private_again(row, today):
            asked.add(str(row["id"]))
            await tasks.ask(
                tx,
                tasks.NewTask(
                    kind=PRIVATE_TASK,
                    subject="partner",
                    subject_id=str(row["id"]),
                    reason=why,
                    links={"partner": f"/api/v1/partners/{row['code']}"},
                ),
            )
    still_open = await tx.fetch(
        "SELECT subject_id FROM tasks WHERE tenant_id = $1 AND kind = $2 AND state = 'open'", tx.tenant.id, PRIVATE_TASK
    )
    for row in still_open:
        if row["subject_id"] not in asked:
            await tasks.close_questions(
                tx, subject="partner", subject_id=row["subject_id"], kinds=(PRIVATE_TASK,), by="engine"
            )


def _why_private_again(row: Row, today: date) -> Reason | None:
    if row["declared_on"].year < today.year:
        return Reason.of("private_asked_each_year", year=today.year)
    if row["payouts"] >= PRIVATE_PAYOUTS > row["payouts_then"]:
        return Reason.of("private_with_many_payouts", payouts=row["payouts"])
    if row["cents"] >= PRIVATE_YEAR_CENTS > row["cents_then"]:
        return Reason.of("private_with_much", amount=row["cents"], year=today.year)
    return None


async def _remind(tx: TenantTransaction, today: date) -> None:
    next_year = today.year + 1
    rows = await tx.fetch(
        f"""
        SELECT q.code FROM partners q {_STATUS}
         WHERE q.tenant_id = $1 AND q.status = 'active' AND s.status = 'small_business'
           AND NOT EXISTS (SELECT FROM tax_status_on(q.tenant_id, q.id, $3::date) n
                            WHERE n.status <> 'small_business' OR n.confirmed_year = $4)
         ORDER BY q.code
        """,
        tx.tenant.id,
        today,
        date(next_year, 1, 1),
        next_year,
    )
    if today.month != 12 or not rows:
        await tasks.close_questions(
            tx, subject="tenant", subject_id=str(next_year), kinds=(DECEMBER_TASK,), by="engine"
        )
        return
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=DECEMBER_TASK,
            subject="tenant",
            subject_id=str(next_year),
            reason=Reason.of("small_business_to_confirm", year=next_year, count=len(rows)),
            detail={"partners": [row["code"] for row in rows[:_MOST_NAMED]]},
        ),
    )
