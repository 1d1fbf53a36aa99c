"""Partners without bank details in force: no bank file takes a payout to them, so it waits or is transferred by hand.

The tenant's rule says which (`tenants.without_bank_details`). Whoever approves a payout to such a partner confirms it,
also where the payout is older than the rule.
"""

from collections.abc import Sequence

from ledger.database import TenantTransaction
from ledger.types import PartnerId, WithoutBankDetails


async def find_kept_waiting(tx: TenantTransaction, partners: Sequence[PartnerId]) -> dict[PartnerId, str]:
    """Who of these is not paid for want of bank details in force, with the code of the reason. By the tenant's rule."""
    rows = await tx.fetch(
        """
        SELECT p.id, EXISTS (SELECT 1 FROM partner_bank_details b
                              WHERE b.tenant_id = p.tenant_id AND b.partner_id = p.id AND b.state = 'pending') AS waits
          FROM partners p JOIN tenants t ON t.id = p.tenant_id
         WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND t.without_bank_details = $3
           AND NOT EXISTS (SELECT 1 FROM partner_bank_details b
                            WHERE b.tenant_id = p.tenant_id AND b.partner_id = p.id AND b.state = 'active')
        """,
        tx.tenant.id,
        list(partners),
        WithoutBankDetails.HOLD,
    )
    # A first account has no quarantine: what it waits for is its second person.
    return {PartnerId(row["id"]): "bank_details_not_confirmed" if row["waits"] else "no_bank_details" for row in rows}


async def has_account(tx: TenantTransaction, partner: PartnerId) -> bool:
    """Whether bank details of the partner are in force."""
    return bool(
        await tx.fetchval(
            "SELECT 1 FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2 AND state = 'active'",
            tx.tenant.id,
            partner,
        )
    )
