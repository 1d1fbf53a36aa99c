"""Four eyes: who made a payout what it is does not approve it above the limit (rules.md, Approval).

Who is one person: ledger/access/same_person.py.
"""

from ledger.access import rule_changes
from ledger.access.four_eyes import SecondPersonNeeded, is_same_person
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.payouts import payouts
from ledger.payouts.payout_hands import Hand
from ledger.payouts.payouts import Payout
from ledger.refusals import NotAllowedNow
from ledger.types import Frozen

_SPAN_DAYS = 30


class FourEyes(Frozen):
    """What the rule says about one payout. Cents are EUR, gross: what leaves the bank."""

    limit_cents: int
    counted_cents: int
    """This payout and what was approved for its partner in the last 30 days."""
    above_limit: bool
    switched_off: bool
    """One person approves alone in this tenant, and the rule is off, or was when this payout was approved."""


async def limit_cents(tx: TenantTransaction) -> int:
    """EUR cents, gross: above it nothing that matters is decided by one alone, and nothing unclear by a machine."""
    found: int = await tx.fetchval("SELECT four_eyes_limit_cents FROM tenants WHERE id = $1", tx.tenant.id)
    return found


async def of_payout(tx: TenantTransaction, payout: Payout) -> FourEyes:
    """What the four-eyes rule says about this payout now; limits and sums in gross cents."""
    row = await tx.fetchrow(
        """
        SELECT t.four_eyes_limit_cents AS limit_cents, t.single_approver,
               (SELECT p.four_eyes_switched_off AND p.state <> 'awaiting_approval'
                  FROM payouts p WHERE p.tenant_id = $1 AND p.id = $3) AS was_off,
               $5::bigint + COALESCE((
                   SELECT sum(p.gross_cents) FROM payouts p
                    WHERE p.tenant_id = $1 AND p.partner_id = $2 AND p.id <> $3
                      AND p.state NOT IN ('awaiting_approval', 'rejected', 'cancelled')
                      AND EXISTS (SELECT 1 FROM decisions d
                                   WHERE d.tenant_id = $1 AND d.payout_id = p.id AND d.kind = 'approve'
                                     AND d.decided_at > now() - make_interval(days => $4))
               ), 0)::bigint AS counted_cents
          FROM tenants t WHERE t.id = $1
        """,
        tx.tenant.id,
        payout.partner_id,
        payout.id,
        _SPAN_DAYS,
        payout.gross_cents,
    )
    assert row is not None
    return FourEyes(
        limit_cents=row["limit_cents"],
        counted_cents=row["counted_cents"],
        above_limit=row["counted_cents"] > row["limit_cents"],
        switched_off=row["was_off"] or (row["single_approver"] and await rule_changes.has_sole_approver(tx)),
    )


async def take_turns(tx: TenantTransaction, number: str) -> None:
    """Before an approval locks its payout: two for one partner would each not count the other, and no hand may be
    written between the look at them and the decision. Raises NotFound."""
    payout = await payouts.get(tx, number)
    await hands.hold_tenant(tx, shared=True)
    await hands.hold_partner(tx, payout.partner_id)


async def require(tx: TenantTransaction, payout: Payout, actor: str, found: list[Hand]) -> None:
    """May this actor approve this payout, in which these hands are open? It is locked, after `take_turns`.

    Raises NotAllowedNow while a new account of the partner is not in force, SecondPersonNeeded for a maker above the
    limit. Where the rule is switched off, that is written on the payout.
    """
    if await _account_pending(tx, payout):
        raise NotAllowedNow("account_pending")
    # What an earlier approval was given under says nothing of this one: that approval is void.
    await tx.execute(
        "UPDATE payouts SET four_eyes_switched_off = false WHERE tenant_id = $1 AND id = $2 AND four_eyes_switched_off",
        tx.tenant.id,
        payout.id,
    )
    rule = await of_payout(tx, payout)
    above = await _above_limit_of(tx, actor, rule)
    if not above or not await is_same_person(tx, actor, [hand.actor for hand in found]):
        return
    if not rule.switched_off:
        raise SecondPersonNeeded("second_person_needed")
    await tx.execute(
        "UPDATE payouts SET four_eyes_switched_off = true WHERE tenant_id = $1 AND id = $2", tx.tenant.id, payout.id
    )
    await audit.record(
        tx,
        actor=actor,
        action="payout.approved_alone",
        subject="payout",
        subject_id=payout.number,
        detail={"limit_cents": rule.limit_cents, "counted_cents": rule.counted_cents},
    )


async def _above_limit_of(tx: TenantTransaction, actor: str, rule: FourEyes) -> bool:
    """Whoever raised the limit is judged by the lower one for as long as amounts are counted together."""
    earlier = {} if rule.above_limit else await rule_changes.earlier_limits(tx)
    passed = [who for who, cents in earlier.items() if rule.counted_cents > cents]
    return rule.above_limit or await is_same_person(tx, actor, passed)


async def _account_pending(tx: TenantTransaction, payout: Payout) -> bool:
    return bool(
        await tx.fetchval(
            "SELECT 1 FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2 AND state = 'pending'",
            tx.tenant.id,
            payout.partner_id,
        )
    )
