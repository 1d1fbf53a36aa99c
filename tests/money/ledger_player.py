"""Everything that may happen, told to the ledger; and what the ledger says of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic import SecretStr
from schwifty import IBAN

from activities.payouts import next_step
from ledger.bank import bank_accounts, bank_export, bank_run_cancelling, bank_run_rows, bank_runs, partner_accounts
from ledger.bank.bank_accounts import NewOwnAccount
from ledger.bank.partner_accounts import NewBankDetails
from ledger.booking.settlement import Meaning, Verdict, settle
from ledger.documents import documents, intents
from ledger.documents.documents import Observed
from ledger.payouts import decisions, due, partner_balance, payout_content, payout_requests, payout_runs, payouts
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, NotAllowedNow, NothingDue
from ledger.reports import reports
from ledger.types import DocumentKind, PayoutState, TaxCase
from tests.money.histories import CHAIN
from tests.money.model_sales import Event
from tests.money.telling import MAKER, SECOND, VAULT
from tests.money.telling_sales import ORGANIZATION, TellsOfSales


@dataclass
class LedgerPlayer(TellsOfSales):
    _number: dict[str, str] = field(default_factory=dict)
    _bank_run: dict[str, str] = field(default_factory=dict)
    rehearsal: dict[tuple[str, str], int] = field(default_factory=dict)
    """What the last one said: net by partner and tax case."""

    async def play(self, event: Event) -> None:
        name, *rest = event
        await getattr(self, f"_{name}")(*rest)

    # Payouts

    async def _requested(self, name: str, partner: str, case: str | None) -> None:
        try:
            async with self._db() as tx:
                made = await payout_requests.request_payout(
                    tx,
                    partner_code=self.code(partner),
                    actor=MAKER,
                    tax_case=case and TaxCase(case),  # type: ignore[arg-type]
                )
        except (NothingDue, Blocked):
            return
        self._number[name] = made.number

    async def _run(self, name: str, cut_off: int) -> None:
        for row in await self._rows_of_run(cut_off, rehearsal=False):
            self._number[f"{name}/{row['partner']}/{row['tax_case']}"] = row["number"]

    async def _rehearsed(self, cut_off: int) -> None:
        rows = await self._rows_of_run(cut_off, rehearsal=True)
        self.rehearsal = {(row["partner"], row["tax_case"]): row["net_cents"] for row in rows}

    async def _rows_of_run(self, day: int, *, rehearsal: bool) -> list[Any]:
        """Its batch is done twice, as by a worker that was killed before it could say so."""
        run, cut_off = uuid4(), payout_runs.cut_off_of(self.today + timedelta(days=day))
        async with self._db() as tx:
            made = await payout_runs.begin(tx, run, cut_off=cut_off, rehearsal=rehearsal, requested_by=MAKER)
            assert made is not None
        for _ in range(2):
            async with self._db() as tx:
                left = await payout_runs.list_remaining_partners(tx, run, after=None, limit=10)
            await payout_runs.take(self.ledger, self.tenant, run, left)
        async with self._db() as tx:
            await payout_runs.end(tx, run)
            return await tx.fetch(
                """
                SELECT split_part(p.code, '-', 1) AS partner, r.tax_case, r.net_cents, o.number
                  FROM payout_run_rows r JOIN partners p ON p.id = r.partner_id
                  LEFT JOIN payouts o ON o.id = r.payout_id
                 WHERE r.run_id = $1 AND r.reason IS NULL
                """,
                run,
            )

    async def _approved(self, name: str) -> None:
        """By somebody who looks at it anew; what the document table forbids is refused."""
        async with self._db() as tx:
            held = await payouts.lock(tx, self._number[name])
            seen = await payout_content.renew_content_hash(tx, held.id)
        try:
            async with self._db() as tx:
                await decisions.approve(tx, held.number, actor=SECOND, seen_hash=seen)
        except Blocked:
            return

    async def _rejected(self, name: str) -> None:
        async with self._db() as tx:
            await decisions.reject(tx, self._number[name], actor=SECOND, reason="Test")

    async def _cancelled(self, name: str) -> None:
        async with self._db() as tx:
            await decisions.cancel(tx, self._number[name], actor=SECOND, reason="Test")

    async def _document(self, name: str) -> None:
        """The workflow looks what it may do; where that is to create, the credit note is made and read back."""
        async with self._db() as tx:
            payout = await payouts.lock(tx, self._number[name])
            look = await next_step.plan_next_step(tx, payout, unclear_wait=timedelta(minutes=15), retry=True)
            if look.intent is None:
                return
            document, totals = uuid4(), _totals(payout)
            await intents.made(tx, look.intent, document)
            await documents.observe(
                tx,
                Observed(
                    kind=DocumentKind.CREDIT_NOTE,
                    organization_id=ORGANIZATION,
                    resource_id=document,
                    voucher_number=payout.number.replace("PO", "GS"),
                    status="open",
                    version=1,
                    updated_at=self._now(),
                    snapshot_id=uuid4(),
                    **totals,
                ),
            )
            await documents.keep_created_totals(tx, document, totals)
            await payouts.change_state(tx, payout, PayoutState.CREDIT_NOTE_OPEN)
            await intents.close(tx, look.intent)

    async def _shows(self, name: str, meaning: Meaning, **more: Any) -> None:
        async with self._db() as tx:
            payout = await payouts.lock(tx, self._number[name])
            await settle(tx, payout, Verdict(meaning=meaning, **more))

    async def _paid_out(self, name: str) -> None:
        await self._shows(name, Meaning.PAID, voucher_number="GS-1")

    async def _document_voided(self, name: str) -> None:
        await self._shows(name, Meaning.VOIDED)

    async def _came_back(self, name: str) -> None:
        await self._shows(name, Meaning.OPEN)

    async def _answered(self, name: str, action: str) -> None:
        """A person says what became of the money."""
        day = {"paid_on": self.today.isoformat()} if action == "paid" else {}
        await self._answer("returned", self._number[name], action, **day)

    # Bank runs

    async def _drafted(self, name: str) -> None:
        async with self._db() as tx:
            self._bank_run[name] = (await bank_runs.create(tx, VAULT, by=MAKER)).number

    async def _refreshed(self, name: str) -> bank_run_rows.BankRun:
        async with self._db() as tx:
            await bank_runs.refresh(tx, VAULT, self._bank_run[name], by=SECOND)
            return await bank_run_rows.get(tx, self._bank_run[name])

    async def _released(self, name: str) -> None:
        run = await self._refreshed(name)
        if run.payments:
            async with self._db() as tx:
                await bank_runs.approve(tx, VAULT, run.number, by=SECOND, seen_hash=run.content_hash)

    async def _exported(self, name: str) -> None:
        if (await self._refreshed(name)).state == "approved":
            async with self._db() as tx:
                await bank_export.download(tx, VAULT, self._bank_run[name], by=MAKER)

    async def _confirmed(self, name: str) -> None:
        async with self._db() as tx:
            run = await bank_run_rows.get(tx, self._bank_run[name])
            await bank_runs.confirm(tx, run.number, by=MAKER, today=run.execution_date)

    async def _run_cancelled(self, name: str) -> None:
        try:
            async with self._db() as tx:
                run = await bank_run_cancelling.cancel(tx, self._bank_run[name], by=MAKER, reason="Test")
                if run.state == "exported":
                    await bank_run_cancelling.confirm_cancel(tx, run.number, by=SECOND)
        except NotAllowedNow as refused:
            # The model knows whether all are paid: then its run stays as it was, too, and holds its payouts.
            if refused.code != "bank_run_paid":
                raise

    async def open_accounts(self) -> None:
        """An account to pay from, and one for each partner, all in force."""
        async with self._db() as tx:
            self.today = await tx.fetchval("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date")
            own = await bank_accounts.record(
                tx, VAULT, NewOwnAccount(account_holder="Test", iban=SecretStr("DE89370400440532013000")), by=MAKER
            )
            await bank_accounts.confirm(tx, own.id, by=SECOND)
            for number, partner in enumerate(CHAIN, start=1):
                iban = IBAN.generate("DE", bank_code="12030000", account_code=f"{number:010}")
                account = await partner_accounts.save_bank_details(
                    tx,
                    VAULT,
                    self.partner[partner],
                    NewBankDetails(account_holder=partner, iban=SecretStr(str(iban))),
                    by=MAKER,
                )
                await tx.execute("UPDATE partner_bank_details SET usable_from = now() WHERE id = $1", account.id)
                await partner_accounts.confirm(tx, self.partner[partner], account.id, by=SECOND)

    # What the ledger says now.

    async def balance(self, partner: str) -> dict[str, int]:
        """As pages show it; the lines must say the same."""
        async with self._db() as tx:
            shown = await partner_balance.of_partner(tx, self.partner[partner])
            rows = await tx.fetch(
                """
                SELECT c.state, sum(c.net_cents)::bigint AS cents FROM commissions c
                 WHERE c.partner_id = $1
                   AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.reissued_of = c.id) GROUP BY c.state
                """,
                self.partner[partner],
            )
        sums = {row["state"]: row["cents"] for row in rows}
        of_the_lines = {
            "open": sums.get("pending", 0) + sums.get("approved", 0),
            "in_payout": sums.get("in_payout", 0),
            "paid": sums.get("paid", 0),
        }
        assert of_the_lines == {
            "open": shown.pending_cents + shown.approved_cents,
            "in_payout": shown.in_payout_cents,
            "paid": shown.paid_cents,
        }, f"{partner} is shown {shown}, and has {of_the_lines}"
        return of_the_lines

    async def due(self, partner: str) -> dict[str, tuple[int, str | None]]:
        """By tax case: what a document would hold, and why it is carried."""
        async with self._db() as tx:
            found = await due.of_partner(tx, self.partner[partner])
        return {str(one.tax_case): (one.net_cents, one.carried.code if one.carried else None) for one in found.groups}

    async def payouts(self) -> dict[str, tuple[str, str, int, int, str]]:
        """State, tax case, net, VAT and the kind of reference of each payout that holds something, by its name."""
        async with self._db() as tx:
            rows = await tx.fetch(
                "SELECT number, state, tax_case, net_cents, tax_cents, payment_reference FROM payouts"
            )
        found = {row["number"]: row for row in rows}
        return {
            name: (
                found[number]["state"],
                found[number]["tax_case"],
                found[number]["net_cents"],
                found[number]["tax_cents"],
                _kind(number, found[number]["payment_reference"]),
            )
            for name, number in self._number.items()
            if found[number]["state"] not in ("cancelled", "rejected")
        }

    def numbers(self, names: set[str]) -> set[str]:
        return {self._number[name] for name in names}

    async def exported_or_paid(self) -> dict[str, Any]:
        """What may change no more, by number: amounts and lines of payouts, and the files themselves."""
        async with self._db() as tx:
            rows = await tx.fetch(
                """
                SELECT p.number, p.tax_case, p.net_cents, p.tax_cents, p.gross_cents, p.period_from, p.period_to,
                       (SELECT array_agg(l.commission_id::text || l.gross_cents ORDER BY l.position)
                          FROM payout_lines l WHERE l.payout_id = p.id AND l.released_at IS NULL) AS lines
                  FROM payouts p
                 WHERE p.state <> 'cancelled' AND (p.paid_on IS NOT NULL OR EXISTS (
                       SELECT 1 FROM bank_run_lines b JOIN bank_runs r ON r.id = b.run_id
                        WHERE b.payout_id = p.id AND b.released_at IS NULL AND r.state IN ('exported', 'confirmed')))
                """
            )
            files = await tx.fetch(
                "SELECT number, md5(file_encrypted) AS file FROM bank_runs WHERE file_encrypted IS NOT NULL"
            )
        return {row["number"]: tuple(row.values()) for row in (*rows, *files)}

    async def clock(self) -> datetime:
        async with self._db() as tx:
            found: datetime = await tx.fetchval("SELECT clock_timestamp()")
        return found

    async def open_at(self, at: datetime) -> dict[str, int]:
        """By the Stichtagsbericht: what was open, or in a payout, by partner."""
        async with self._db() as tx:
            report = await reports.open_commissions(tx, at)
        sums: dict[str, int] = {}
        for row in report.rows:
            partner = row.partner_code.partition("-")[0]
            sums[partner] = sums.get(partner, 0) + row.net_cents
        return sums


def _totals(payout: Payout) -> dict[str, int]:
    return {name: getattr(payout, name) for name in ("net_cents", "tax_cents", "gross_cents")}


def _kind(number: str, reference: str | None) -> str:
    return "" if reference is None else "PO" if reference == number else "GS"
