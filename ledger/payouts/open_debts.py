"""What partners owe by tax case, beside a payout: one case is not netted against another, so a person shall see it."""

from collections.abc import Sequence

from ledger.database import TenantTransaction
from ledger.payouts import due
from ledger.types import Frozen, PartnerId, TaxCase


class OpenDebt(Frozen):
    """`net_cents` is below zero: what is left after all that may be paid in this tax case."""

    tax_case: TaxCase
    net_cents: int


async def of_partners(tx: TenantTransaction, partners: Sequence[PartnerId]) -> dict[PartnerId, tuple[OpenDebt, ...]]:
    """Of those who owe anything, and no others."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT partner_id FROM commissions
         WHERE tenant_id = $1 AND partner_id = ANY ($2) AND state = 'approved' AND net_cents < 0
        """,
        tx.tenant.id,
        list(partners),
    )
    owing = [PartnerId(row["partner_id"]) for row in rows]
    if not owing:
        return {}
    found = {one.partner_id: tuple(map(_debt, one.groups)) for one in await due.of_partners(tx, owing)}
    return {partner: owed for partner, debts in found.items() if (owed := tuple(one for one in debts if one))}


def _debt(group: due.DueGroup) -> OpenDebt | None:
    left = sum(line.whole_cents for line in group.every_line)
    left -= max(group.net_cents, 0)
    return OpenDebt(tax_case=group.tax_case, net_cents=left) if left < 0 else None
