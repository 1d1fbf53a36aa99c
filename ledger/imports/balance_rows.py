"""Opening balances from a file: what partners were owed, or owed, when the programme was taken over.

One line per partner and day. The file says how much it is: what differs is written as one more line, and a line that
nobody has confirmed yet is taken back. They count once a second person has confirmed them.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ledger import clock
from ledger.audit import hands
from ledger.commissions import manual_lines
from ledger.commissions.manual_lines import OpeningBalance
from ledger.database import TenantTransaction
from ledger.imports.judging import Difference, Judged, Judgement, outcome
from ledger.imports.rows import Row, RowProblem, fitted
from ledger.imports.standing_partners import SECONDS
from ledger.plain_text import code_of
from ledger.types import CommissionId, PartnerId, PayoutNumber


class BalancePlan(NamedTuple):
    """`replaced`: lines that nobody has confirmed and that this one stands for."""

    partner: PartnerId
    line: OpeningBalance | None
    replaced: tuple[CommissionId, ...]


class _Known(NamedTuple):
    confirmed_cents: int
    waiting_cents: int
    waiting: tuple[CommissionId, ...]


async def judge(tx: TenantTransaction, rows: Sequence[Row]) -> Judgement:
    """What these rows would do. Locks nothing."""
    told = {code_of(row.values["partner_code"]) for row in rows}
    partners = await partner_ids(tx, told)
    known = await _known(tx, list(partners.values()))
    judged, problems = [], []
    seen: dict[tuple[str, date], int] = {}
    for row in rows:
        code = code_of(row.values["partner_code"])
        partner = partners.get(code)
        if partner is None:
            problems.append(RowProblem(line=row.line, column="partner_code", code="unknown_partner"))
            continue
        read = fitted(
            OpeningBalance, {name: row.values[name] for name in ("net_cents", "service_date", "reason")}, row.line
        )
        if isinstance(read, list):
            problems += read
        elif read.service_date > clock.today():
            problems.append(RowProblem(line=row.line, column="service_date", code="service_date_to_come"))
        elif (code, read.service_date) in seen:
            first = seen[code, read.service_date]
            problems.append(RowProblem(line=row.line, column="partner_code", code="row_twice", params={"line": first}))
        else:
            seen[code, read.service_date] = row.line
            judged.append(_judged(row.line, code, partner, read, known.get((partner, read.service_date))))
    return Judgement(judged, problems)


async def take(tx: TenantTransaction, judged: Sequence[Judged], *, by: str) -> list[PayoutNumber]:
    """Write what was judged. The caller holds the partners and the hands of the tenant."""
    for one in judged:
        plan: BalancePlan = one.plan
        if one.outcome == "same":
            continue
        await hands.hold_partner(tx, plan.partner)
        for line in plan.replaced:
            reason = plan.line.reason if plan.line else one.about
            await manual_lines.decide(tx, line, confirmed=False, by=by, reason=reason)
        if plan.line is not None:
            await manual_lines.write_opening_balance(tx, plan.partner, plan.line, by=by)
    return []


async def partner_ids(tx: TenantTransaction, codes: set[str]) -> dict[str, PartnerId]:
    """Those of these codes that are partners."""
    rows = await tx.fetch(
        "SELECT code, id FROM partners WHERE tenant_id = $1 AND code = ANY ($2)",
        tx.tenant.id,
        list(codes),
        timeout=SECONDS,
    )
    return {row["code"]: PartnerId(row["id"]) for row in rows}


def _judged(line: int, code: str, partner: PartnerId, wanted: OpeningBalance, known: _Known | None) -> Judged:
    now = _Known(0, 0, ()) if known is None else known
    there = now.confirmed_cents + now.waiting_cents
    if there == wanted.net_cents:
        return Judged(line, code, "same", (), BalancePlan(partner, None, ()))
    rest = wanted.net_cents - now.confirmed_cents
    differences = () if known is None else (Difference(column="net_cents", before=there, after=wanted.net_cents),)
    written = wanted.model_copy(update={"net_cents": rest}) if rest else None
    return Judged(
        line,
        code,
        outcome(is_known=known is not None, differences=differences),
        differences,
        BalancePlan(partner, written, now.waiting),
    )


async def _known(tx: TenantTransaction, partners: Sequence[PartnerId]) -> dict[tuple[PartnerId, date], _Known]:
    """Of these partners, by day."""
    rows = await tx.fetch(
        """
        SELECT c.partner_id, c.service_date,
               COALESCE(sum(c.net_cents) FILTER (WHERE m.confirmed), 0)::bigint AS confirmed,
               COALESCE(sum(c.net_cents) FILTER (WHERE m.decided_at IS NULL), 0)::bigint AS waiting,
               COALESCE(array_agg(c.id) FILTER (WHERE m.decided_at IS NULL), '{}') AS lines
          FROM manual_lines m JOIN commissions c ON c.tenant_id = m.tenant_id AND c.id = m.commission_id
         WHERE m.tenant_id = $1 AND m.kind = 'opening_balance' AND c.partner_id = ANY ($2)
           AND m.confirmed IS DISTINCT FROM false
         GROUP BY c.partner_id, c.service_date
        """,
        tx.tenant.id,
        partners,
        timeout=SECONDS,
    )
    return {
        (PartnerId(row["partner_id"]), row["service_date"]): _Known(
            row["confirmed"], row["waiting"], tuple(CommissionId(one) for one in row["lines"])
        )
        for row in rows
    }
