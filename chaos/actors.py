"""The people and machines of a run: they sell, write invoices, pay, decide, and mark credit notes as paid."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from chaos import bank_stories, easybill_stories, own_stories
from chaos.firm import Firm, Refused
from chaos.plan import MANAGERS, Collection, Ending, Sale

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class ExpectedSale:
    """What a sale must have come to: its base is net, its invoice is paid."""

    payment_intent: str
    net_cents: int
    partners: tuple[str, ...]
    """Who earns on it, level by level."""


@dataclass
class Diary:
    """What the actors did, and what must therefore be true at the end."""

    sales: dict[tuple[str, str], ExpectedSale] = field(default_factory=dict)
    payouts: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By tenant and number: the states of which one must have been reached."""
    decisions: int = 0
    """Decisions that the product took (202)."""
    contradictions: list[str] = field(default_factory=list)
    unfinished: dict[str, str] = field(default_factory=dict)
    """By story: what it waits for. A story that has come to its end is not in here."""
    nothing_due: int = 0


class Story:
    """What all stories do: wait, think, look, and tell the diary where they are."""

    def __init__(self, firm: Firm, name: str, thoughts: tuple[float, ...], diary: Diary, look_every: float) -> None:
        self.firm = firm
        self._name = name
        self._thoughts: Iterator[float] = iter(thoughts)
        self._diary = diary
        self._look_every = look_every

    async def think(self) -> None:
        await asyncio.sleep(next(self._thoughts, 0.5))

    def is_at(self, what: str) -> None:
        self._diary.unfinished[self._name] = what

    def ends(self) -> None:
        self._diary.unfinished.pop(self._name, None)

    async def until(self, what: str, look: Callable[[], Awaitable[Seen]], reached: Callable[[Seen], bool]) -> Seen:
        """Look, ever more rarely: hundreds of stories that look each second would be the load that a run measures."""
        self.is_at(f"waits: {what}")
        pause = self._look_every
        while True:
            seen = await look()
            if reached(seen):
                return seen
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, self._look_every * 5)

    # A payout, from its request to the end that the plan has for it

    async def ask_for_payout(self, partner: str) -> str:
        payout = await self.firm.ask("POST", "/payouts", {"partner": partner})
        return str(payout["number"])

    async def bring_to(self, partner: str, number: str, ending: Ending, answer_to_returned: str) -> None:
        self.is_at(f"{number}: {ending}")
        self.expect(number, "paid", "credit_note_open")  # until the story knows better
        await bank_stories.before_the_approval(self, partner, number, ending)
        match ending:
            case Ending.REJECTED:
                await self._decide(number, "reject")
                self.expect(number, "rejected")
            case Ending.CONTRADICTED:
                await self._contradict(number)
            case Ending.CANCELLED:
                await self._cancel(number)
            case _:
                await self._decide(number, "approve")
                await self._from_its_credit_note(partner, number, ending, answer_to_returned)

    async def _from_its_credit_note(self, partner: str, number: str, ending: Ending, answer_to_returned: str) -> None:
        if self.firm.banker is not None:
            await bank_stories.bring_to_end(self, number, ending)
            return
        if self.firm.writes_own:
            await own_stories.bring_to_end(self, number, ending)
            return
        if self.firm.easybill is not None:
            await easybill_stories.bring_to_end(self, partner, number, ending, answer_to_returned)
            return
        note = await self._open_credit_note(number)
        match ending:
            case Ending.LEFT_OPEN:
                self.expect(number, "credit_note_open")
            case Ending.VOIDED:
                await self.firm.click(note, "void")
                await self.reach(number, "cancelled")
                again = await self.ask_for_payout(partner)
                await self.bring_to(partner, again, Ending.PAID, answer_to_returned)
            case Ending.DELETED:
                await self.firm.click(note, "reopen")
                await self.think()
                await self.firm.click(note, "delete")
                await self.reach(number, "cancelled")
            case Ending.RETURNED:
                await self.pay_a_part(number, note)
                self.firm.answers_to_returned[number] = answer_to_returned
                await self.firm.click(note, "void")
                await self.reach(number, answer_to_returned)
            case Ending.UNPAID_AGAIN:
                await self.mark_paid(number, note)
                self.firm.answers_to_returned[number] = "settled_manually"
                await self.firm.click(note, "unpay")
                await self.reach(number, "settled_manually")
            case Ending.PAID_IN_PARTS:
                await self.pay_a_part(number, note)
                await self.mark_paid(number, note)
            case Ending.REOPENED:
                await self.firm.click(note, "reopen")
                await self.think()
                await self.firm.click(note, "finalize")
                await self.mark_paid(number, note)
            case Ending.DEVIATES:
                await self._deviate(number, note)
            case _:
                await self.mark_paid(number, note)

    async def _cancel(self, number: str) -> None:
        """Right after the approval: either it is cancelled, or it is too late and the document is paid."""
        await self._decide(number, "approve")
        try:
            await self._decide(number, "cancel")
        except Refused as refused:
            if refused.status != 409:
                raise
            await self._from_its_credit_note("", number, Ending.PAID, "")
        else:
            # Of a document of our own: at once, or once a person has deleted its voucher.
            await self.reach(number, "cancelled")

    async def _contradict(self, number: str) -> None:
        """Two people decide the opposite at the same instant: one is heard, the other refused."""
        outcomes = await asyncio.gather(
            self._decide(number, "approve"), self._decide(number, "reject"), return_exceptions=True
        )
        heard = [kind for kind, outcome in zip(("approve", "reject"), outcomes, strict=True) if outcome is None]
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not (isinstance(outcome, Refused) and outcome.status == 409):
                raise outcome
        if len(heard) != 1:
            self._diary.contradictions.append(f"{self.firm.tenant.slug} {number}: {heard or 'neither'} was taken")
        elif heard == ["reject"]:
            self.expect(number, "rejected")
        else:
            await self._from_its_credit_note("", number, Ending.PAID, "")

    async def _deviate(self, number: str, note: str) -> None:
        """Somebody changes the finished credit note: it must not count as paid until it is as approved again."""
        before = await self.firm.office("GET", f"/sandbox/documents/{note}")
        net = Decimal(str(before["totalPrice"]["totalNetAmount"]))
        await self.firm.click(note, "edit", net=str(net + 1), force=True)
        await self.firm.click(note, "mark-paid")
        await self.until(
            f"{number} is found to deviate",
            lambda: self.firm.ask("GET", "/tasks?kind=document_deviates&limit=100"),
            lambda page: any(task["subject_id"] == number for task in page["items"]),
        )
        await self.firm.click(note, "unpay")
        await self.firm.click(note, "edit", net=str(net), force=True)
        await self.mark_paid(number, note)

    async def pay_a_part(self, number: str, note: str) -> None:
        await self.firm.click(note, "pay", amount="1.00")
        await self.until(
            f"{number} is known to be partly paid",
            lambda: self.firm.ask("GET", f"/payouts/{number}"),
            lambda payout: payout["credit_note_open_cents"] == payout["gross_cents"] - 100,
        )

    async def mark_paid(self, number: str, note: str) -> None:
        await self.think()
        await self.firm.click(note, "mark-paid")
        await self.reach(number, "paid")

    async def _open_credit_note(self, number: str) -> str:
        payout = await self.reach(number, "credit_note_open")
        return str(payout["credit_note_id"])

    async def reach(self, number: str, state: str) -> dict[str, Any]:
        """Wait for this state, which is then the one that is expected in the end."""
        self.expect(number, state)
        seen: dict[str, Any] = await self.until(
            f"{number} {state}",
            lambda: self.firm.ask("GET", f"/payouts/{number}"),
            lambda payout: payout["state"] == state,
        )
        return seen

    async def _decide(self, number: str, kind: str) -> None:
        """approve, reject or cancel, for what is shown now. Raises Refused."""
        self.is_at(f"{number}: {kind}")
        payout = await self.firm.ask("GET", f"/payouts/{number}")
        body = {"content_hash": payout["content_hash"]} | ({} if kind == "approve" else {"reason": "Chaos"})
        await self.firm.ask("POST", f"/payouts/{number}/{kind}", body, key="approve")
        self._diary.decisions += 1

    def expect(self, number: str, *states: str) -> None:
        """One of these must be its state in the end."""
        self._diary.payouts[(self.firm.tenant.slug, number)] = frozenset(states)


async def sell(firm: Firm, sale: Sale, diary: Diary, *, began: float, look_every: float) -> None:
    """A partner joins, sells, the customer pays, the payout is asked for and comes to its end."""
    story = Story(firm, f"sale {sale.index}", sale.think_seconds, diary, look_every)
    story.is_at("has not begun")
    await asyncio.sleep(max(0.0, began + sale.begins_at - time.monotonic()))
    story.is_at("joins")
    await firm.make_partner(sale.seller, sale.manager)
    await sell_once(story, sale, diary)


async def sell_once(story: Story, sale: Sale, diary: Diary) -> None:
    """The sale of a partner who has joined, until that partner's payout has come to its end."""
    firm = story.firm
    payment_intent = f"pi_chaos_{firm.tenant.slug}_{sale.index}"
    await firm.stripe_says(_checkout(payment_intent, sale))
    levels = (sale.seller, sale.manager, *((MANAGERS[0],) if sale.manager != MANAGERS[0] else ()))
    diary.sales[(firm.tenant.slug, payment_intent)] = ExpectedSale(payment_intent, sale.net_cents, levels)
    invoice = await _invoice(story, sale, payment_intent)
    await story.think()
    await firm.click(invoice, "pay")
    await story.until(
        f"{payment_intent} approved",
        lambda: _sale(firm, sale.seller),
        lambda seen: seen is not None and seen["state"] == "approved",
    )
    await story.think()
    number = await story.ask_for_payout(sale.seller)
    await story.bring_to(sale.seller, number, sale.ending, sale.answer_to_returned)
    story.ends()


async def collect(firm: Firm, collection: Collection, diary: Diary, *, began: float, look_every: float) -> None:
    """A manager asks for what has come together; where nothing has, nothing happens."""
    story = Story(firm, f"collection {collection.index}", collection.think_seconds, diary, look_every)
    story.is_at("has not begun")
    await asyncio.sleep(max(0.0, began + collection.begins_at - time.monotonic()))
    try:
        number = await story.ask_for_payout(collection.manager)
    except Refused as refused:
        if refused.code != "nothing_due":
            raise
        diary.nothing_due += 1
    else:
        await story.bring_to(collection.manager, number, collection.ending, "")
    story.ends()


async def _invoice(story: Story, sale: Sale, payment_intent: str) -> str:
    """Written by the product, or by a person; returns its id in lexoffice."""
    firm = story.firm
    if firm.easybill is not None:
        return await firm.easybill.write_invoice(sale.net_cents, payment_intent)
    if not sale.written_by_us:
        written = await firm.hook(
            "POST",
            "invoices",
            {
                "customer": "Kunde AG",
                "net": str(Decimal(sale.net_cents) / 100),
                "remark": f"Bestellung: {payment_intent}",
            },
        )
        return str(written["id"])
    transaction = await _sale(firm, sale.seller)
    assert transaction is not None, "a sale that Stripe was thanked for is in the ledger"
    recipient = {"name": "Kunde AG", "street": "Weg 2", "zip": "53111", "city": "Bonn"}
    await firm.ask("POST", f"/transactions/{transaction['id']}/invoice", recipient)
    seen = await story.until(
        f"the invoice of {payment_intent}",
        lambda: _sale(firm, sale.seller),
        lambda seen: seen is not None and seen["invoice_number"] is not None,
    )
    assert seen is not None
    return str(seen["invoice_id"])


async def _sale(firm: Firm, seller: str) -> dict[str, Any] | None:
    """Each seller sells once."""
    rows = (await firm.ask("GET", f"/transactions?partner={seller}&limit=5"))["items"]
    return rows[0] if rows else None


def _checkout(payment_intent: str, sale: Sale) -> dict[str, Any]:
    tax = sale.net_cents * 19 // 100
    return {
        "id": f"evt_{payment_intent}",
        "object": "event",
        "type": "checkout.session.completed",
        "created": int(time.time()),
        "livemode": False,
        "data": {
            "object": {
                "id": f"cs_{payment_intent}",
                "object": "checkout.session",
                "payment_intent": payment_intent,
                "payment_status": "paid",
                "client_reference_id": sale.seller,
                "currency": "eur",
                "amount_total": sale.net_cents + tax,
                "total_details": {"amount_tax": tax},
                "customer_details": {"email": f"{secrets.token_hex(6)}@kunde.example", "name": "Kunde AG"},
            }
        },
    }
