"""Who assigns vouchers in the books that are known as paid and still open there: said by a person, and taken back.

What is said covers the vouchers that are open at that moment: one that opens later is asked about anew.
"""

from collections.abc import Sequence
from datetime import date

from ledger import plain_text
from ledger.audit import audit, hands
from ledger.bank.open_vouchers import KNOWN_AS_PAID, OPEN_VOUCHER
from ledger.database import TenantTransaction
from ledger.payouts.payout_months import OF_MONTH
from ledger.refusals import NotAcceptable, NotAllowedNow

_LONGEST = 200


async def assign(tx: TenantTransaction, month: date, *, to: str, by: str) -> int:
    """`to` assigns all that is open of the month's payouts and that nobody answered for. How many they are.

    A hand in each of these payouts. Locks four eyes of the tenant. Raises NotAcceptable (no name), NotAllowedNow where
    nothing is open.
    """
    name = plain_text.name(to)
    if len(name) > _LONGEST:
        raise NotAcceptable("assignee_too_long", most=_LONGEST)
    await hands.hold_tenant(tx)
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}, said AS (
            INSERT INTO voucher_assignments (tenant_id, payout_id, assigned_to, said_by)
            SELECT $1, p.id, $3, $4
              FROM external_documents d JOIN of_month p ON p.id = d.payout_id
             WHERE d.tenant_id = $1 AND {OPEN_VOUCHER} AND {KNOWN_AS_PAID}
            ON CONFLICT (tenant_id, payout_id) WHERE withdrawn_at IS NULL DO NOTHING
            RETURNING payout_id)
        SELECT p.number FROM said JOIN of_month p ON p.id = said.payout_id ORDER BY p.seq
        """,
        tx.tenant.id,
        month,
        name,
        by,
    )
    if not rows:
        raise NotAllowedNow("no_voucher_to_assign")
    await _record(tx, "payout.voucher_assigned", [row["number"] for row in rows], by=by)
    return len(rows)


async def withdraw(tx: TenantTransaction, month: date, *, by: str) -> int:
    """Nobody assigns the month's vouchers any more. How many they were. Raises NotAllowedNow where nobody did."""
    rows = await tx.fetch(
        f"""
        WITH {OF_MONTH}, withdrawn AS (
            UPDATE voucher_assignments SET withdrawn_by = $3, withdrawn_at = now()
             WHERE tenant_id = $1 AND withdrawn_at IS NULL AND payout_id IN (SELECT id FROM of_month)
            RETURNING payout_id)
        SELECT p.number FROM withdrawn w JOIN of_month p ON p.id = w.payout_id ORDER BY p.seq
        """,
        tx.tenant.id,
        month,
        by,
    )
    if not rows:
        raise NotAllowedNow("no_voucher_is_assigned")
    await _record(tx, "payout.voucher_assignment_withdrawn", [row["number"] for row in rows], by=by)
    return len(rows)


async def _record(tx: TenantTransaction, action: str, numbers: Sequence[str], *, by: str) -> None:
    entries: list[tuple[str, dict[str, object]]] = [(number, {}) for number in numbers]
    await audit.record_each(tx, actor=by, action=action, subject="payout", entries=entries)
