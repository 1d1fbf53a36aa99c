"""One payment is one sale: every order in which the events of one purchase can arrive, each once or twice, also at
once.

Since API version 2025-03-31 an invoice names no payment intent and a payment intent no invoice; only some events
connect the one with the other. Whatever they are, the end is one sale that is called by all of its references,
refunded, and nothing is due.
"""

import asyncio
import itertools
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from ledger import clock
from ledger.booking.invoices import InvoiceFacts, apply_invoice, wait_for_turn
from ledger.documents import documents
from ledger.documents.documents import Observed
from ledger.sales import customers
from ledger.sales.customers import NewCustomer
from ledger.types import DocumentKind
from tests.fixtures.door import Door
from tests.fixtures.stripe_shop import an_event, send

SAMPLE = random.Random(13)
ORGANIZATION = uuid4()


class Purchase:
    """A subscription's first payment: its events, by the letter of the object that each is about."""

    def __init__(self, shop: Door, connected_by: str, **more: Any) -> None:
        self.shop = shop
        key = secrets.token_hex(5)
        self.session, self.invoice, self.intent, self.charge = f"cs_{key}", f"in_{key}", f"pi_{key}", f"ch_{key}"
        self.customer, self.subscription = f"cus_{key}", f"sub_{key}"
        by_order = {"payment_details": {"customer_reference": None, "order_reference": self.invoice}}
        old = {"payment_intent": self.intent, "charge": self.charge, "subscription": self.subscription}
        events = {
            "S": an_event("checkout.session.completed", self.a_session()),
            "I": an_event("invoice.paid", self.an_invoice() | (old if connected_by == "old invoice" else {})),
            "P": an_event("payment_intent.succeeded", self.a_payment() | (by_order if connected_by == "order" else {})),
            "R": an_event("charge.refunded", self.a_charge()),
        }
        if connected_by == "payment of the invoice":
            events["N"] = an_event("invoice_payment.paid", self.an_invoice_payment())
        self.events = events
        self.document = uuid4()

    def a_session(self) -> dict[str, Any]:
        return {
            "id": self.session, "mode": "subscription", "payment_status": "paid", "payment_intent": None,
            "invoice": self.invoice, "subscription": self.subscription, "customer": self.customer,
            "amount_total": 11900, "currency": "eur", "client_reference_id": "ANNA",
            "customer_details": {"email": f"{self.customer}@k.example"}, "total_details": {"amount_tax": 1900},
        }  # fmt: skip

    def an_invoice(self) -> dict[str, Any]:
        return {
            "id": self.invoice, "customer": self.customer, "amount_paid": 11900, "total": 11900, "currency": "eur",
            "total_taxes": [{"amount": 1900}],
            "parent": {"subscription_details": {"subscription": self.subscription, "metadata": {}}},
        }  # fmt: skip

    def a_payment(self) -> dict[str, Any]:
        return {
            "id": self.intent, "amount_received": 11900, "currency": "eur", "customer": self.customer,
            "latest_charge": self.charge, "metadata": {},
        }  # fmt: skip

    def an_invoice_payment(self) -> dict[str, Any]:
        payment = {"type": "payment_intent", "payment_intent": self.intent}
        return {
            "id": f"inpay_{self.invoice}", "invoice": self.invoice, "amount_paid": 11900, "currency": "eur",
            "status": "paid", "payment": payment,
        }  # fmt: skip

    def a_charge(self) -> dict[str, Any]:
        return {
            "id": self.charge, "payment_intent": self.intent, "amount": 11900, "amount_captured": 11900,
            "amount_refunded": 11900, "currency": "eur", "created": int(time.time()),
        }  # fmt: skip

    async def tell(self, letter: str) -> None:
        if letter == "L":
            await self.paid_in_the_books()
        else:
            answer = await send(self.shop, self.events[letter])
            assert answer.status_code == 200, answer.text

    async def paid_in_the_books(self) -> None:
        """The invoice in lexoffice, with the line „Bestellung: cs_…“."""
        facts = InvoiceFacts(
            resource_id=self.document, organization_id=ORGANIZATION, status="paid", voucher_number="RE-1",
            voucher_date=clock.today(), net_cents=10000, tax_cents=1900, gross_cents=11900,
            base_cents=10000, paid_cents=11900, order_references=(self.session,),
        )  # fmt: skip
        observed = Observed(
            kind=DocumentKind.INVOICE, organization_id=ORGANIZATION, resource_id=self.document, voucher_number="RE-1",
            status="paid", version=1, updated_at=datetime.now(UTC), net_cents=10000, tax_cents=1900, gross_cents=11900,
            open_cents=0, snapshot_id=uuid4(),
        )  # fmt: skip
        shop = self.shop
        async with shop.parts.ledger.transaction(shop.tenant) as tx:
            await wait_for_turn(tx, facts)
            await documents.observe(tx, observed)
            await apply_invoice(tx, facts)

    async def is_one_refunded_sale(self, order: object) -> None:
        named = [self.session, self.invoice, self.intent, self.charge]
        rows = await self.shop.rows(
            """
            SELECT t.id, t.state, t.base_cents, t.gross_cents, t.refunded_cents, t.checkout_session, t.payment_intent,
                   t.provider_invoice, p.code, array_agg(r.reference) AS names
              FROM transactions t JOIN sale_references r ON r.transaction_id = t.id
              LEFT JOIN partners p ON p.id = t.partner_id
             WHERE t.id IN (SELECT transaction_id FROM sale_references WHERE reference = ANY ($1))
             GROUP BY t.tenant_id, t.id, p.code
            """,
            named,
        )
        assert len(rows) == 1, order
        [sale] = rows
        assert (sale["code"], sale["state"], sale["base_cents"]) == ("ANNA", "refunded", 10000), order
        assert (sale["gross_cents"], sale["refunded_cents"]) == (11900, 11900), order
        assert (sale["checkout_session"], sale["payment_intent"]) == (self.session, self.intent), order
        assert sale["provider_invoice"] == self.invoice
        assert set(named) <= set(sale["names"]), order
        in_full = (await self.shop.api("GET", f"transactions/{sale['id']}")).json()
        assert set(named) <= {one["reference"] for one in in_full["references"]}
        assert len(await self.shop.rows("SELECT 1 FROM transactions")) == self.of_all(), order
        commissions = (await self.shop.api("GET", f"commissions?transaction={sale['id']}")).json()["items"]
        states = sorted((one["partner_code"], one["state"]) for one in commissions)
        assert states == [("ANNA", "reversed"), ("BERTA", "reversed")], order

    def of_all(self) -> int:
        return self.sales_before + 1

    sales_before = 0


async def nothing_is_due(shop: Door) -> None:
    for code in ("ANNA", "BERTA"):
        owed = (await shop.api("GET", f"partners/{code}/due")).json()
        assert (owed["groups"], [one for one in owed["waiting"] if one["cents"]]) == ([], [])
    assert (await shop.api("GET", "tasks")).json()["items"] == []


CONNECTIONS = ("order", "payment of the invoice", "old invoice")


def orders(connected_by: str, most: int) -> list[Sequence[str]]:
    """All orders of the events, or a sample of so many."""
    found: list[Sequence[str]] = list(
        itertools.permutations("SIPLRN" if connected_by == "payment of the invoice" else "SIPLR")
    )
    return found if len(found) <= most else SAMPLE.sample(found, most)


async def play(
    shop: Door, connected_by: str, most: int, told: Callable[[Purchase, Sequence[str]], Awaitable[None]]
) -> None:
    for done, order in enumerate(orders(connected_by, most)):
        purchase = Purchase(shop, connected_by)
        purchase.sales_before = done
        await told(purchase, order)
        # What waited for a person until its sale was clear is handed over again.
        await purchase.tell("L")
        await purchase.is_one_refunded_sale((connected_by, order))
    await nothing_is_due(shop)


@pytest.mark.parametrize(
    ("connected_by", "most"), [("order", 120), ("payment of the invoice", 40), ("old invoice", 20)]
)
async def test_in_every_order_the_events_of_one_purchase_are_one_refunded_sale(
    stripe_shop: Door, connected_by: str, most: int
) -> None:
    async def in_order(purchase: Purchase, order: Sequence[str]) -> None:
        for letter in order:
            await purchase.tell(letter)

    await play(stripe_shop, connected_by, most, in_order)


@pytest.mark.parametrize("connected_by", CONNECTIONS)
async def test_told_twice_they_are_one_refunded_sale(stripe_shop: Door, connected_by: str) -> None:
    async def twice(purchase: Purchase, order: Sequence[str]) -> None:
        for letter in SAMPLE.sample([*order, *order], 2 * len(order)):
            if letter != "L":  # told as another event, not as the same one delivered again
                purchase.events[letter]["id"] = f"evt_{secrets.token_hex(8)}"
            await purchase.tell(letter)

    await play(stripe_shop, connected_by, 8, twice)


@pytest.mark.parametrize("connected_by", CONNECTIONS)
async def test_told_at_once_they_are_one_refunded_sale(stripe_shop: Door, connected_by: str) -> None:
    async def at_once(purchase: Purchase, order: Sequence[str]) -> None:
        await asyncio.gather(*(purchase.tell(letter) for letter in order))

    await play(stripe_shop, connected_by, 8, at_once)


async def test_with_a_customer_of_a_partner_it_is_earned_once(stripe_shop: Door) -> None:
    """The payment alone is the customer's partner's until its session names another."""
    for order in ("PISLR", "PRLIS", "ILPSR"):
        purchase = Purchase(stripe_shop, "order")
        async with stripe_shop.parts.ledger.transaction(stripe_shop.tenant) as tx:
            await customers.create(
                tx, NewCustomer(external_id=purchase.customer, assigned_partner_code="BERTA"), by="test"
            )
        purchase.sales_before = len(await stripe_shop.rows("SELECT 1 FROM transactions"))
        for letter in order:
            await purchase.tell(letter)
        await purchase.is_one_refunded_sale(order)
    await nothing_is_due(stripe_shop)
