"""Nummernprüfung: numbers run without gaps, and every one that came to nothing says why (GoBD, Vollständigkeit).

Payouts and bank runs have numbers of ours. The numbers of credit notes are lexoffice's; the tenant may write credit
notes of its own there, so that gaps among ours mean nothing: listed is what became of each of ours.
"""

from datetime import date, datetime

import asyncpg

from ledger import clock
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.types import Frozen

SECONDS = 15.0


class Ended(Frozen):
    """A number that pays nothing, and why."""

    number: str
    kind: str
    """payout, bank_run, credit_note"""
    state: str
    reason: Reason | str | None
    """One of ours, or what a person wrote."""
    at: datetime | None
    belongs_to: str | None = None


class Series(Frozen):
    """Numbers of one kind and year. `last` is where the counter stands."""

    kind: str
    year: int
    last: int
    used: int
    missing: tuple[str, ...]
    """Numbers up to `last` that are nowhere; at most 1,000 of them."""
    above: tuple[str, ...]
    """Numbers beyond the counter."""

    @property
    def is_whole(self) -> bool:
        """Whether no number is missing, and none stands beyond the counter."""
        return not self.missing and not self.above


class NumberCheck(Frozen):
    """All series of numbers, and the numbers that came to nothing, on this day."""

    on: date
    series: tuple[Series, ...]
    ended: tuple[Ended, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every series is."""
        return all(series.is_whole for series in self.series)


async def check(tx: TenantTransaction, *, year: int | None = None) -> NumberCheck:
    """All years, or one."""
    series = [
        *await _series(tx, "payout", "payouts", "payout_counters", "PO", year),
        *await _series(tx, "bank_run", "bank_runs", "bank_run_counters", "ZL", year),
    ]
    rows = await tx.fetch(_ENDED, tx.tenant.id, None if year is None else str(year), timeout=SECONDS)
    today: date = clock.today()
    return NumberCheck(on=today, series=tuple(series), ended=tuple(_ended(row) for row in rows))


async def _series(
    tx: TenantTransaction, kind: str, table: str, counter: str, prefix: str, year: int | None
) -> list[Series]:
    rows = await tx.fetch(
        f"""
        WITH used AS (
            SELECT split_part(number, '-', 2)::integer AS year, split_part(number, '-', 3)::bigint AS n, number
              FROM {table} WHERE tenant_id = $1),
        counted AS (
            SELECT year, max(last) AS last FROM (
                SELECT year, last FROM {counter} WHERE tenant_id = $1
                UNION ALL SELECT year, 0 FROM used) all_years
             WHERE $3::integer IS NULL OR year = $3
             GROUP BY year)
        SELECT c.year, c.last, (SELECT count(*) FROM used u WHERE u.year = c.year) AS used,
               ARRAY(SELECT $2 || '-' || c.year || '-' || lpad(wanted::text, GREATEST(4, length(wanted::text)), '0')
                       FROM generate_series(1, c.last) wanted
                      WHERE NOT EXISTS (SELECT 1 FROM used u WHERE u.year = c.year AND u.n = wanted)
                      ORDER BY wanted LIMIT 1000) AS missing,
               ARRAY(SELECT u.number FROM used u WHERE u.year = c.year AND u.n > c.last
                      ORDER BY u.n LIMIT 1000) AS above
          FROM counted c ORDER BY c.year
        """,
        tx.tenant.id,
        prefix,
        year,
        timeout=SECONDS,
    )
    return [
        Series(
            kind=kind,
            year=row["year"],
            last=row["last"],
            used=row["used"],
            missing=tuple(row["missing"]),
            above=tuple(row["above"]),
        )
        for row in rows
    ]


def _ended(row: asyncpg.Record) -> Ended:
    members = {name: row[name] for name in ("number", "kind", "state", "at", "belongs_to")}
    return Ended(**members, reason=Reason.read(row["code"], row["params"]) or row["words"])


_ENDED = """
    WITH ended AS (
        SELECT p.number, 'payout' AS kind, p.state,
               COALESCE(d.reason, p.state_reason) AS words,
               CASE WHEN d.reason IS NULL THEN p.state_reason_code END AS code, p.state_reason_params AS params,
               p.id AS subject_id, NULL::text AS belongs_to
          FROM payouts p
          LEFT JOIN LATERAL (
               SELECT d.reason FROM decisions d
                WHERE d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.kind IN ('reject', 'cancel')
                ORDER BY d.decided_at DESC LIMIT 1) d ON true
         WHERE p.tenant_id = $1 AND p.state IN ('cancelled', 'rejected', 'settled_manually', 'returned')
        UNION ALL
        SELECT r.number, 'bank_run', r.state, r.cancel_reason, NULL, NULL, r.id, NULL
          FROM bank_runs r WHERE r.tenant_id = $1 AND r.state = 'cancelled'
        UNION ALL
        SELECT COALESCE(d.voucher_number, d.resource_id::text), 'credit_note', d.status, p.state_reason,
               p.state_reason_code, p.state_reason_params, p.id, p.number
          FROM external_documents d JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
         WHERE d.tenant_id = $1 AND d.kind = 'credit-note' AND d.status IN ('voided', 'deleted'))
    SELECT e.number, e.kind, e.state, e.words, e.code, e.params, e.belongs_to,
           (SELECT max(s.changed_at) FROM state_changes s
             WHERE s.tenant_id = $1 AND s.subject_id = e.subject_id
               AND (e.kind = 'credit_note' OR s.to_state = e.state)) AS at
      FROM ended e
     WHERE $2::text IS NULL OR split_part(COALESCE(e.belongs_to, e.number), '-', 2) = $2
     ORDER BY e.kind, e.number
"""
