"""The bank of a run: whoever makes files and brings statements for a firm, and the days that go by at the bank.

The bank itself is the outside world (`sandbox/bank`): it is never killed, and it errs. Its customers forget statements,
bring them late, twice and in any order.
"""

import asyncio
import base64
import random
from collections import Counter
from datetime import date
from typing import Any

import httpx
from schwifty import IBAN

from chaos.firm import Firm, Refused

_LOOK_EVERY_S = 1.5
_DAY_EVERY_S = 2.0
_RETURNED = "AC04"
_FAULTS = ("late", "lost", "twice", "overlap", "wrong_balance")
"""What a bank does to its statements. A booking that is wrong itself is a question to a person, not to a run."""
_REFUSED_FOR_GOOD = frozenset({"statement_balance_wrong"})


class Terminal:
    """The sandbox bank, reached as its customers reach it."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=60)

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def books(self) -> dict[str, Any]:
        """Accounts, orders and bookings, as the bank has them."""
        told: dict[str, Any] = await self.ask("GET", "/sandbox/books")
        return told

    async def hand_in(self, file: bytes) -> None:
        answer = await self._http.post("/orders", content=file)
        answer.raise_for_status()

    async def content(self, paper: int) -> bytes:
        answer = await self._http.get(f"/files/{paper}")
        answer.raise_for_status()
        return answer.content


class Banker:
    """Of one firm: pays what can be paid, and brings what the bank tells."""

    def __init__(self, firm: Firm, bank: Terminal, seed: int, number: int) -> None:
        self._firm = firm
        self._bank = bank
        self._dice = random.Random(f"banker/{seed}/{number}")  # noqa: S311 - repeatable on purpose
        self.iban = str(IBAN.generate("DE", bank_code="37040044", account_code=f"{number + 1:010}"))
        self._batch = number % 2 == 0
        self._brought: set[int] = set()
        self.counts: Counter[str] = Counter()
        self.is_done = False
        """Whether the last look found nothing to pay and nothing to bring."""

    async def open_account(self) -> None:
        """At the bank and in the product; from then on the bank says that a payout is paid."""
        holder = f"Firma {self._firm.tenant.slug}"
        await self._bank.ask("POST", "/sandbox/accounts", {"iban": self.iban, "holder": holder, "cents": 10**9})
        own = {"account_holder": holder, "iban": self.iban, "bic": "COBADEFFXXX", "batch_booking": self._batch}
        account = await self._firm.ask("POST", "/bank-accounts", own)
        await self._firm.ask("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")
        await self._firm.ask("PATCH", "/tenant", {"paid_by": "bank"})

    async def be_there(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                paid, brought = await self._pay(), await self._bring()
            except Refused as refused:
                # Somebody, or the engine, was faster.
                self.counts[f"refused: {refused.code}"] += 1
                self.is_done = False
            else:
                self.is_done = not paid and not brought

    async def _pay(self) -> bool:
        """A run for what can be paid now; whatever was left half done is gone on with. Whether there was anything."""
        runs = (await self._firm.ask("GET", "/bank-runs?limit=100"))["items"]
        orders = (await self._bank.books())["orders"]
        handed_in = {order["message_id"] for order in orders if order["account"] == self.iban}
        under_way = [run for run in runs if run["state"] in ("draft", "approved")]
        lost = [run for run in runs if run["state"] == "exported" and run["number"] not in handed_in]
        for run in [*under_way, *lost]:
            await self._go_on(run)
        if under_way or lost:
            return True
        if not (await self._firm.ask("GET", "/bank-runs/candidates"))["payable"]:
            return False
        await self._firm.ask("POST", "/bank-runs", {})
        return True

    async def _go_on(self, run: dict[str, Any]) -> None:
        if run["state"] == "draft":
            content = {"content_hash": run["content_hash"]}
            await self._firm.ask("POST", f"/bank-runs/{run['number']}/approve", content, key="approve")
        file = await self._firm.file(f"/bank-runs/{run['number']}/file")
        await self._bank.hand_in(file)
        self.counts["files"] += 1

    async def _bring(self) -> bool:
        """Some of what lies there, in any order, and now and then once more. Whether anything is left."""
        papers = [one for one in (await self._bank.books())["papers"] if one["account"] == self.iban]
        for lost in [one for one in papers if one["ready_on"] is None]:
            await self._bank.ask("POST", f"/files/{lost['id']}/ask")
            self.counts["asked for"] += 1
        ready = {one["id"] for one in (await self._bank.ask("GET", "/files"))["files"]}
        waiting = [one for one in papers if one["id"] not in self._brought]
        now = [one for one in waiting if one["id"] in ready and self._dice.random() < 0.5]
        again = [one for one in papers if one["id"] in self._brought and self._dice.random() < 0.03]
        self._dice.shuffle(now)
        self.counts["forgotten for now"] += len(waiting) - len(now)
        for paper in [*now, *again]:
            await self._bring_one(paper)
        return bool(waiting)

    async def _bring_one(self, paper: dict[str, Any]) -> None:
        content = base64.b64encode(await self._bank.content(paper["id"])).decode()
        told = await self._firm.ask(
            "POST", "/bank-statements", {"files": [{"name": paper["name"], "content": content}]}, key="statements"
        )
        [outcome] = told["files"]
        if outcome["refused_code"] not in {None, *_REFUSED_FOR_GOOD}:
            self.counts[f"refused: {outcome['refused_code']}"] += 1
            return
        self.counts["brought again" if paper["id"] in self._brought else "brought"] += 1
        self._brought.add(paper["id"])

    async def books(self) -> dict[str, Any]:
        """The bank's own."""
        return await self._bank.books()

    async def let_it_come_back(self, iban: str) -> None:
        """The partner has closed the account."""
        payee = {"iban": iban, "returned": _RETURNED, "after_days": self._dice.randrange(1, 4)}
        await self._bank.ask("POST", "/sandbox/payees", payee)


class BankDays:
    """The bank's calendar, which goes on much faster than ours; and what the bank does wrong."""

    def __init__(self, bank: Terminal, seed: int) -> None:
        self._bank = bank
        self._dice = random.Random(f"bank/{seed}")  # noqa: S311 - repeatable on purpose
        self.errs = False
        self.faults: Counter[str] = Counter()
        self.days = 0

    async def go_by(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_DAY_EVERY_S)
            if self.errs and self._dice.random() < 0.5:
                await self._err()
            told = await self._bank.ask("POST", "/sandbox/days", {"days": 1})
            assert date.fromisoformat(told["today"])
            self.days += 1

    async def _err(self) -> None:
        kind = self._dice.choice(_FAULTS)
        of = self._dice.choice(("camt.053", "camt.053", "camt.054")) if kind in ("late", "lost", "twice") else None
        await self._bank.ask("POST", "/sandbox/faults", {"kind": kind, "of": of or "camt.053", "days": 3})
        self.faults[kind] += 1

    async def be_right_again(self) -> None:
        """No fault is left."""
        self.errs = False
        await self._bank.ask("DELETE", "/sandbox/faults")
