"""A bonus or a correction that a person writes. It is worth nothing until a second person has confirmed it.

The line is a commission of kind `correction`: `recorded_by` makes its writer one of the payout's makers, too
(ledger/payouts/approval_rule.py). Without a sale to stand on it gets one of its own, of nothing.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from ledger import clock, tasks
from ledger.access import four_eyes
from ledger.audit import audit, hands
from ledger.database import TenantTransaction
from ledger.programme import partners
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound
from ledger.types import BusinessDay, Cents, CommissionId, Frozen, PartnerId, TransactionId

TASK = "manual_line"
ManualKind = Literal["bonus", "correction"]


class _NewLine(Frozen):
    """Cents are net."""

    net_cents: Cents = Field(ge=-100_000_000, le=100_000_000)
    service_date: BusinessDay
    reason: str = Field(min_length=1, max_length=500)
    transaction_id: TransactionId | None = None


class NewManualLine(_NewLine):
    """A bonus is positive; a correction may take back as well."""

    kind: ManualKind


class OpeningBalance(_NewLine):
    """What a partner was owed, or owed, when its programme was taken over."""

    kind: Literal["opening_balance"] = "opening_balance"


async def write(tx: TenantTransaction, partner_id: PartnerId, new: NewManualLine, *, by: str) -> CommissionId:
    """A correction or a bonus by hand, pending until it is approved.

    Raises NotFound (partner, sale) and NotAcceptable (nothing, a bonus that takes, a day that is to come).
    """
    partner = await partners.get(tx, partner_id)
    await hands.hold_partner(tx, partner_id)
    if new.net_cents == 0 or (new.kind == "bonus" and new.net_cents < 0):
        raise NotAcceptable("line_amount_not_acceptable")
    if new.service_date > clock.today():
        # Its document would name a service that nobody has rendered, and the tax status of that day is not known yet.
        raise NotAcceptable("service_date_to_come")
    sale = new.transaction_id or await _sale_of_nothing(tx, partner_id, new.service_date)
    if not await tx.fetchval("SELECT true FROM transactions WHERE tenant_id = $1 AND id = $2", tx.tenant.id, sale):
        raise NotFound("transaction_not_found")
    line = await _insert(tx, partner_id, sale, new, by=by)
    asked = "bonus_awaits_second_person" if new.kind == "bonus" else "correction_awaits_second_person"
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=TASK,
            subject="commission",
            subject_id=str(line),
            reason=Reason.of(asked, amount=new.net_cents),
            actions=("confirm", "refuse"),
            detail={"partner_code": partner.code, "recorded_by": by},
            links={"partner_id": str(partner_id), "transaction_id": str(sale)},
        ),
    )
    return line


async def write_opening_balance(
    tx: TenantTransaction, partner_id: PartnerId, new: OpeningBalance, *, by: str
) -> CommissionId:
    """A line that waits for a second person, who is asked about all of its file at once. The caller holds the hands."""
    return await _insert(tx, partner_id, await _sale_of_nothing(tx, partner_id, new.service_date), new, by=by)


async def _insert(
    tx: TenantTransaction, partner_id: PartnerId, sale: TransactionId, new: NewManualLine | OpeningBalance, *, by: str
) -> CommissionId:
    line = await tx.fetchval(
        """
        INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                 provisional, service_date, recorded_by)
        VALUES ($1, 'correction', $2, $3, 1, 0, $4, 'pending', false, $5, $6) RETURNING id
        """,
        tx.tenant.id,
        sale,
        partner_id,
        new.net_cents,
        new.service_date,
        by,
    )
    await tx.execute(
        "INSERT INTO manual_lines (tenant_id, commission_id, kind, reason, recorded_by) VALUES ($1, $2, $3, $4, $5)",
        tx.tenant.id,
        line,
        new.kind,
        new.reason,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action=f"partner.{new.kind}_written",
        subject="partner",
        subject_id=str(partner_id),
        detail={"commission": str(line), "net_cents": new.net_cents, "reason": new.reason},
    )
    return CommissionId(line)


async def decide(tx: TenantTransaction, line: CommissionId, *, confirmed: bool, by: str, reason: str | None) -> None:
    """A second person lets the line count, or not. Whoever wrote it may take it back.

    Raises NotFound, NotAllowedNow (decided already), NotAcceptable (refused without a reason), SecondPersonNeeded.
    """
    written = await tx.fetchrow(
        "SELECT recorded_by, decided_at FROM manual_lines WHERE tenant_id = $1 AND commission_id = $2 FOR UPDATE",
        tx.tenant.id,
        line,
    )
    if written is None:
        raise NotFound("line_not_found")
    if written["decided_at"] is not None:
        raise NotAllowedNow("line_decided")
    if not confirmed and not reason:
        raise NotAcceptable("reason_missing")
    alone = confirmed and await four_eyes.require_second_person(tx, by, made_by=[written["recorded_by"]])
    await tx.execute(
        """
        UPDATE manual_lines SET decided_by = $3, decided_at = now(), confirmed = $4, confirmed_alone = $5,
                                refused_reason = CASE WHEN NOT $4 THEN $6 END
         WHERE tenant_id = $1 AND commission_id = $2
        """,
        tx.tenant.id,
        line,
        by,
        confirmed,
        alone,
        reason,
    )
    await tx.execute(
        "UPDATE commissions SET state = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'pending'",
        tx.tenant.id,
        line,
        "approved" if confirmed else "reversed",
    )
    if confirmed and not alone:
        await hands.confirm(tx, "commission", str(line), about=None, by=by)
    await audit.record(
        tx,
        actor=by,
        action="manual_line.confirmed" if confirmed else "manual_line.refused",
        subject="commission",
        subject_id=str(line),
        detail={"alone": alone, "reason": reason},
    )


async def _sale_of_nothing(tx: TenantTransaction, partner_id: PartnerId, day: date) -> TransactionId:
    found = await tx.fetchval(
        """
        INSERT INTO transactions (tenant_id, source, state, partner_id, base_cents, gross_cents, provisional, sold_at,
                                  state_reason_code, state_reason_params)
        VALUES ($1, 'api', 'pending', $2, 0, 0, false, $3::date::timestamp AT TIME ZONE 'Europe/Berlin',
                'without_a_sale', '{}')
        RETURNING id
        """,
        tx.tenant.id,
        partner_id,
        day,
    )
    await tx.execute("UPDATE transactions SET state = 'approved' WHERE tenant_id = $1 AND id = $2", tx.tenant.id, found)
    return TransactionId(found)
