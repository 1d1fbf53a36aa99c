"""Compares the three views once all is quiet: lexoffice's documents, the ledger, and the workflows.

It reads the ledger by SQL, read-only and as the application's role, and computes with nothing of the product: what a
sale must have earned is worked out here from the plan of the campaign.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import asyncpg
from temporalio.client import Client, WorkflowExecutionStatus

from chaos import bank_oracle, own_oracle
from chaos.actors import Diary, ExpectedSale
from chaos.books import Books, read_books
from chaos.firm import Firm
from sandbox.demo_office import LEVELS

_MARKER = re.compile(r"\[((?:PO|TX)-[0-9A-Za-z-]+)/[A-Za-z0-9]{8}\]")

_WORD = {"open": "credit_note_open", "draft": "credit_note_open", "paidoff": "paid"}
"""The state of a payout whose credit note shows this; a voided one depends on what happened before."""

_HAS_DOCUMENT = ("credit_note_open", "paid", "returned", "settled_manually")
_NEVER_HAD_ONE = ("awaiting_approval", "approved", "rejected")
ENDED = ("paid", "cancelled", "rejected", "returned", "settled_manually")
_AFTER_RETURNED = ("returned", "paid", "cancelled", "settled_manually")


@dataclass
class Findings:
    differences: list[str] = field(default_factory=list)
    double_credit_notes: int = 0
    double_invoices: int = 0
    own_documents: int = 0
    double_numbers: int = 0
    double_vouchers: int = 0
    double_payments: int = 0
    unexplained_cents: int = 0
    sent_back: int = 0
    payouts: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    open_tasks: Counter[str] = field(default_factory=Counter)

    def add(self, firm: Firm, text: str) -> None:
        self.differences.append(f"{firm.tenant.slug}: {text}")


async def compare(firms: Sequence[Firm], diary: Diary, database_url: str, engine: Client) -> Findings:
    findings = Findings()
    ledger = await asyncpg.connect(database_url)
    try:
        for firm in firms:
            books = await read_books(ledger, firm)
            documents = await firm.documents()
            _check_one_document_each(findings, firm, books, documents)
            if firm.writes_own:
                _own_documents(findings, firm, books, await firm.vouchers())
            else:
                _documents_and_payouts(findings, firm, books, documents)
            _sales(findings, firm, books, documents, diary)
            _lines(findings, firm, books)
            _ended(findings, firm, books)
            _told(findings, firm, books, await firm.notifications())
            _as_decided(findings, firm, books, diary)
            await _workflows(findings, firm, books, engine)
            if firm.banker is not None:
                await _money(findings, firm, books, ledger)
    finally:
        await ledger.close()
    findings.differences += await _stray_workflows(engine)
    findings.differences += [f"{story}: {what}" for story, what in sorted(diary.unfinished.items())]
    findings.differences += diary.contradictions
    return findings


# lexoffice and ledger


def _check_one_document_each(findings: Findings, firm: Firm, books: Books, documents: Sequence[dict[str, Any]]) -> None:
    """Never two documents for one payout or one sale: whatever state they are in, the marker tells whose they are."""
    marked: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        for name in _marks(document):
            marked[name].append(str(document["voucherNumber"]))
    for name, numbers in marked.items():
        if len(numbers) > 1 and name.startswith("PO-"):
            findings.double_credit_notes += len(numbers) - 1
            findings.add(firm, f"{name} has {len(numbers)} credit notes: {', '.join(numbers)}")
        elif len(numbers) > 1:
            findings.double_invoices += len(numbers) - 1
            findings.add(firm, f"{name} has {len(numbers)} invoices: {', '.join(numbers)}")


def _own_documents(findings: Findings, firm: Firm, books: Books, vouchers: Sequence[dict[str, Any]]) -> None:
    findings.own_documents += len(books.own_documents)
    for payout in books.payouts.values():
        findings.payouts[payout["state"]] += 1
    numbers, wrong = own_oracle.check_numbers(books.own_documents, books.counters)
    findings.double_numbers += numbers
    double, differing = own_oracle.check_vouchers(books.own_documents, books.payouts, vouchers)
    findings.double_vouchers += double
    for text in (*wrong, *differing):
        findings.add(firm, text)


def _documents_and_payouts(findings: Findings, firm: Firm, books: Books, documents: Sequence[dict[str, Any]]) -> None:
    notes = {document["id"]: document for document in documents if document["kind"] == "credit-note"}
    held = {str(row["resource_id"]): row["number"] for row in books.payouts.values() if row["resource_id"]}
    for id, note in notes.items():
        marks = _marks(note)
        if id not in held:
            findings.add(firm, f"credit note {note['voucherNumber']} {marks} belongs to no payout")
        elif marks != [held[id]]:
            findings.add(firm, f"{held[id]} holds credit note {note['voucherNumber']}, which is marked {marks}")
    for number, payout in books.payouts.items():
        findings.payouts[payout["state"]] += 1
        found = notes.get(str(payout["resource_id"]))
        if found is not None:
            _payout_and_note(findings, firm, payout, found)
        elif payout["resource_id"] and payout["state"] != "cancelled":
            findings.add(firm, f"{number} is {payout['state']}, its credit note is gone")
        elif payout["resource_id"] is None and payout["state"] in _HAS_DOCUMENT:
            findings.add(firm, f"{number} is {payout['state']} without a credit note")


def _payout_and_note(findings: Findings, firm: Firm, payout: asyncpg.Record, note: dict[str, Any]) -> None:
    number, state, status = payout["number"], payout["state"], note["voucherStatus"]
    if state in _NEVER_HAD_ONE:
        findings.add(firm, f"{number} is {state} and has credit note {note['voucherNumber']}")
    if status == "voided":
        fits = state in _AFTER_RETURNED
    else:
        fits = state == _WORD[status] or (payout["was_returned"] and state in _AFTER_RETURNED)
    if not fits:
        findings.add(firm, f"{number} is {state}, its credit note {note['voucherNumber']} is {status}")
    if payout["reopened"] != (status == "draft"):
        findings.add(firm, f"{number} says reopened={payout['reopened']}, its credit note is {status}")
    if payout["voucher_number"] != note["voucherNumber"]:
        findings.add(firm, f"{number} knows {payout['voucher_number']}, lexoffice says {note['voucherNumber']}")
    totals = {name: _cents(note["totalPrice"][f"total{name}Amount"]) for name in ("Net", "Tax", "Gross")}
    ours = {"Net": payout["net_cents"], "Tax": payout["tax_cents"], "Gross": payout["gross_cents"]}
    if totals["Net"] != ours["Net"] or abs(totals["Tax"] - ours["Tax"]) > 1:
        findings.add(firm, f"{number} is over {ours}, its credit note over {totals}")
    if state == "paid" and not payout["payment_reference"]:
        findings.add(firm, f"{number} is paid without a reference")


def _sales(findings: Findings, firm: Firm, books: Books, documents: Sequence[dict[str, Any]], diary: Diary) -> None:
    invoices = {document["id"]: document for document in documents if document["kind"] == "invoice"}
    expected = {sale.payment_intent: sale for (slug, _), sale in diary.sales.items() if slug == firm.tenant.slug}
    for payment_intent, wanted in expected.items():
        sale = books.sales.get(payment_intent)
        if sale is None:
            findings.add(firm, f"sale {payment_intent} is not in the ledger")
            continue
        invoice = invoices.get(str(sale["resource_id"]))
        paid = invoice is not None and invoice["voucherStatus"] == "paid"
        if (sale["state"] == "approved") != paid:
            status = invoice["voucherStatus"] if invoice else "missing"
            findings.add(firm, f"sale {payment_intent} is {sale['state']}, its invoice is {status}")
        if sale["base_cents"] != wanted.net_cents:
            findings.add(firm, f"sale {payment_intent} has base {sale['base_cents']}, sold for {wanted.net_cents}")
        _earnings(findings, firm, wanted, books.commissions.get(payment_intent, ()))
    for payment_intent in books.sales.keys() - expected.keys():
        findings.add(firm, f"sale {payment_intent} is in the ledger and nobody made it")


def _earnings(findings: Findings, firm: Firm, wanted: ExpectedSale, rows: Sequence[asyncpg.Record]) -> None:
    """Each level earned what the campaign's plan says."""
    owed = {
        (partner, level["level"]): _share(wanted.net_cents, level)
        for partner, level in zip(wanted.partners, LEVELS, strict=False)
    }
    earned = {(row["code"], row["level"]): row["net_cents"] for row in rows if row["kind"] == "sale"}
    if earned != owed:
        findings.add(firm, f"sale {wanted.payment_intent} earned {earned}, not {owed}")


def _share(base_cents: int, level: Mapping[str, Any]) -> int:
    exact = Decimal(base_cents) * Decimal(str(level["percent"])) / 100 + int(level["fixed_cents"])
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


# The ledger with itself


def _lines(findings: Findings, firm: Firm, books: Books) -> None:
    """Lines add up, and each commission stands in at most one payout, in the state that the payout gives it."""
    wanted = {"paid": "paid", "credit_note_open": "in_payout", "awaiting_approval": "in_payout"}
    wanted |= {"approved": "in_payout", "outcome_unknown": "in_payout"}
    held: dict[str, str] = {}
    for number, payout in books.payouts.items():
        lines = [line for line in books.lines.get(number, ()) if line["released_at"] is None]
        if payout["state"] in ("cancelled", "rejected"):
            if any(line["commission_state"] == "in_payout" for line in lines):
                findings.add(firm, f"{number} is {payout['state']} and still holds commissions")
            continue
        if sum(line["net_cents"] for line in lines) != payout["net_cents"]:
            findings.add(firm, f"the lines of {number} do not add up")
        for line in lines:
            if (other := held.setdefault(str(line["commission_id"]), number)) != number:
                findings.add(firm, f"one commission is in {other} and in {number}")
            should = wanted.get(payout["state"])
            if should is not None and line["commission_state"] != should and not payout["was_returned"]:
                findings.add(firm, f"{number} is {payout['state']}, a commission in it is {line['commission_state']}")


def _ended(findings: Findings, firm: Firm, books: Books) -> None:
    """Events have ended, decisions were heard, no document is under way, and nothing waits for a person."""
    newest: dict[str, asyncpg.Record] = {}
    for event in books.events:
        findings.events[event["state"]] += 1
        if event["state"] in ("received", "waiting", "skipped"):
            findings.add(firm, f"event {event['id']} {event['event_type']} is still {event['state']}")
        else:
            newest[event["resource_id"]] = max(
                event, newest.get(event["resource_id"], event), key=lambda one: one["handled_at"]
            )
    for event in newest.values():
        # What failed is mended by a later event about the same document, found by the sweep at the latest.
        if event["state"] == "failed":
            findings.add(firm, f"event {event['id']} {event['event_type']} failed: {event['reason']}")
    for decision in books.decisions:
        if decision["delivered_at"] is None:
            findings.add(firm, f"{decision['kind']} of {decision['number']} was not delivered")
    for intent in books.intents:
        if intent["closed_at"] is None:
            findings.add(firm, f"the intent {intent['marker']} is still open")
    for task in books.tasks:
        findings.open_tasks[task["kind"]] += 1
        findings.add(firm, f"an open task: {task['kind']} about {task['subject']} {task['subject_id']}")


def _told(findings: Findings, firm: Firm, books: Books, notifications: Sequence[dict[str, Any]]) -> None:
    """Whatever we answered 200 to is in the inbox."""
    kept = {(event["event_type"], event["resource_id"]) for event in books.events}
    for sent in notifications:
        if sent["status"] == "delivered" and (sent["eventType"], sent["resourceId"]) not in kept:
            findings.add(firm, f"{sent['eventType']} of {sent['resourceId']} was taken and is not in the inbox")
        if sent["status"] == "pending":
            findings.add(firm, f"{sent['eventType']} of {sent['resourceId']} is still on its way")


def _as_decided(findings: Findings, firm: Firm, books: Books, diary: Diary) -> None:
    for (slug, number), states in diary.payouts.items():
        if slug != firm.tenant.slug:
            continue
        payout = books.payouts.get(number)
        if payout is None:
            findings.add(firm, f"{number} was answered with and is not in the ledger")
        elif payout["state"] not in states:
            findings.add(firm, f"{number} is {payout['state']}, its story ended with {'/'.join(sorted(states))}")


async def _money(findings: Findings, firm: Firm, books: Books, ledger: asyncpg.Connection) -> None:
    """What the bank has booked, and what the ledger made of it."""
    assert firm.banker is not None
    at_the_bank = await firm.banker.books()
    async with ledger.transaction(readonly=True):
        await ledger.execute("SELECT set_config('app.tenant', $1, true)", str(firm.tenant.id))
        found = await bank_oracle.read(ledger, firm.banker.iban, at_the_bank)
    money = bank_oracle.compare(found, {number: payout["state"] for number, payout in books.payouts.items()})
    findings.double_payments += money.double_payments
    findings.unexplained_cents += money.unexplained_cents
    findings.sent_back += money.returned
    for text in money.differences:
        findings.add(firm, text)


# The engine


async def _workflows(findings: Findings, firm: Firm, books: Books, engine: Client) -> None:
    """One workflow a payout: completed with the state it ended in, or running and seeing what the ledger holds."""
    for number, payout in books.payouts.items():
        handle = engine.get_workflow_handle(f"payout/{firm.tenant.slug}/{number}")
        try:
            described = await handle.describe()
            if described.status is WorkflowExecutionStatus.COMPLETED:
                seen = await handle.result()
                fits = seen == payout["state"] or (payout["was_returned"] and seen in ("returned", "paid"))
            elif described.status is WorkflowExecutionStatus.RUNNING:
                seen = (await handle.query("status"))["state"]
                fits = seen == payout["state"] and payout["state"] not in ENDED
            else:
                seen, fits = described.status.name if described.status else "unknown", False
        except Exception as error:  # whatever it is, it is a difference
            seen, fits = f"{type(error).__name__}: {error}", False
        if not fits:
            findings.add(firm, f"{number} is {payout['state']} in the ledger, its workflow says {seen}")


async def _stray_workflows(engine: Client) -> list[str]:
    """Workflows that failed, and document or invoice workflows that still run."""
    badly = 'ExecutionStatus IN ("Failed", "TimedOut", "Terminated", "Canceled")'
    running = 'ExecutionStatus = "Running" AND WorkflowType IN ("DocumentWorkflow", "InvoiceWorkflow")'
    return [
        *[f"workflow {found.id} has ended badly" async for found in engine.list_workflows(badly)],
        *[f"workflow {found.id} still runs" async for found in engine.list_workflows(running)],
    ]


def _marks(document: Mapping[str, Any]) -> list[str]:
    """Numbers of the payouts, or beginnings of the sales, that this document says it was made for."""
    return _MARKER.findall(f"{document.get('introduction', '')}\n{document.get('remark', '')}")


def _cents(amount: Any) -> int:
    return int((Decimal(str(amount)) * 100).to_integral_value(rounding=ROUND_HALF_UP))
