"""What is due to a partner at an instant, and why the rest is not. Everything that pays asks here.

Due is what is approved, final, neither held nor blocked, and past its hold (Stornofrist); less claw-backs within the
tenant's limit; per tax case. Below the minimum, which counts all tax cases together, it is carried (Übertrag), unless
the partner leaves (Schlussabrechnung), the case can grow no more, or some of it was due for three months (§ 87c HGB).
Without bank details in force it is carried, too, unless the tenant pays by hand. Cents are net of the partner's VAT.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import asyncpg

from ledger import clock
from ledger.database import TenantTransaction
from ledger.payouts import by_hand, status_limits
from ledger.payouts.due_documents import DueLine, Place, Placed, barred, netted, oldest, place_of, with_what_takes_back
from ledger.reasons import Reason
from ledger.refusals import NotFound
from ledger.sales.sale_holds import SaleHold
from ledger.tax import turnovers
from ledger.tax.document_rules import BlockedBy, PartnerFacts, TenantFacts
from ledger.tax.strategies import AnyRule, Strategies, document_for, rule_kept, strategies
from ledger.tax.tax_facts import FACTS, facts_of_today, status_on, tenant_facts
from ledger.tax.turnovers import Turnovers
from ledger.types import Frozen, PartnerId, TaxCase

_PATIENCE_S = 3.0
"""For one partner, who may have thousands of open lines: they take longer than most statements may."""


class NotDue(StrEnum):
    """Why something is not paid yet. Each is the code of its sentence, but for `no_document`, which has many, and for
    a sale that is held by a dispute."""

    NOT_PAID = "not_paid"
    NOT_CONFIRMED = "not_confirmed"
    PROVISIONAL = "provisional"
    SALE_HELD = "sale_held"
    SALE_BLOCKED = "sale_blocked"
    HOLD = "hold"
    AFTER_CUT_OFF = "after_cut_off"
    PARTNER_STOPPED = "partner_stopped"
    NO_DOCUMENT = "no_document"
    CLAWBACK_LIMIT = "clawback_limit"
    BELOW_MINIMUM = "below_minimum"
    NOT_ABOVE_ZERO = "not_above_zero"
    NO_BANK_DETAILS = "no_bank_details"
    BANK_DETAILS_NOT_CONFIRMED = "bank_details_not_confirmed"


FOR_WANT_OF_AN_ACCOUNT = frozenset({NotDue.NO_BANK_DETAILS, NotDue.BANK_DETAILS_NOT_CONFIRMED})


class Waiting(Frozen):
    """What is not due, summed by reason. `until` is the earliest instant at which some of it changes by itself."""

    reason: NotDue
    code: str
    """Of the sentence that says why."""
    params: dict[str, Any]
    cents: int
    lines: int
    until: datetime | None = None

    @property
    def why(self) -> Reason:
        """What it waits for, to be rendered."""
        return Reason(code=self.code, params=self.params)


class DueGroup(Frozen):
    """What one document would hold. `carried` says why there is none, and what goes to the next time."""

    tax_case: TaxCase
    month: date | None
    """The first day of the month that it covers, where the tenant owes the tax (§ 13b UStG); else None."""
    rule: AnyRule
    lines: tuple[DueLine, ...]
    every_line: tuple[DueLine, ...]
    """With the claw-backs that the limit leaves for later."""
    may_earn: bool
    """By what the partner is today, or by what waits, more of this tax case may come."""
    can_grow: bool
    """Whether it may wait for more: what can grow no more, or is over, is paid whatever its size."""
    carried: Waiting | None

    @property
    def net_cents(self) -> int:
        """The sum of its lines, claw-backs taken off. Net cents."""
        return sum(line.net_cents for line in self.lines)


class PartnerDue(Frozen):
    """What is due to a partner, by tax case, and what still waits. Cents are net."""

    partner_id: PartnerId
    partner_code: str
    minimum_cents: int
    leaving: bool
    groups: tuple[DueGroup, ...]
    """The tax case of the oldest service first; one that holds nothing but claw-backs comes last."""
    waiting: tuple[Waiting, ...]

    @property
    def payable(self) -> tuple[DueGroup, ...]:
        """The groups that may be paid now."""
        return tuple(group for group in self.groups if group.carried is None)

    def group_of(self, tax_case: TaxCase) -> DueGroup | None:
        """The group of this tax case, or None; of several months the oldest that may be paid."""
        of_case = [group for group in self.groups if group.tax_case is tax_case]
        return next((group for group in of_case if group.carried is None), next(iter(of_case), None))

    def waits_for(self, reason: NotDue) -> Waiting | None:
        """What waits for this reason, or None."""
        return next((waiting for waiting in self.waiting if waiting.reason is reason), None)


class _Settings(NamedTuple):
    facts: TenantFacts
    chosen: Strategies
    turnovers: Turnovers
    today: date
    """In Berlin."""
    partners: dict[PartnerId, PartnerFacts]
    """As of today."""
    limit_percent: Decimal
    limit_cents: int | None
    commercial_agents: bool
    """Whether partners are Handelsvertreter: their balance is paid every three months, however small."""
    cut_off: datetime | None
    without_account: dict[PartnerId, str]
    above_limits: dict[PartnerId, BlockedBy]
    """Small businesses whose own payouts ask whether they still are."""


_ROWS = f"""
    SELECT c.partner_id, c.id, c.kind, c.state, c.net_cents, c.service_date, c.provisional, c.tax_case, c.created_at,
           t.open_holds,
           p.code, p.payouts_stopped_reason IS NOT NULL AS stopped, p.leaving_since IS NOT NULL AS leaving,
           COALESCE(p.minimum_payout_cents, n.minimum_payout_cents) AS minimum_cents, h.begins, h.free_at,
           COALESCE(h.free_at, '-infinity') > COALESCE($2::timestamptz, now()) AS on_hold,
           -- Since it may be paid, or was known where that was later (§ 87c Abs. 1 HGB).
           greatest(h.free_at, h.begins, c.created_at) <= now() - interval '3 months' AS is_old,
           (c.month + interval '1 month') AT TIME ZONE 'Europe/Berlin' AS month_over,
           {FACTS}
      FROM commissions c
      JOIN tenants n ON n.id = c.tenant_id
      JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
      LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
      LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(t.campaign_id, c.campaign_id)
      {status_on("c.service_date")}
     CROSS JOIN LATERAL (
           -- The hold ends at midnight in Berlin, so many days after the day on which the customer paid.
           SELECT b.begins, CASE WHEN b.days > 0 AND c.net_cents > 0 AND c.kind <> 'correction'
                                 THEN ((b.begins AT TIME ZONE 'Europe/Berlin')::date + b.days)::timestamp
                                      AT TIME ZONE 'Europe/Berlin' END AS free_at
             FROM (SELECT COALESCE(c.free_from, t.paid_at, t.sold_at, c.created_at) AS begins,
                          COALESCE(k.hold_days, n.hold_days) AS days) b) h
     -- What is worth nothing (a payment beyond the plan's number, less than half a cent) is in no payout.
     WHERE c.tenant_id = $1 AND c.state IN ('pending', 'approved') AND c.net_cents <> 0
"""


async def of_partner(tx: TenantTransaction, partner_id: PartnerId, *, cut_off: datetime | None = None) -> PartnerDue:
    """What a partner is owed, by tax case, in net cents.

    Raises NotFound. Without `cut_off` it is now. To pay it, hold the partner's commissions first.
    """
    rows = await tx.fetch(
        _ROWS + " AND c.partner_id = $3 ORDER BY c.seq", tx.tenant.id, cut_off, partner_id, timeout=_PATIENCE_S
    )
    if rows:
        return _partner_due(rows, await _settings(tx, [partner_id], cut_off))
    partner = await tx.fetchrow(
        """
        SELECT p.code, COALESCE(p.minimum_payout_cents, n.minimum_payout_cents) AS minimum_cents,
               p.leaving_since IS NOT NULL AS leaving
          FROM partners p JOIN tenants n ON n.id = p.tenant_id WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        partner_id,
    )
    if partner is None:
        raise NotFound("partner_not_found")
    return PartnerDue(
        partner_id=partner_id,
        partner_code=partner["code"],
        minimum_cents=partner["minimum_cents"],
        leaving=partner["leaving"],
        groups=(),
        waiting=(),
    )


async def of_partners(
    tx: TenantTransaction,
    partners: Sequence[PartnerId],
    *,
    cut_off: datetime | None = None,
    holds_at: datetime | None = None,
) -> list[PartnerDue]:
    """The same of several in one statement, in the order of their ids; those with nothing open are left out.

    `holds_at`: the instant at which a hold must be over, where that is not the cut-off.
    """
    rows = await tx.fetch(
        _ROWS + " AND c.partner_id = ANY ($3) ORDER BY c.partner_id, c.seq",
        tx.tenant.id,
        holds_at or cut_off,
        list(partners),
    )
    settings = await _settings(tx, partners, cut_off)
    return [_partner_due(list(of_one), settings) for _, of_one in groupby(rows, itemgetter("partner_id"))]


async def _settings(tx: TenantTransaction, partners: Sequence[PartnerId], cut_off: datetime | None) -> _Settings:
    row = await tx.fetchrow(
        "SELECT clawback_limit_percent, clawback_limit_cents, commercial_agents FROM tenants WHERE id = $1",
        tx.tenant.id,
    )
    assert row is not None
    return _Settings(
        facts=await tenant_facts(tx),
        chosen=await strategies(tx),
        turnovers=await turnovers.turnovers(tx),
        today=clock.today(),
        partners=await facts_of_today(tx, partners),
        limit_percent=row["clawback_limit_percent"],
        limit_cents=row["clawback_limit_cents"],
        commercial_agents=row["commercial_agents"],
        cut_off=cut_off,
        without_account=await by_hand.find_kept_waiting(tx, partners),
        above_limits=await status_limits.find_above(tx, partners),
    )


def _partner_due(rows: Sequence[asyncpg.Record], settings: _Settings) -> PartnerDue:
    first = rows[0]
    sums: dict[tuple[NotDue, str], _Sum] = {}
    by_case: Placed = {}
    rules: dict[Any, AnyRule | BlockedBy] = {}
    # A case that is blocked today may be the same one again tomorrow.
    today = document_for(settings.partners[first["partner_id"]], settings.facts, settings.today, settings.chosen)
    growing = set(TaxCase) if isinstance(today, BlockedBy) else {today.tax_case}
    for row in rows:
        reason = _reason(row, settings.cut_off)
        if row["service_date"] not in rules:
            rules[row["service_date"]] = _rule(PartnerFacts.from_row(row), row, settings)
        rule = rules[row["service_date"]]
        if row["tax_case"] is not None:
            # A claw-back keeps the tax case of the line that it answers, whatever the partner has become.
            rule = rule_kept(TaxCase(row["tax_case"]), settings.chosen)
        if reason is not None:
            sums.setdefault((reason, _code(row, reason)), _Sum()).add(row, reason)
            growing |= {rule.tax_case} if row["net_cents"] > 0 and not isinstance(rule, BlockedBy) else set()
            continue
        if isinstance(rule, BlockedBy):
            sums.setdefault((NotDue.NO_DOCUMENT, rule.code), _Sum(rule.params)).add(row, NotDue.NO_DOCUMENT)
            continue
        by_case.setdefault(place_of(rule.tax_case, row), (rule, []))[1].append(row)
    waiting = {
        (reason, code): Waiting(
            reason=reason, code=code, params=of.params, cents=of.cents, lines=of.lines, until=of.until
        )
        for (reason, code), of in sums.items()
    }
    groups = _carried(
        [
            _group(place, rule, found, settings, growing)
            for place, (rule, found) in sorted(with_what_takes_back(by_case).items(), key=lambda one: oldest(one[1]))
        ],
        first,
        settings,
    )
    for group in groups:
        left = sum(line.whole_cents for line in group.every_line) - group.net_cents
        if left:
            key = (NotDue.CLAWBACK_LIMIT, f"{group.tax_case} {group.month}")
            waiting[key] = Waiting(
                reason=NotDue.CLAWBACK_LIMIT,
                code=str(NotDue.CLAWBACK_LIMIT),
                params={},
                cents=left,
                lines=len(group.every_line) - len(group.lines),
            )
    return PartnerDue(
        partner_id=PartnerId(first["partner_id"]),
        partner_code=first["code"],
        minimum_cents=first["minimum_cents"],
        leaving=first["leaving"],
        groups=groups,
        waiting=(*waiting.values(), *(group.carried for group in groups if group.carried)),
    )


def _rule(facts: PartnerFacts, row: asyncpg.Record, settings: _Settings) -> AnyRule | BlockedBy:
    rule = document_for(facts, settings.facts, row["service_date"], settings.chosen)
    above = settings.above_limits.get(row["partner_id"])
    is_small = not isinstance(rule, BlockedBy) and rule.tax_case is TaxCase.SMALL_BUSINESS
    return above if above and is_small else rule


def _reason(row: asyncpg.Record, cut_off: datetime | None) -> NotDue | None:
    if row["stopped"]:
        return NotDue.PARTNER_STOPPED
    if row["kind"] == "correction" and row["state"] == "pending":
        return NotDue.NOT_CONFIRMED
    # A hold never releases money: what takes back counts, whatever holds the sale.
    if row["open_holds"] is not None and row["net_cents"] > 0:
        return NotDue.SALE_BLOCKED if row["open_holds"] == [SaleHold.INVOICE_VOIDED] else NotDue.SALE_HELD
    if row["state"] == "pending":
        return NotDue.PROVISIONAL if row["provisional"] else NotDue.NOT_PAID
    if row["provisional"]:
        return NotDue.PROVISIONAL
    # What was taken back is netted as soon as it is known.
    if cut_off is not None and row["net_cents"] > 0 and _is_after(row, cut_off):
        return NotDue.AFTER_CUT_OFF
    return NotDue.HOLD if row["on_hold"] else None


def _code(row: asyncpg.Record, reason: NotDue) -> str:
    is_disputed = reason is NotDue.SALE_HELD and SaleHold.DISPUTE in row["open_holds"]
    return "sale_disputed" if is_disputed else str(reason)


def _is_after(row: asyncpg.Record, cut_off: datetime) -> bool:
    """The line of a month belongs to the run that closes the month, whenever the last of its customers paid."""
    return bool(row["begins"] >= cut_off if row["month_over"] is None else row["month_over"] > cut_off)


@dataclass
class _Sum:
    """What waits for one reason, while it is added up: a partner may have thousands of such lines."""

    params: dict[str, Any] = field(default_factory=dict)
    cents: int = 0
    lines: int = 0
    until: datetime | None = None

    def add(self, row: asyncpg.Record, reason: NotDue) -> None:
        self.cents += row["net_cents"]
        self.lines += 1
        if reason is NotDue.HOLD and (self.until is None or row["free_at"] < self.until):
            self.until = row["free_at"]


def _group(
    place: Place, rule: AnyRule, rows: Sequence[asyncpg.Record], settings: _Settings, growing: Set[TaxCase]
) -> DueGroup:
    # What is left of a claw-back that was split, or came back with its payout, is a newer row and as old as the first.
    by_age = sorted(rows, key=itemgetter("created_at"))
    every = tuple(DueLine(row["id"], row["net_cents"], row["net_cents"], row["service_date"]) for row in by_age)
    lines = netted(every, percent=settings.limit_percent, most_cents=settings.limit_cents)
    # The tax of a month is declared with that month: what is below the minimum at its end is not carried into the next.
    is_over = place.month is not None and place.month < settings.today.replace(day=1)
    is_over |= settings.commercial_agents and any(row["is_old"] and row["net_cents"] > 0 for row in rows)
    return DueGroup(
        tax_case=rule.tax_case,
        month=place.month,
        rule=rule,
        lines=lines,
        every_line=every,
        may_earn=rule.tax_case in growing,
        can_grow=rule.tax_case in growing and not is_over,
        carried=None,
    )


def _carried(groups: Sequence[DueGroup], partner: asyncpg.Record, settings: _Settings) -> tuple[DueGroup, ...]:
    """With what is carried, and why."""
    without_account = settings.without_account.get(partner["partner_id"])
    balance, minimum = sum(group.net_cents for group in groups), partner["minimum_cents"]
    below = not partner["leaving"] and balance < minimum

    def why(group: DueGroup) -> Waiting | None:
        params: dict[str, Any] = {}
        code = None
        if group.net_cents <= 0:
            reason, params = NotDue.NOT_ABOVE_ZERO, {"net": group.net_cents}
        elif bar := barred(group.rule, group.lines, settings.turnovers):
            reason, code, params = NotDue.NO_DOCUMENT, bar.code, bar.params
        elif group.can_grow and below:
            reason, params = NotDue.BELOW_MINIMUM, {"net": balance, "minimum": minimum}
        elif without_account is not None:
            reason = NotDue(without_account)
        else:
            return None
        return Waiting(
            reason=reason, code=code or str(reason), params=params, cents=group.net_cents, lines=len(group.lines)
        )

    return tuple(group.model_copy(update={"carried": why(group)}) for group in groups)
