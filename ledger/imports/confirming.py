"""A second person about what a file brought: bank details and opening balances, as one batch.

Accounts that differ are always looked at: from the one in force, from the partner's name, or another partner's too. Of
the rest all, or a sample that whoever brought the file cannot foresee. An account that two partners share waits for its
own answer, as always.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from ledger.access import four_eyes
from ledger.audit import audit, hands
from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import IBAN_TWICE
from ledger.commissions import manual_lines
from ledger.database import TenantTransaction
from ledger.imports import files, questions
from ledger.imports.standing_partners import SECONDS
from ledger.refusals import NotAllowedNow
from ledger.types import CommissionId, Frozen, PartnerId, PayoutNumber
from ledger.vault import Vault

How = Literal["whole", "sample"]
SAMPLE_SHARE, SAMPLE_LEAST = 10, 10
"""Per cent of the accounts that do not differ, and how many at least."""


class WaitingAccount(Frozen):
    """An account that a file brought and nobody has decided. `replaces_last4`: of the one in force."""

    id: UUID
    partner_id: PartnerId
    partner_code: str
    partner_name: str
    account_holder: str
    iban_last4: str
    bic: str | None
    recorded_by: str | None
    replaces_last4: str | None
    is_shared: bool
    """Another partner has the IBAN, too: it waits for its own answer."""

    @property
    def differs(self) -> bool:
        """Whether it is looked at in any case."""
        return self.replaces_last4 is not None or self.is_shared or self.account_holder != self.partner_name


class WaitingLine(Frozen):
    """An opening balance that nobody has decided. Cents are net."""

    id: CommissionId
    partner_code: str
    net_cents: int
    service_date: date
    reason: str
    recorded_by: str


class Waiting(Frozen):
    """`seen` names all of them with what they hold: whoever confirms names what was shown."""

    accounts: tuple[WaitingAccount, ...]
    sample: frozenset[UUID]
    """Those that are looked at where not all are."""
    lines: tuple[WaitingLine, ...]
    seen: str

    @property
    def total_cents(self) -> int:
        """Of the balances, net."""
        return sum(line.net_cents for line in self.lines)


async def waiting(tx: TenantTransaction, vault: Vault, import_id: UUID) -> Waiting:
    """What this file brought that a second person has not decided. Raises NotFound."""
    await files.get(tx, import_id)
    accounts = [
        WaitingAccount.from_row(row)
        for row in await tx.fetch(
            """
            SELECT b.id, b.partner_id, p.code AS partner_code, p.name AS partner_name, b.account_holder, b.iban_last4,
                   b.bic, b.recorded_by, a.iban_last4 AS replaces_last4,
                   EXISTS (SELECT 1 FROM tasks t WHERE t.tenant_id = b.tenant_id AND t.kind = $3 AND t.state = 'open'
                              AND t.subject = 'partner' AND t.subject_id = b.partner_id::text) AS is_shared
              FROM import_changes i
              JOIN partner_bank_details b ON b.tenant_id = i.tenant_id AND b.id = i.about::uuid
              JOIN partners p ON p.tenant_id = b.tenant_id AND p.id = b.partner_id
              LEFT JOIN partner_bank_details a ON a.tenant_id = b.tenant_id AND a.partner_id = b.partner_id
                                              AND a.state = 'active'
             WHERE i.tenant_id = $1 AND i.import_id = $2 AND i.action = 'partner.bank_details_saved'
               AND b.state = 'pending' AND b.confirmed_at IS NULL
             ORDER BY p.code
            """,
            tx.tenant.id,
            import_id,
            IBAN_TWICE,
            timeout=SECONDS,
        )
    ]
    lines = [
        WaitingLine.from_row(row)
        for row in await tx.fetch(
            """
            SELECT c.id, p.code AS partner_code, c.net_cents, c.service_date, m.reason, m.recorded_by
              FROM import_changes i
              JOIN manual_lines m ON m.tenant_id = i.tenant_id AND m.commission_id = i.about::uuid
              JOIN commissions c ON c.tenant_id = m.tenant_id AND c.id = m.commission_id
              JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
             WHERE i.tenant_id = $1 AND i.import_id = $2 AND i.action = 'partner.opening_balance_written'
               AND m.decided_at IS NULL
             ORDER BY p.code, c.service_date
            """,
            tx.tenant.id,
            import_id,
            timeout=SECONDS,
        )
    ]
    told = "\n".join(one.model_dump_json() for one in (*accounts, *lines))
    return Waiting(
        accounts=tuple(accounts),
        sample=_sample(vault, accounts),
        lines=tuple(lines),
        seen=hashlib.sha256(told.encode()).hexdigest(),
    )


class Decision(Frozen):
    """Of a person about all that waits; `seen` as it was shown."""

    import_id: UUID
    seen: str
    by: str


async def confirm_accounts(tx: TenantTransaction, vault: Vault, decision: Decision, how: How) -> list[PayoutNumber]:
    """All of them are in force, or will be when their quarantine is over; those that are shared wait on.

    Returns payouts that must look again. Raises NotFound, NotAllowedNow (nothing waits, or something else than was
    shown), SecondPersonNeeded.
    """
    found = await _as_seen(tx, vault, decision)
    chosen = [one for one in found.accounts if not one.is_shared]
    if not chosen:
        raise NotAllowedNow("nothing_to_confirm")
    alone = await four_eyes.require_second_person(tx, decision.by, made_by={one.recorded_by for one in chosen})
    await tx.execute(
        "SELECT 1 FROM partners WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY code FOR UPDATE",
        tx.tenant.id,
        [one.partner_id for one in chosen],
    )
    touched: list[PayoutNumber] = []
    with audit.as_one_act():
        for one in chosen:
            touched += (await partner_accounts.confirm(tx, one.partner_id, one.id, by=decision.by))[1]
    looked_at = len(chosen) if how == "whole" else sum(one.id in found.sample for one in chosen)
    await audit.record(
        tx,
        actor=decision.by,
        action="import.bank_details_confirmed",
        subject="import",
        subject_id=str(decision.import_id),
        detail={"accounts": len(chosen), "how": how, "looked_at": looked_at, "alone": alone},
    )
    await questions.close_done(tx, by=decision.by)
    return list(dict.fromkeys(touched))


async def decide_lines(
    tx: TenantTransaction, vault: Vault, decision: Decision, *, refused_because: str | None = None
) -> None:
    """All opening balances count, or with a reason none of them.

    Raises NotFound, NotAllowedNow (nothing waits, or something else than was shown), SecondPersonNeeded.
    """
    found = await _as_seen(tx, vault, decision)
    if not found.lines:
        raise NotAllowedNow("nothing_to_confirm")
    confirmed = refused_because is None
    makers = {line.recorded_by for line in found.lines}
    alone = confirmed and await four_eyes.require_second_person(tx, decision.by, made_by=makers)
    await hands.hold_tenant(tx)
    with audit.as_one_act():
        for line in found.lines:
            await manual_lines.decide(tx, line.id, confirmed=confirmed, by=decision.by, reason=refused_because)
    await audit.record(
        tx,
        actor=decision.by,
        action="import.balances_confirmed" if confirmed else "import.balances_refused",
        subject="import",
        subject_id=str(decision.import_id),
        detail={
            "lines": len(found.lines),
            "net_cents": found.total_cents,
            "reason": refused_because,
            "alone": alone,
        },
    )
    await questions.close_done(tx, by=decision.by)


async def _as_seen(tx: TenantTransaction, vault: Vault, decision: Decision) -> Waiting:
    """What waits, locked. Raises NotAllowedNow where it is not what was shown."""
    await tx.execute(
        "SELECT 1 FROM imports WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, decision.import_id
    )
    found = await waiting(tx, vault, decision.import_id)
    if found.seen != decision.seen:
        raise NotAllowedNow("import_changed")
    return found


def _sample(vault: Vault, accounts: Sequence[WaitingAccount]) -> frozenset[UUID]:
    """Those that differ, and some of the others: by a key that nobody knows, so that the file cannot be made for it."""
    differing = [one.id for one in accounts if one.differs]
    rest = sorted((one.id for one in accounts if not one.differs), key=lambda id: vault.recognise(f"sample:{id}"))
    return frozenset([*differing, *rest[: max(SAMPLE_LEAST, len(rest) * SAMPLE_SHARE // 100)]])
