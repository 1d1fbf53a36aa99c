"""The payout loop, driven through the public doors only: Stripe's webhook, a person's clicks in lexoffice, the API.

Eight steps (design.md, What it is); each is emitted with its evidence as soon as it is reached. Nothing here writes
the database, and nothing waits blindly: a step ends when the API shows the state that it is about.
"""

import asyncio
import secrets
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.demo_doors import DoorClosed
from sandbox.demo_office import Office
from sandbox.stack import StackAddresses
from sandbox.waiting import PATIENCE, announced

Step = Mapping[str, object]
Emit = Callable[[Step], None]

_GROSS, _NET, _TAX = 119_000, "1000.00", 19_000


class NotReached(Exception):
    """A state did not come in time; the text names it."""


async def run_loop(
    addresses: StackAddresses,
    emit: Emit,
    *,
    say: Callable[[str], None],
    dialect: str = "lexoffice",
    writes_own: bool = False,
    kind: "type[Loop] | None" = None,
) -> bool:
    """Run the loop, `emit` each of its steps, `say` what takes long. True if every state was reached.

    `writes_own`: the document is a Gutschrift of our own, booked in lexoffice as a purchase voucher (strategy B).
    `kind`: another end than a click in lexoffice.
    """
    async with Office(addresses, dialect, writes_own=writes_own) as office:
        loop = (kind or Loop)(office, emit, say)
        try:
            async with announced("Preparing the demo tenant; lexoffice takes two requests a second …", say):
                await office.open()
            await loop.run()
        except (DoorClosed, NotReached) as error:
            emit({"step": loop.step + 1, "name": "stopped", "ok": False, "reason": str(error)})
            return False
    return loop.step == 8


async def leave_one_waiting(addresses: StackAddresses, say: Callable[[str], None]) -> None:
    """A second payout that waits for the approval of whoever reads this, and how to give it."""
    async with Office(addresses, "lexoffice") as office:
        await office.open()
        waiting = (await office.api("GET", "/payouts?state=awaiting_approval"))["items"]
        number = (
            waiting[0]["number"] if waiting else (await office.api("POST", "/payouts", {"partner": "BERND"}))["number"]
        )
        payout = await office.api("GET", f"/payouts/{number}")
        temporal = addresses.temporal
        workflow = quote(payout["workflow_id"], safe="")
        say(f"""
  {number} waits for your approval: {payout["gross_cents"] / 100:.2f} EUR for partner {payout["partner_code"]}.

    its page       {addresses.api_url}/admin/auszahlungen/{number}
    its workflow   {temporal.ui_url}/namespaces/{temporal.namespace}/workflows/{workflow}

  Approve it on its page, or with the key of the demo's approver:

    curl -sS -X POST {addresses.api_url}/api/v1/payouts/{number}/approve \\
      -H 'X-API-Key: {office.keys["approve"]}' -H 'Content-Type: application/json' \\
      -d '{{"content_hash": "{payout["content_hash"]}"}}'

  or by a signal, as ops on this machine (it counts here only because script/dev says so):

    {_spoken(temporal.cli)} workflow signal --address {temporal.address} \\
      --workflow-id {payout["workflow_id"]} --name approve

  A credit note appears in {addresses.lexoffice.app_url}. Press „Bezahlt markieren“ there, and the payout is paid.
""")


def _spoken(command: Path) -> str:
    """What to type: the bare name where the shell finds it."""
    return command.name if shutil.which(command.name) == str(command) else str(command)


class Loop:
    """One sale on its way to a paid payout."""

    def __init__(self, office: Office, emit: Emit, say: Callable[[str], None]) -> None:
        self._office = office
        self._emit = emit
        self._say = say
        self.step = 0

    async def run(self) -> None:
        payment_intent = f"pi_{secrets.token_hex(12)}"
        transaction = await self._sale(payment_intent)
        invoice = await self._invoice(payment_intent)
        await self._customer_pays(invoice)
        await self._commissions_approved(transaction)
        payout = await self._payout_approved()
        await self._transfer(payout)
        await self._marked_paid(payout)
        await self._paid(payout)

    async def _sale(self, payment_intent: str) -> str:
        """1. A sale arrives from Stripe: a transaction, with pending commissions on three levels."""
        await self._office.stripe_says(_checkout(payment_intent))
        found = await self._until(
            "the sale is a transaction", lambda: self._transaction_of(payment_intent), lambda sale: sale is not None
        )
        sale = await self._office.api("GET", f"/transactions/{found['id']}")
        self._reached("sale", sale["state"] == "pending" and len(sale["commissions"]) == 3, **_sale(sale))
        return str(found["id"])

    async def _invoice(self, payment_intent: str) -> dict[str, Any]:
        """2. The tenant writes an invoice in lexoffice by hand; a line in it names the order."""
        invoice: dict[str, Any] = await self._office.lexoffice(
            "POST",
            f"/sandbox/organizations/{self._office.organization}/invoices",
            {
                "customer": "Kunde AG",
                "net": _NET,
                "remark": f"Bestellung: {payment_intent}",
                "finalize": True,
            },
        )
        self._reached("invoice written", invoice["voucherStatus"] == "open", invoice_number=invoice["voucherNumber"])
        return invoice

    async def _customer_pays(self, invoice: dict[str, Any]) -> None:
        """3. The customer pays; the bank line is assigned in lexoffice."""
        paid = await self._office.lexoffice("POST", f"/sandbox/documents/{invoice['id']}/pay", {})
        self._reached("customer pays", paid["voucherStatus"] == "paid", invoice_number=paid["voucherNumber"])

    async def _commissions_approved(self, transaction: str) -> None:
        """4. lexoffice notifies us, we fetch the invoice, the commissions are approved."""
        sale = await self._until(
            "the commissions are approved",
            lambda: self._office.api("GET", f"/transactions/{transaction}"),
            lambda sale: sale["state"] == "approved",
        )
        states = {commission["state"] for commission in sale["commissions"]}
        self._reached("commissions approved", states == {"approved"}, **_sale(sale))

    async def _payout_approved(self) -> str:
        """5. An admin approves a payout; the credit note is created in lexoffice, and its id and number remembered. Or
        our own document is issued, booked there with its PDF, and delivered."""
        payout = await self._office.api("POST", "/payouts", {"partner": "ANNA"})
        number = str(payout["number"])
        await self._office.api(
            "POST", f"/payouts/{number}/approve", {"content_hash": payout["content_hash"]}, key="approve"
        )
        payout = await self._until(
            "the credit note is there",
            lambda: self._office.api("GET", f"/payouts/{number}"),
            lambda payout: payout["state"] == "credit_note_open",
        )
        self._reached("payout approved", bool(payout["credit_note_number"]), **payout_shown(payout))
        return number

    async def _transfer(self, number: str) -> None:
        """6. The tenant transfers the money. By hand here: nothing of ours changes, the payout waits for lexoffice."""
        payout = await self._office.api("GET", f"/payouts/{number}")
        self._reached(
            "money transferred",
            payout["state"] == "credit_note_open" and payout["credit_note_open_cents"] == payout["gross_cents"],
            **payout_shown(payout),
        )

    async def _marked_paid(self, number: str) -> None:
        """7. The tenant marks the credit note paid in lexoffice."""
        payout = await self._office.api("GET", f"/payouts/{number}")
        what, click = ("vouchers", "pay") if self._office.writes_own else ("documents", "mark-paid")
        note = await self._office.lexoffice(
            "POST", f"/sandbox/{what}/{payout['credit_note_id']}/{click}", {"paymentReference": number}
        )
        name = "voucher marked paid" if self._office.writes_own else "credit note marked paid"
        self._reached(name, note["voucherStatus"] in ("paidoff", "paid"), **payout_shown(payout))

    async def _paid(self, number: str) -> None:
        """8. lexoffice notifies us, the payout is paid."""
        payout = await self._until(
            "the payout is paid",
            lambda: self._office.api("GET", f"/payouts/{number}"),
            lambda payout: payout["state"] == "paid",
        )
        self._reached("payout paid", bool(payout["payment_reference"]), **payout_shown(payout))

    async def _transaction_of(self, payment_intent: str) -> dict[str, Any] | None:
        rows = (await self._office.api("GET", "/transactions?limit=20"))["items"]
        return next((row for row in rows if row["payment_intent"] == payment_intent), None)

    async def _until(self, state: str, look: Callable[[], Awaitable[Any]], reached: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + PATIENCE.in_all_s
        async with announced(f"Waiting until {state} …", self._say, after_s=15):
            while True:
                seen = await look()
                if reached(seen):
                    return seen
                if time.monotonic() > deadline:
                    raise NotReached(f"{state}: not within {PATIENCE.in_all_s:.0f} s")
                await asyncio.sleep(0.2)

    def _reached(self, name: str, ok: bool, **evidence: object) -> None:
        self._emit({"step": self.step + 1, "name": name, "ok": ok, **evidence})
        if not ok:
            raise NotReached(name)
        self.step += 1


def _sale(sale: Mapping[str, Any]) -> dict[str, object]:
    return {
        "transaction_id": sale["id"],
        "transaction_state": sale["state"],
        "invoice_number": sale["invoice_number"],
        "commissions": [
            {
                "level": commission["level"],
                "partner": commission["partner_code"],
                "cents": commission["net_cents"],
                "state": commission["state"],
            }
            for commission in sale["commissions"]
        ],
    }


def payout_shown(payout: Mapping[str, Any]) -> dict[str, object]:
    """What a step tells of a payout."""
    return {
        "payout_number": payout["number"],
        "payout_state": payout["state"],
        "credit_note_id": payout["credit_note_id"],
        "credit_note_number": payout["credit_note_number"],
        "own_document_number": payout["own_document_number"],
        "document_stage": payout["document_stage"],
        "workflow_id": payout["workflow_id"],
        "payment_reference": payout["payment_reference"],
    }


def _checkout(payment_intent: str) -> dict[str, Any]:
    """checkout.session.completed, as Stripe sends it, with the members that matter."""
    return {
        "id": f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "type": "checkout.session.completed",
        "created": int(time.time()),
        "livemode": False,
        "data": {
            "object": {
                "id": f"cs_test_{secrets.token_hex(12)}",
                "object": "checkout.session",
                "payment_intent": payment_intent,
                "payment_status": "paid",
                "client_reference_id": "ANNA",
                "currency": "eur",
                "amount_total": _GROSS,
                "total_details": {"amount_tax": _TAX},
                "customer_details": {"email": "kunde@kundeag.example", "name": "Kunde AG"},
            }
        },
    }
