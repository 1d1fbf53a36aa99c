"""Who had a hand in what a payout is (rules.md, Approval): a row for each act of the trail that counts.

They are written by the trail's own call, so that no door can forget one. Which of them a payout shows, and when they
end: ledger/payouts/payout_hands.py.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.types import PartnerId

_MACHINES = re.compile(r"(engine|event|ledger|rehearsal|schedule:.*|partner:.*)")
"""Actors that are nobody's eyes. Who owns a partner's page decides nothing about money."""


class _Act(NamedTuple):
    """`about`: the member of the entry that names what was recorded. `on`: another subject, and where its id is."""

    about: str | None = None
    on: tuple[str, str] | None = None


_LEAVES_A_HAND: Mapping[str, _Act] = {
    "payout.requested": _Act(),
    "payout.bank_assigned": _Act(),
    "payout.transfer_again_asked": _Act(about="asked"),
    "payout.voucher_assigned": _Act(),
    "partner.created": _Act(),
    "partner.changed": _Act(),
    "partner.coupon_added": _Act(),
    "partner.coupon_ended": _Act(),
    "partner.agreement_accepted": _Act(),
    "partner.bank_details_saved": _Act(about="account"),
    "partner.tax_status_recorded": _Act(about="record"),
    "partner.seat_decided": _Act(),
    "partner.vat_proof_recorded": _Act(about="check"),
    "partner.bonus_written": _Act(on=("commission", "commission")),
    "partner.correction_written": _Act(on=("commission", "commission")),
    "partner.opening_balance_written": _Act(on=("commission", "commission")),
    "partner.past_sales_told": _Act(),
    "own_document.reversal_asked": _Act(about="reversal"),
    "payout.set_off_taken_off": _Act(),
    "payout.set_off_put_on": _Act(),
    "claim.paid_back": _Act(about="part"),
    "claim.write_off_asked": _Act(about="write_off"),
    "plan.added": _Act(about="plan"),
    "campaign.made_default": _Act(),
    "customer.created": _Act(),
    "customer.assigned": _Act(),
    "transaction.recorded": _Act(),
    "transaction.released": _Act(),
    "transaction.taken_for_one": _Act(),
    "transaction.refunds_added": _Act(),
    "transaction.partner_assigned": _Act(),
    "transaction.partner_reassigned": _Act(),
    "invoice.assign": _Act(),
    "invoice.assign_partner": _Act(),
    "invoice.book_new": _Act(),
    "invoice.book_without_partner": _Act(),
    "introduction.assigned": _Act(),
    "foreign_payment.converted": _Act(),
}
"""Actions of the trail. What is not here decides neither who is paid nor how much."""

_ONLY_WITH = {"customer.created": "assigned_partner_code"}
"""Acts that count only where they name this."""

_ONLY_OF_PEOPLE = frozenset({"transaction.recorded"})
"""Acts that count only by somebody's own hand: a file of sales. What tells of sales by a key is a source of theirs."""


async def note(
    tx: TenantTransaction,
    *,
    actor: str,
    action: str,
    subject: str,
    entries: Sequence[tuple[str, Mapping[str, Any]]],
    apart: Sequence[str] = (),
) -> None:
    """The hands that these entries of the trail leave, if they leave any. `apart`: names of what lies beside them."""
    act = _LEAVES_A_HAND.get(action)
    if act is None or _MACHINES.fullmatch(actor) or (action in _ONLY_OF_PEOPLE and actor.startswith("key:")):
        return
    needed = _ONLY_WITH.get(action)
    counted = [(id, detail) for id, detail in entries if needed is None or detail.get(needed)]
    if not counted:
        return
    kind = act.on[0] if act.on else subject
    await tx.execute(
        """
        INSERT INTO hands (tenant_id, actor, act, subject, subject_id, about, fields)
        SELECT $1, $2, $3, $4, subject_id, about, $5
          FROM unnest($6::text[], $7::uuid[]) WITH ORDINALITY AS h (subject_id, about, position) ORDER BY position
        """,
        tx.tenant.id,
        actor,
        action,
        kind,
        sorted({*counted[0][1], *apart}) if kind == "partner" and act.about is None else None,
        [str(detail[act.on[1]]) if act.on else id for id, detail in counted],
        [UUID(str(detail[act.about])) if act.about else None for _, detail in counted],
    )


async def hold_partner(tx: TenantTransaction, partner: PartnerId) -> None:
    """Before a hand on this partner is written, and while its payouts are approved (engine.md, Hands and locks)."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('four-eyes:' || $1::text, 0))", str(partner))


async def hold_tenant(tx: TenantTransaction, *, shared: bool = False) -> None:
    """Before a hand is written that counts for several partners. Shared: while a payout is approved."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await tx.execute(f"SELECT {lock}(hashtextextended('four-eyes:' || $1::text, 0))", str(tx.tenant.id))


async def confirm(tx: TenantTransaction, subject: str, subject_id: str, *, about: UUID | None, by: str) -> None:
    """A second person has confirmed this very change: it bars nobody any more."""
    await tx.execute(
        """
        UPDATE hands SET ended_at = now(), ended_how = 'confirmed', ended_by = $5
         WHERE tenant_id = $1 AND subject = $2 AND subject_id = $3 AND about IS NOT DISTINCT FROM $4
           AND ended_at IS NULL AND actor <> $5
        """,
        tx.tenant.id,
        subject,
        subject_id,
        about,
        by,
    )
