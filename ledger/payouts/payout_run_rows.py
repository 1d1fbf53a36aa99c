"""What became of each partner in a payout run: a row for what is paid, and one for each reason why something is not."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.money import vat_cents
from ledger.payouts.due import DueGroup, NotDue, PartnerDue, Waiting
from ledger.payouts.payouts import Payout
from ledger.types import PartnerId, PayoutId, TaxCase


class _Row(NamedTuple):
    """In the order of the columns below."""

    partner_id: PartnerId
    payout_id: PayoutId | None
    tax_case: TaxCase | None
    month: date | None
    reason: NotDue | None
    code: str | None
    params: dict[str, Any] | None
    until: datetime | None
    lines: int
    net_cents: int
    tax_cents: int


async def note(tx: TenantTransaction, run: UUID, everybody: Sequence[PartnerDue], made: Sequence[Payout]) -> None:
    """`made`: a payout for each payable group, in their order; none in a rehearsal."""
    payouts = iter(made)
    rows: list[_Row] = []
    for owed in everybody:
        rows += [_paid(owed.partner_id, group, next(payouts, None)) for group in owed.payable]
        rows += [_waiting(owed.partner_id, one) for one in owed.waiting]
    if not rows:
        return
    await tx.execute(
        """
        INSERT INTO payout_run_rows (tenant_id, run_id, partner_id, payout_id, tax_case, month, reason, code, params,
                                     until, lines, net_cents, tax_cents, gross_cents)
        SELECT $1, $2, partner, payout, tax_case, month, reason, code, params, until, lines, net, tax, net + tax
          FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::text[], $8::text[], $9::jsonb[],
                      $10::timestamptz[], $11::integer[], $12::bigint[], $13::bigint[]) WITH ORDINALITY
               AS r (partner, payout, tax_case, month, reason, code, params, until, lines, net, tax, position)
         ORDER BY position
        """,
        tx.tenant.id,
        run,
        *map(list, zip(*rows, strict=True)),
    )


def _paid(partner: PartnerId, group: DueGroup, payout: Payout | None) -> _Row:
    return _Row(
        partner_id=partner,
        payout_id=payout.id if payout else None,
        tax_case=group.tax_case,
        month=group.month,
        reason=None,
        code=None,
        params=None,
        until=None,
        lines=len(group.lines),
        net_cents=group.net_cents,
        tax_cents=payout.tax_cents if payout else vat_cents(group.net_cents, group.rule.rate),
    )


def _waiting(partner: PartnerId, one: Waiting) -> _Row:
    return _Row(
        partner_id=partner,
        payout_id=None,
        tax_case=None,
        month=None,
        reason=one.reason,
        code=one.code,
        params=one.params,
        until=one.until,
        lines=one.lines,
        net_cents=one.cents,
        tax_cents=0,
    )
