"""Random histories of sales and payouts: which events may come next, and how the ledger is told of each.

An event is a tuple (name, …) as tests/money/model.py takes it. To add one: a method of the model, one of LedgerPlayer
with the same name, and a line in `possible`.
"""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from pydantic import SecretStr
from schwifty import IBAN

from ledger import (
    bank_accounts,
    bank_run_rows,
    bank_runs,
    campaigns,
    credited_invoices,
    decisions,
    documents,
    intents,
    invoices,
    month_close,
    partner_bank,
    payout_requests,
    payout_runs,
    payouts,
    plans,
    replacement,
    resolutions,
    sales,
)
from ledger.bank_accounts import NewOwnAccount
from ledger.commission import Rate
from ledger.credited_invoices import CreditFacts
from ledger.database import Connection, Ledger
from ledger.documents import Observed
from ledger.invoice_facts import InvoiceFacts
from ledger.partner_bank import NewBankDetails
from ledger.payouts import Payout
from ledger.plans import NewPlan
from ledger.refusals import NothingDue
from ledger.resolutions import Answer
from ledger.sales import DisputeReport, RefundReport, SaleReport
from ledger.settlement import Meaning, Verdict, settle
from ledger.tiers import Tier, TierMode
from ledger.types import DocumentKind, PartnerId, PayoutState, TaskId, Tenant
from ledger.vault import Vault
from tests.money.model import PLANS, Event, Model, Plan, Sale, gross_of

SOLD_AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
CHAIN = ("ANNA", "BERT", "CARL")
NETS = (500, 999, 8403, 10000, 12345, 100001)
MONTHS = (3, 4)
MAKER, SECOND = "key:maker", "key:other"
VAULT = Vault.from_setting(Fernet.generate_key().decode())


def possible(model: Model, dice: random.Random, *, window: bool) -> Iterator[Event]:
    """What could happen next, each once; the caller chooses."""
    if len(model.sales) < 4:
        seller = dice.randrange(3)
        yield ("sale", f"s{len(model.sales)}", CHAIN[seller:], dice.choice(NETS), dice.choice(MONTHS))
    if len(model.plans) < 5:
        yield ("plan", dice.randrange(len(PLANS)), dice.choice(MONTHS))
    if model.sales:
        yield ("closed", dice.choice(MONTHS))
    for name, sale in model.sales.items():
        yield from _of_sale(name, sale, dice, window=window)
    for partner in CHAIN:
        if model.payable(partner) or dice.random() < 0.05:
            yield ("requested", f"p{len(model.payouts)}", partner)
    if any(model.payable(partner) for partner in CHAIN):
        yield from (("run", f"r{len(model.payouts)}"), ("rehearsed", "r"))
    for name, payout in model.payouts.items():
        match payout.state:
            case "awaiting_approval":
                yield from (("approved", name), ("rejected", name), ("cancelled", name))
            case "approved":
                yield from (("document", name), ("cancelled", name))
            case "credit_note_open":
                yield from (("paid_out", name), ("document_voided", name))
            case "paid":
                yield ("came_back", name)
            case "returned":
                yield from (("answered", name, answer) for answer in ("paid", "cancelled", "settled_manually"))
    yield from _of_the_bank(model)


def _of_the_bank(model: Model) -> Iterator[Event]:
    if model.transferable():
        yield ("drafted", f"b{len(model.bank_runs)}")
    for name, run in model.bank_runs.items():
        match run.state:
            case "draft" if run.payouts:
                yield from (("released", name), ("run_cancelled", name))
            case "approved":
                yield from (("exported", name), ("run_cancelled", name))
            case "exported":
                yield from (("confirmed", name), ("run_cancelled", name))


def _of_sale(name: str, sale: Sale, dice: random.Random, *, window: bool) -> Iterator[Event]:
    if sale.blocked:
        yield from (("window_over", name), ("rewritten", name, dice.choice((sale.net, 5000, 20000))))
    elif sale.voided:
        yield ("rewritten", name, dice.choice((sale.net, 5000, 20000)))
    else:
        yield from (("paid", name), ("unpaid", name))
        if sale.invoice is not None:
            yield ("credited", name, dice.choice((sale.gross // 3, sale.gross // 2, sale.gross)))
            if not sale.notes:
                yield ("voided", name, window)
            if len(sale.notes) < 2:
                yield (
                    "credit_note",
                    name,
                    f"{dice.getrandbits(128):032x}",
                    dice.choice((100, sale.gross // 4, sale.gross)),
                )
    for note in sale.notes:
        yield ("credit_note_voided", name, note)
    left = sale.charge - sale.charge_refunded
    if left > 0:
        yield ("refund", name, sale.charge_refunded + dice.choice((1, min(left, 333), left // 2 or 1, left)))
    if sale.charge_refunded:
        yield ("refund_fails", name, dice.choice((1, sale.charge_refunded)))
    if not sale.open_disputes and not sale.lost_disputes:
        yield ("disputed", name, f"dp_{name}")
    for dispute in sale.open_disputes:
        yield from (("lost", name, dispute, dice.choice((sale.charge, sale.charge // 3))), ("won", name, dispute))
    for dispute in sale.lost_disputes:
        yield ("won", name, dispute)


OFTEN = {
    "sale": 8, "plan": 3, "closed": 3, "paid": 4, "requested": 8, "run": 6, "approved": 25, "document": 40,
    "drafted": 30, "released": 40, "exported": 60, "confirmed": 6, "run_cancelled": 3, "paid_out": 8,
    "document_voided": 6, "came_back": 3, "answered": 20, "window_over": 6, "refund": 3,
}  # fmt: skip
"""How much likelier than the rest: money must get as far as being paid for much of the rest to matter."""


def random_history(seed: int, *, longest: int = 40) -> list[Event]:
    """The same seed, the same history. Some run with a replacement window, some without."""
    dice, model, events = random.Random(seed), Model(), list[Event]()
    length = dice.randint(longest // 3, longest)
    window = dice.random() < 0.5
    for _ in range(length):
        choices = list(possible(model, dice, window=window))
        events += dice.choices(choices, [OFTEN.get(event[0], 1) for event in choices])
        model.apply(events[-1])
    return events


@dataclass
class LedgerPlayer:
    """Tells the ledger of events, through its own functions. The tenant is this player's own."""

    ledger: Ledger
    tenant: Tenant
    partner: dict[str, PartnerId]
    window_days: int = 0
    prefix: str = field(default_factory=lambda: uuid4().hex[:8].upper())
    _net: dict[str, int] = field(default_factory=dict)
    _invoice: dict[str, UUID] = field(default_factory=dict)
    _number: dict[str, str] = field(default_factory=dict)
    _ticks: int = 0
    _hours: int = 0
    _runs: int = 0
    _bank_run: dict[str, str] = field(default_factory=dict)
    _charge: dict[str, int] = field(default_factory=dict)

    async def play(self, event: Event) -> None:
        name, *rest = event
        await getattr(self, f"_{name}")(*rest)

    def code(self, partner: str) -> str:
        return f"{partner}-{self.prefix}"

    def _now(self) -> datetime:
        """Each event a second later than the one before."""
        self._ticks += 1
        return datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=self._ticks)

    @asynccontextmanager
    async def _db(self) -> AsyncIterator[Connection]:
        async with self.ledger.transaction(self.tenant, cause="history") as db:
            yield db

    def _intent(self, sale: str) -> str:
        return f"pi_{self.prefix}_{sale}"

    # Sales

    def _instant(self, month: int) -> datetime:
        self._hours += 1
        return datetime(2026, month, 1, 10, tzinfo=UTC) + timedelta(hours=self._hours)

    async def _plan(self, number: int, month: int) -> None:
        new = new_plan(PLANS[number]).model_copy(update={"valid_from": self._instant(month)})
        async with self._db() as db:
            campaign = await campaigns.find_by_slug(db, self.tenant, "standard")
            assert campaign is not None
            await plans.add_plan(db, self.tenant, campaign.id, new, by="test")

    async def _closed(self, month: int) -> None:
        await month_close.close_month(self.ledger, self.tenant, date(2026, month, 1))

    async def _sale(self, name: str, partners: tuple[str, ...], net: int, month: int) -> None:
        self._net[name], self._charge[name] = net, gross_of(net)
        async with self._db() as db:
            await sales.record_sale(
                db,
                self.tenant,
                SaleReport(
                    payment_intent=self._intent(name),
                    partner_code=self.code(partners[0]),
                    gross_cents=gross_of(net),
                    tax_cents=gross_of(net) - net,
                    currency="eur",
                    sold_at=self._instant(month),
                ),
            )

    async def _invoice_shows(self, name: str, status: str, **more: Any) -> None:
        net = self._net[name]
        members: dict[str, Any] = {
            "resource_id": self._invoice.setdefault(name, uuid4()),
            "organization_id": UUID(int=1),
            "status": status,
            "voucher_number": "RE-1",
            "voucher_date": date(2026, 3, 6),
            "net_cents": net,
            "tax_cents": gross_of(net) - net,
            "gross_cents": gross_of(net),
            "base_cents": net,
            "paid_cents": gross_of(net) if status == "paid" else 0,
            "paid_at": SOLD_AT if status == "paid" else None,
            "order_references": (self._intent(name),),
        }
        facts = InvoiceFacts(**members | more)
        async with self._db() as db:
            await invoices.wait_for_turn(db, self.tenant, facts)
            await documents.observe(
                db,
                self.tenant,
                Observed(
                    kind=DocumentKind.INVOICE,
                    organization_id=facts.organization_id,
                    resource_id=facts.resource_id,
                    voucher_number=facts.voucher_number,
                    status=facts.status,
                    version=1,
                    updated_at=self._now(),
                    net_cents=facts.net_cents,
                    tax_cents=facts.tax_cents,
                    gross_cents=facts.gross_cents,
                    open_cents=facts.open_cents,
                    snapshot_id=uuid4(),
                ),
            )
            await invoices.apply_invoice(db, self.tenant, facts)

    async def _paid(self, name: str) -> None:
        await self._invoice_shows(name, "paid")

    async def _credited(self, name: str, cents: int) -> None:
        gross = gross_of(self._net[name])
        base = max(0, (2 * self._net[name] * (gross - cents) + gross) // (2 * gross))
        await self._invoice_shows(
            name, "paid", base_cents=base, paid_cents=gross - cents, credited_cents=cents, reason="Verrechnet."
        )

    async def _unpaid(self, name: str) -> None:
        await self._invoice_shows(name, "open")

    async def _voided(self, name: str, window: bool) -> None:
        assert window == (self.window_days > 0)
        await self._invoice_shows(name, "voided")

    async def _window_over(self, name: str) -> None:
        async with self._db() as db:
            await db.execute(
                "UPDATE transactions SET replacement_until = now() WHERE payment_intent = $1", self._intent(name)
            )
            window = await replacement.look_at_window(db, self.tenant, self._invoice[name])
        assert window.outcome is not None

    async def _rewritten(self, name: str, net: int) -> None:
        self._net[name], self._invoice[name] = net, uuid4()
        await self._invoice_shows(name, "paid")

    async def _refund_report(self, name: str, cents: int, failed: str | None) -> None:
        async with self._db() as db:
            await sales.record_refund(
                db,
                self.tenant,
                RefundReport(
                    payment_intent=self._intent(name),
                    charge_cents=self._charge[name],
                    refunded_cents=cents,
                    currency="eur",
                    sold_at=SOLD_AT,
                    as_of=self._now(),
                    failed_refund=failed,
                ),
            )

    async def _refund(self, name: str, so_far: int) -> None:
        await self._refund_report(name, so_far, None)

    async def _refund_fails(self, name: str, cents: int) -> None:
        await self._refund_report(name, cents, f"re_{uuid4().hex}")

    async def _dispute(self, name: str, dispute: str, status: str, cents: int) -> None:
        async with self._db() as db:
            await sales.record_dispute(
                db,
                self.tenant,
                DisputeReport.model_validate(
                    {
                        "payment_intent": self._intent(name),
                        "dispute": f"{self.prefix}_{dispute}",
                        "status": status,
                        "charge_cents": self._charge[name],
                        "disputed_cents": cents,
                        "currency": "eur",
                        "sold_at": SOLD_AT,
                        "as_of": self._now(),
                    }
                ),
            )

    async def _disputed(self, name: str, dispute: str) -> None:
        await self._dispute(name, dispute, "open", self._charge[name])

    async def _lost(self, name: str, dispute: str, cents: int) -> None:
        await self._dispute(name, dispute, "lost", cents)

    async def _won(self, name: str, dispute: str) -> None:
        await self._dispute(name, dispute, "won", self._charge[name])

    async def _credit(self, name: str, note: str, cents: int, status: str) -> None:
        async with self._db() as db:
            await credited_invoices.apply_credit(
                db,
                self.tenant,
                CreditFacts(
                    resource_id=UUID(note),
                    voucher_number="GS-1",
                    status=status,
                    gross_cents=cents,
                    updated_at=self._now(),
                    invoice_ids=(self._invoice[name],),
                ),
            )

    async def _credit_note(self, name: str, note: str, cents: int) -> None:
        await self._credit(name, note, cents, "paidoff")

    async def _credit_note_voided(self, name: str, note: str) -> None:
        await self._credit(name, note, 0, "voided")

    # Payouts

    async def _requested(self, name: str, partner: str) -> None:
        try:
            async with self._db() as db:
                made = await payout_requests.request_payout(
                    db, self.tenant, partner_code=self.code(partner), actor=MAKER
                )
        except NothingDue:
            return
        self._number[name] = made.number

    async def _run(self, name: str) -> None:
        """Its batch is done twice, as by a worker that was killed before it could say so."""
        run = await self._begun(rehearsal=False)
        async with self._db() as db:
            rows = await db.fetch(
                "SELECT o.number, p.id FROM payouts o JOIN partners p ON p.id = o.partner_id WHERE o.run_id = $1", run
            )
            named = {row["id"]: row["number"] for row in rows}
            await payout_runs.end(db, self.tenant, run)
        self._number |= {f"{name}/{partner}": named[known] for partner, known in self.partner.items() if known in named}

    async def _rehearsed(self, _: str) -> None:
        await self._begun(rehearsal=True)

    async def _begun(self, *, rehearsal: bool) -> UUID:
        run = uuid4()
        self._runs += 1
        cut_off = payout_runs.cut_off_of(date(2026, 9, 1) + timedelta(days=self._runs))
        async with self._db() as db:
            made = await payout_runs.begin(
                db, self.tenant, run, cut_off=cut_off, rehearsal=rehearsal, requested_by=MAKER
            )
            assert made is not None
            everybody = await payout_runs.partners_left(db, self.tenant, run, after=None, limit=10)
        await payout_runs.take(self.ledger, self.tenant, run, everybody)
        async with self._db() as db:
            left = await payout_runs.partners_left(db, self.tenant, run, after=None, limit=10)
        await payout_runs.take(self.ledger, self.tenant, run, left)
        return run

    async def _approved(self, name: str) -> None:
        async with self._db() as db:
            seen = await payouts.find(db, self.tenant, self._number[name])
            await decisions.approve(db, self.tenant, seen.number, actor=SECOND, seen_hash=seen.content_hash)

    async def _rejected(self, name: str) -> None:
        async with self._db() as db:
            await decisions.reject(db, self.tenant, self._number[name], actor=SECOND, reason="Test")

    async def _cancelled(self, name: str) -> None:
        async with self._db() as db:
            await decisions.cancel(db, self.tenant, self._number[name], actor=SECOND, reason="Test")

    async def _document(self, name: str) -> None:
        async with self._db() as db:
            payout = await payouts.lock(db, self.tenant, self._number[name])
            intent = await intents.open_intent(
                db,
                self.tenant,
                kind=DocumentKind.CREDIT_NOTE,
                marker=intents.new_marker(payout.number),
                organization_id=UUID(int=1),
                content={},
                content_hash=payout.content_hash,
                net_cents=payout.net_cents,
                gross_cents=payout.gross_cents,
                payout_id=payout.id,
            )
            document, totals = uuid4(), _totals(payout)
            await intents.made(db, self.tenant, intent, document)
            await documents.observe(
                db,
                self.tenant,
                Observed(
                    kind=DocumentKind.CREDIT_NOTE,
                    organization_id=UUID(int=1),
                    resource_id=document,
                    voucher_number=payout.number.replace("PO", "GS"),
                    status="open",
                    version=1,
                    updated_at=self._now(),
                    snapshot_id=uuid4(),
                    **totals,
                ),
            )
            await documents.keep_created_totals(db, self.tenant, document, totals)
            await payouts.change_state(db, self.tenant, payout, PayoutState.CREDIT_NOTE_OPEN)
            await intents.close(db, self.tenant, intent)

    async def _shows(self, name: str, meaning: Meaning, **more: Any) -> None:
        async with self._db() as db:
            payout = await payouts.lock(db, self.tenant, self._number[name])
            await settle(db, self.tenant, payout, Verdict(meaning=meaning, **more))

    async def _paid_out(self, name: str) -> None:
        await self._shows(name, Meaning.PAID, voucher_number="GS-1")

    async def _document_voided(self, name: str) -> None:
        await self._shows(name, Meaning.VOIDED)

    async def _came_back(self, name: str) -> None:
        await self._shows(name, Meaning.VOIDED)
        await self._answered(name, "cancelled")

    async def _answered(self, name: str, action: str) -> None:
        """A person says what became of the money."""
        async with self._db() as db:
            task = await db.fetchval(
                "SELECT id FROM tasks WHERE kind = 'returned' AND state = 'open' AND subject_id = $1",
                self._number[name],
            )
            answer = Answer(action=action, reason="Test")
            await resolutions.resolve(db, self.tenant, TaskId(task), answer, actor=SECOND)

    # Bank runs

    async def _drafted(self, name: str) -> None:
        async with self._db() as db:
            self._bank_run[name] = (await bank_runs.create(db, self.tenant, VAULT, by=MAKER)).number

    async def _refreshed(self, name: str) -> bank_run_rows.BankRun:
        async with self._db() as db:
            await bank_runs.refresh(db, self.tenant, VAULT, self._bank_run[name], by=SECOND)
            return await bank_run_rows.find(db, self.tenant, self._bank_run[name])

    async def _released(self, name: str) -> None:
        run = await self._refreshed(name)
        if run.payments:
            async with self._db() as db:
                await bank_runs.approve(db, self.tenant, VAULT, run.number, by=SECOND, seen_hash=run.content_hash)

    async def _exported(self, name: str) -> None:
        if (await self._refreshed(name)).state == "approved":
            async with self._db() as db:
                await bank_runs.download(db, self.tenant, VAULT, self._bank_run[name], by=MAKER)

    async def _confirmed(self, name: str) -> None:
        async with self._db() as db:
            await bank_runs.confirm(db, self.tenant, self._bank_run[name], by=MAKER)

    async def _run_cancelled(self, name: str) -> None:
        async with self._db() as db:
            run = await bank_runs.cancel(db, self.tenant, self._bank_run[name], by=MAKER, reason="Test")
            if run.state == "exported":
                await bank_runs.confirm_cancel(db, self.tenant, run.number, by=SECOND)

    async def open_accounts(self) -> None:
        """An account to pay from, and one for each partner, all in force."""
        async with self._db() as db:
            own = await bank_accounts.record(
                db,
                self.tenant,
                VAULT,
                NewOwnAccount(account_holder="Test", iban=SecretStr("DE89370400440532013000")),
                by=MAKER,
            )
            await bank_accounts.confirm(db, self.tenant, own.id, by=SECOND)
            for number, partner in enumerate(CHAIN, start=1):
                iban = IBAN.generate("DE", bank_code="12030000", account_code=f"{number:010}")
                account = await partner_bank.save_bank_details(
                    db,
                    self.tenant,
                    VAULT,
                    self.partner[partner],
                    NewBankDetails(account_holder=partner, iban=SecretStr(str(iban))),
                    by=MAKER,
                )
                await db.execute("UPDATE partner_bank_details SET usable_from = now() WHERE id = $1", account.id)
                await partner_bank.confirm(db, self.tenant, self.partner[partner], account.id, by=SECOND)

    # What the ledger says now.

    async def balance(self, partner: str) -> dict[str, int]:
        async with self._db() as db:
            rows = await db.fetch(
                """
                SELECT c.state, sum(c.net_cents)::bigint AS cents FROM commissions c
                 WHERE c.partner_id = $1
                   AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.reissued_of = c.id) GROUP BY c.state
                """,
                self.partner[partner],
            )
        sums = {row["state"]: row["cents"] for row in rows}
        return {
            "open": sums.get("pending", 0) + sums.get("approved", 0),
            "in_payout": sums.get("in_payout", 0),
            "paid": sums.get("paid", 0),
        }

    async def payouts(self) -> dict[str, tuple[str, int, str]]:
        """State, net and the kind of reference of each payout that holds something, by the history's name."""
        async with self._db() as db:
            rows = await db.fetch("SELECT number, state, net_cents, payment_reference FROM payouts")
        found = {row["number"]: row for row in rows}
        return {
            name: (
                found[number]["state"],
                found[number]["net_cents"],
                _kind(number, found[number]["payment_reference"]),
            )
            for name, number in self._number.items()
            if found[number]["state"] not in ("cancelled", "rejected")
        }


def new_plan(plan: Plan) -> NewPlan:
    levels = tuple(
        Rate(
            level=level,
            percent=percent,
            cap_per_sale_cents=plan.cap_per_sale if level == 1 else None,
            tiers=tuple(Tier(from_cents=start, percent=rate) for start, rate in tiers),
        )
        for level, (percent, tiers) in enumerate(zip(plan.percent, plan.tiers, strict=True), start=1)
    )
    mode = None if plan.mode is None else TierMode(plan.mode)
    return NewPlan(levels=levels, tier_mode=mode, cap_per_month_cents=plan.cap_per_month)


def _totals(payout: Payout) -> dict[str, int]:
    return {name: getattr(payout, name) for name in ("net_cents", "tax_cents", "gross_cents")}


def _kind(number: str, reference: str | None) -> str:
    return "" if reference is None else "PO" if reference == number else "GS"
