"""Making a payout: all that is due to a partner (due.py), or why there is nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ledger import clock
from ledger.audit import audit
from ledger.books import books_named
from ledger.commissions import debts
from ledger.database import TenantTransaction
from ledger.money import share, vat_cents
from ledger.payouts import due, own_content, payout_content, payouts, set_offs, status_limits
from ledger.payouts.due import FOR_WANT_OF_AN_ACCOUNT, DueGroup, NotDue, PartnerDue, Waiting
from ledger.payouts.due_documents import DueLine
from ledger.payouts.payouts import Payout
from ledger.plain_text import code_of
from ledger.refusals import Blocked, NotAcceptable, NotFound, NothingDue, Refused
from ledger.tax import turnovers
from ledger.tax.document_rules import BlockedBy
from ledger.tax.strategies import get_books, rule_by
from ledger.tax.tax_facts import partner_facts, tenant_facts
from ledger.types import BERLIN, DocumentStrategy, PartnerId, PayoutId, PayoutNumber, TaxCase


async def request_payout(
    tx: TenantTransaction,
    *,
    partner_code: str,
    actor: str,
    tax_case: TaxCase | None = None,
    now: datetime | None = None,
) -> Payout:
    """Put all that is due to a partner (due.py) into one new payout that awaits approval.

    One document holds one tax case: where the commissions fall into several, that of the oldest that can be paid is
    taken, or the one asked for. Raises NotFound, NothingDue (nothing due, below the minimum, not above zero) and
    Blocked (the partner is stopped or has no bank details in force, or the document table forbids it, with the reason).
    """
    partner_id = await _lock_partner(tx, partner_code)
    owed = await due.of_partner(tx, partner_id)
    if stopped := owed.waits_for(NotDue.PARTNER_STOPPED):
        raise Blocked(stopped.code, **stopped.params)
    group = owed.group_of(tax_case) if tax_case else _first(owed)
    if group is None:
        raise _nothing_due(owed, tax_case)
    if group.carried is not None:
        raise _carried(group.carried)
    [payout] = await make_payouts(tx, [(owed, group)], actor=actor, now=now)
    return payout


async def make_payouts(
    tx: TenantTransaction,
    wanted: Sequence[tuple[PartnerDue, DueGroup]],
    *,
    actor: str,
    now: datetime | None = None,
    run: UUID | None = None,
) -> list[Payout]:
    """A payout of each payable group, in this order. They were read in this transaction under `hold_open_commissions`.

    Each statement writes for all of them: a run makes many in one transaction.
    """
    if not wanted:
        return []
    for line in (line for _, group in wanted for line in group.lines):
        if line.net_cents != line.whole_cents:
            await debts.split(tx, line.commission_id, -line.net_cents)
    numbers = await _next_numbers(tx, now or clock.now(), len(wanted))
    taxes = [vat_cents(group.net_cents, group.rule.rate) for _, group in wanted]
    made = await _insert_payouts(tx, wanted, numbers, taxes, actor=actor, run=run)
    groups = [(made[number], group, tax) for number, (_, group), tax in zip(numbers, wanted, taxes, strict=True)]
    await _insert_lines(tx, groups)
    await set_offs.propose(tx, [id for id, _, _ in groups])
    await payout_content.renew_content_hashes(tx, [id for id, _, _ in groups])
    await audit.record_each(
        tx,
        actor=actor,
        action="payout.requested",
        subject="payout",
        entries=[
            (number, {"net_cents": group.net_cents, "tax_cents": tax, "lines": len(group.lines)})
            for number, (_, group, tax) in zip(numbers, groups, strict=True)
        ],
    )
    return await payouts.get_each(tx, numbers)


async def hold_partners(tx: TenantTransaction, partners: Sequence[PartnerId]) -> None:
    """Two requests for one partner take turns."""
    # Not FOR UPDATE: whoever follows a refund holds commissions that we want next, and writes one of this partner.
    await tx.execute(
        "SELECT 1 FROM partners WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE",
        tx.tenant.id,
        list(partners),
    )


async def hold_open_commissions(tx: TenantTransaction, partners: Sequence[PartnerId]) -> None:
    """The partners, and all that a payout of theirs could take: a second request finds nothing left."""
    await hold_partners(tx, partners)
    await tx.execute(
        """
        SELECT 1 FROM commissions WHERE tenant_id = $1 AND partner_id = ANY ($2) AND state = 'approved'
         ORDER BY partner_id, seq FOR UPDATE
        """,
        tx.tenant.id,
        list(partners),
    )


async def why_blocked(tx: TenantTransaction, payout: Payout) -> BlockedBy | None:
    """Whether the document table still allows this payout's document, judged anew before the document is made.

    By the strategy and the books that it was made with.
    """
    if payout.tax_case is TaxCase.SMALL_BUSINESS:
        above = await status_limits.find_above(tx, [payout.partner_id])
        if above:
            return above[payout.partner_id]
    if payout.strategy is DocumentStrategy.OWN_DOCUMENT:
        return await own_content.why_not(tx, payout)
    facts = await tenant_facts(tx, payout.books)
    rows = await tx.fetch(
        """
        SELECT DISTINCT c.service_date FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND l.released_at IS NULL AND c.tax_case IS NULL ORDER BY 1
        """,
        tx.tenant.id,
        payout.id,
    )
    for row in rows:
        rule = rule_by(payout.strategy, await partner_facts(tx, payout.partner_id, row[0]), facts, row[0])
        if isinstance(rule, BlockedBy):
            return rule
        if rule.tax_case is not payout.tax_case:
            return BlockedBy(code="tax_case_changed")
    days = [row[0] for row in rows]
    return turnovers.bar(payout.tax_case, days, payout.gross_cents, await turnovers.turnovers(tx))


async def _lock_partner(tx: TenantTransaction, code: str) -> PartnerId:
    partner: PartnerId | None = await tx.fetchval(
        "SELECT id FROM partners WHERE tenant_id = $1 AND code = $2", tx.tenant.id, code_of(code)
    )
    if partner is None:
        raise NotFound("partner_not_found")
    await hold_open_commissions(tx, [partner])
    return partner


def _first(owed: PartnerDue) -> DueGroup | None:
    """The oldest that can be paid, unless the minimum would hold back the others then: it counts them together."""
    waiting = [one for one in owed.groups if one.carried and one.carried.reason in FOR_WANT_OF_AN_ACCOUNT]
    leaving_the_others = [one for one in owed.payable if _leaves_the_others(owed, one)]
    return next(iter([*leaving_the_others, *owed.payable, *waiting, *owed.groups]), None)


def _leaves_the_others(owed: PartnerDue, paid: DueGroup) -> bool:
    if owed.leaving or not any(other.can_grow for other in owed.payable if other is not paid):
        return True
    owed_still = sum(line.whole_cents for line in paid.every_line) - paid.net_cents
    others = sum(other.net_cents for other in owed.groups if other is not paid)
    return others + owed_still >= owed.minimum_cents


def _nothing_due(owed: PartnerDue, wanted: TaxCase | None) -> Refused:
    if no_document := owed.waits_for(NotDue.NO_DOCUMENT):
        return Blocked(no_document.code, **no_document.params)
    if wanted and owed.groups:
        return NothingDue("nothing_due_in_tax_case")
    if hold := owed.waits_for(NotDue.HOLD):
        if hold.until is None:
            return NothingDue("hold_not_over", amount=hold.cents)
        return NothingDue("hold_until", amount=hold.cents, day=hold.until)
    if held := owed.waits_for(NotDue.SALE_HELD) or owed.waits_for(NotDue.SALE_BLOCKED):
        return NothingDue(held.code, **held.params)
    return NothingDue()


def _carried(why: Waiting) -> Refused:
    match why.reason:
        case NotDue.NO_BANK_DETAILS:
            return Blocked("no_bank_details")
        case NotDue.BANK_DETAILS_NOT_CONFIRMED:
            return Blocked("bank_details_not_confirmed")
        case NotDue.NO_DOCUMENT:
            return Blocked(why.code, **why.params)
        case _:
            return NothingDue(why.code, **why.params)


async def _next_numbers(tx: TenantTransaction, now: datetime, count: int) -> list[PayoutNumber]:
    """Without gaps: the counter's row is held by the transaction that inserts the payouts."""
    year = now.astimezone(BERLIN).year
    last = await tx.fetchval(
        """
        INSERT INTO payout_counters (tenant_id, year, last) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, year) DO UPDATE SET last = payout_counters.last + $3 RETURNING last
        """,
        tx.tenant.id,
        year,
        count,
    )
    if last is None:
        raise NotAcceptable("no_payout_number")
    return [PayoutNumber(f"PO-{year}-{number:04d}") for number in range(last - count + 1, last + 1)]


async def _insert_payouts(
    tx: TenantTransaction,
    wanted: Sequence[tuple[PartnerDue, DueGroup]],
    numbers: Sequence[PayoutNumber],
    taxes: Sequence[int],
    *,
    actor: str,
    run: UUID | None,
) -> dict[PayoutNumber, PayoutId]:
    books = await get_books(tx)
    rows = await tx.fetch(
        """
        INSERT INTO payouts (tenant_id, number, partner_id, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
                             period_from, period_to, bank_details_id, content_hash, requested_by, run_id, strategy,
                             books, hash_version)
        SELECT $1, number, partner, tax_case, net, rate, tax, net + tax, first_day, last_day,
               (SELECT id FROM partner_bank_details b
                 WHERE b.tenant_id = $1 AND b.partner_id = partner AND b.state = 'active'),
               '', $2, $3, strategy, $13,
               CASE WHEN strategy <> 'own_document' THEN $14::integer
                    WHEN (SELECT set_off_claims FROM tenants WHERE id = $1) THEN 3 ELSE 2 END
          FROM unnest($4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::numeric[], $9::bigint[], $10::date[],
                      $11::date[], $12::text[]) WITH ORDINALITY
               AS w (number, partner, tax_case, net, rate, tax, first_day, last_day, strategy, position)
         ORDER BY position RETURNING id, number
        """,
        tx.tenant.id,
        actor,
        run,
        numbers,
        [owed.partner_id for owed, _ in wanted],
        [group.rule.tax_case for _, group in wanted],
        [group.net_cents for _, group in wanted],
        [group.rule.rate for _, group in wanted],
        taxes,
        [min(line.service_date for line in group.lines) for _, group in wanted],
        [max(line.service_date for line in group.lines) for _, group in wanted],
        [group.rule.strategy for _, group in wanted],
        books,
        books_named(books).formula,
    )
    return {PayoutNumber(row["number"]): PayoutId(row["id"]) for row in rows}


async def _insert_lines(tx: TenantTransaction, groups: Sequence[tuple[PayoutId, DueGroup, int]]) -> None:
    """The lines of these payouts with their shares of the tax; their commissions are in a payout from here on."""
    lines = [
        (payout, position, line.commission_id, line.net_cents, group.rule.rate, part)
        for payout, group, tax in groups
        for position, (line, part) in enumerate(zip(group.lines, _shares(tax, group.lines), strict=True), start=1)
    ]
    await tx.execute(
        """
        INSERT INTO payout_lines
               (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents, gross_cents)
        SELECT $1, payout, position, commission, net, rate, tax, net + tax
          FROM unnest($2::uuid[], $3::integer[], $4::uuid[], $5::bigint[], $6::numeric[], $7::bigint[])
               AS l (payout, position, commission, net, rate, tax)
        """,
        tx.tenant.id,
        *map(list, zip(*lines, strict=True)),
    )
    await tx.execute(
        "UPDATE commissions SET state = 'in_payout' WHERE tenant_id = $1 AND id = ANY ($2)",
        tx.tenant.id,
        [line.commission_id for _, group, _ in groups for line in group.lines],
    )


def _shares(tax: int, lines: Sequence[DueLine]) -> list[int]:
    return share(tax, [line.net_cents for line in lines]) if tax else [0] * len(lines)
