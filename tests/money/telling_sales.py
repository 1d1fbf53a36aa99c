"""Sales, plans and settings, as the ledger is told of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from ledger.access import tenants
from ledger.booking import credited_invoices, invoices, provider_reports, replacement
from ledger.booking.credited_invoices import CreditFacts
from ledger.booking.invoice_facts import InvoiceFacts
from ledger.booking.provider_reports import DisputeReport, RefundReport, SaleReport
from ledger.commissions import manual_lines, month_close
from ledger.commissions.manual_lines import NewManualLine
from ledger.documents import documents
from ledger.documents.documents import Observed
from ledger.payouts import final_settlement
from ledger.programme import campaigns, plans
from ledger.programme.calculation import Rate
from ledger.programme.plans import NewPlan
from ledger.programme.tiers import Tier, TierMode
from ledger.reasons import Reason
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import CommissionId, DocumentKind, TaxStatus
from tests.money.model_sales import LONG_AGO, PLANS, Plan, gross_of, moment
from tests.money.telling import MAKER, Teller

WHY = Reason.of("written_off_or_set_off")

ORGANIZATION = UUID(int=1)


@dataclass
class TellsOfSales(Teller):
    _net: dict[str, int] = field(default_factory=dict)
    _invoice: dict[str, UUID] = field(default_factory=dict)
    _charge: dict[str, int] = field(default_factory=dict)
    _line: dict[str, CommissionId] = field(default_factory=dict)
    _number_of: int = 0

    # What a person sets.

    async def _settings(self, hold_days: int, minimum: int, percent: int, cents: int | None) -> None:
        changes = {
            "hold_days": hold_days,
            "minimum_payout_cents": minimum,
            "clawback_limit_percent": percent,
            "clawback_limit_cents": cents,
        }
        async with self._db() as tx:
            await tenants.change(tx, changes, actor=MAKER)

    async def _status(self, partner: str, kind: str, begins: date, ends: date | None, year: int | None) -> None:
        new = NewTaxStatus(
            status=TaxStatus(kind), valid_from=begins, valid_until=ends, confirmed_year=year, tax_number="12/345/67890"
        )
        async with self._db() as tx:
            await tax_statuses.record_tax_status(tx, self.partner[partner], new, by=MAKER)

    async def _leaves(self, partner: str) -> None:
        async with self._db() as tx:
            await final_settlement.begin(tx, self.partner[partner], by=MAKER)

    async def _stays(self, partner: str) -> None:
        async with self._db() as tx:
            await final_settlement.take_back(tx, self.partner[partner], by=MAKER)

    async def _written(self, name: str, partner: str, cents: int, day: date) -> None:
        new = NewManualLine(
            kind="bonus" if cents > 0 else "correction", net_cents=cents, service_date=day, reason="Test"
        )
        async with self._db() as tx:
            self._line[name] = await manual_lines.write(tx, self.partner[partner], new, by=MAKER)

    async def _line_confirmed(self, name: str) -> None:
        await self._answer(manual_lines.TASK, self._line[name], "confirm")

    async def _line_refused(self, name: str) -> None:
        await self._answer(manual_lines.TASK, self._line[name], "refuse")

    # Sales

    def _intent(self, sale: str) -> str:
        return f"pi_{self.prefix}_{sale}"

    def _instant(self, month: int) -> datetime:
        self._number_of += 1
        return moment((month, self._number_of))

    async def _plan(self, number: int, month: int) -> None:
        new = new_plan(PLANS[number]).model_copy(update={"valid_from": self._instant(month)})
        async with self._db() as tx:
            campaign = await campaigns.find_by_slug(tx, "standard")
            assert campaign is not None
            await plans.add_plan(tx, campaign.id, new, by="test")

    async def _closed(self, month: int) -> None:
        await month_close.close_month(self.ledger, self.tenant, date(2026, month, 1))

    async def _sale(self, name: str, partners: tuple[str, ...], net: int, month: int, subscription: str | None) -> None:
        self._net[name], self._charge[name] = net, gross_of(net)
        async with self._db() as tx:
            await provider_reports.record_sale(
                tx,
                SaleReport(
                    payment_intent=self._intent(name),
                    partner_code=self.code(partners[0]),
                    gross_cents=gross_of(net),
                    tax_cents=gross_of(net) - net,
                    currency="eur",
                    sold_at=self._instant(month),
                    subscription=subscription and f"sub_{self.prefix}_{subscription}",
                ),
            )

    async def _invoice_shows(self, name: str, status: str, day: int = LONG_AGO, **more: Any) -> None:
        net = self._net[name]
        members: dict[str, Any] = {
            "resource_id": self._invoice.setdefault(name, uuid4()),
            "organization_id": ORGANIZATION,
            "status": status,
            "voucher_number": "RE-1",
            "voucher_date": date(2026, 3, 6),
            "net_cents": net,
            "tax_cents": gross_of(net) - net,
            "gross_cents": gross_of(net),
            "base_cents": net,
            "paid_cents": gross_of(net) if status == "paid" else 0,
            "paid_at": self._paid_at(day) if status == "paid" else None,
            "order_references": (self._intent(name),),
        }
        facts = InvoiceFacts(**members | more)
        async with self._db() as tx:
            await invoices.wait_for_turn(tx, facts)
            await documents.observe(
                tx,
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
            await invoices.apply_invoice(tx, facts)

    async def _paid(self, name: str, day: int) -> None:
        await self._invoice_shows(name, "paid", day)

    async def _credited(self, name: str, cents: int) -> None:
        gross = gross_of(self._net[name])
        base = max(0, (2 * self._net[name] * (gross - cents) + gross) // (2 * gross))
        await self._invoice_shows(
            name,
            "paid",
            base_cents=base,
            paid_cents=gross - cents,
            credited_cents=cents,
            reason=WHY,
        )

    async def _unpaid(self, name: str) -> None:
        await self._invoice_shows(name, "open")

    async def _voided(self, name: str, window: bool) -> None:
        assert window == (self.window_days > 0)
        await self._invoice_shows(name, "voided")

    async def _window_over(self, name: str) -> None:
        async with self._db() as tx:
            await tx.execute(
                "UPDATE transactions SET replacement_until = now() WHERE payment_intent = $1", self._intent(name)
            )
            window = await replacement.judge_window(tx, self._invoice[name])
        assert window.outcome is not None

    async def _rewritten(self, name: str, net: int, day: int) -> None:
        self._net[name], self._invoice[name] = net, uuid4()
        await self._invoice_shows(name, "paid", day)

    async def _refund_report(self, name: str, cents: int, failed: str | None) -> None:
        async with self._db() as tx:
            await provider_reports.record_refund(
                tx,
                RefundReport(
                    payment_intent=self._intent(name),
                    charge_cents=self._charge[name],
                    refunded_cents=cents,
                    currency="eur",
                    sold_at=moment((3, 0)),
                    as_of=self._now(),
                    failed_refund=failed,
                ),
            )

    async def _refund(self, name: str, so_far: int) -> None:
        await self._refund_report(name, so_far, None)

    async def _refund_fails(self, name: str, cents: int) -> None:
        await self._refund_report(name, cents, f"re_{uuid4().hex}")

    async def _dispute(self, name: str, dispute: str, status: str, cents: int) -> None:
        async with self._db() as tx:
            await provider_reports.record_dispute(
                tx,
                DisputeReport.model_validate(
                    {
                        "payment_intent": self._intent(name),
                        "dispute": f"{self.prefix}_{dispute}",
                        "status": status,
                        "charge_cents": self._charge[name],
                        "disputed_cents": cents,
                        "currency": "eur",
                        "sold_at": moment((3, 0)),
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
        async with self._db() as tx:
            await credited_invoices.apply_credit(
                tx,
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
    return NewPlan(
        levels=levels,
        tier_mode=mode,
        cap_per_month_cents=plan.cap_per_month,
        max_payments=plan.max_payments,
    )
