"""The person who is there all the time and answers what no machine may decide."""

import asyncio
import time
from collections import Counter
from datetime import datetime
from typing import Any

from chaos.firm import Firm, Refused
from ledger.types import BERLIN

_LOOK_EVERY_S = 2.0
_IN_FLIGHT_S = 50.0
"""A create may take 35 s (engine.md): before that, not finding a document proves nothing to a person either."""


class Person:
    """Answers what no machine may decide, after looking into lexoffice. What they do not know stays open."""

    def __init__(self, firm: Firm, *, in_flight_s: float = _IN_FLIGHT_S) -> None:
        self._firm = firm
        self._in_flight_s = in_flight_s
        self.answered: Counter[str] = Counter()
        self._found_at: dict[str, float] = {}

    async def be_there(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            for task in (await self._firm.ask("GET", "/tasks?limit=100"))["items"]:
                try:
                    await self._answer(task)
                except Refused as refused:
                    # Somebody, or the engine, was faster; or lexoffice is having one of its moments.
                    self.answered[f"{task['kind']} refused: {refused.code}"] += 1

    async def _answer(self, task: dict[str, Any]) -> None:
        match task["kind"]:
            case "connection_broken" | "access_refused":
                await self._firm.mend_connection()
                self.answered[task["kind"]] += 1
            case "credit_note_refused" | "payout_blocked" | "own_document_blocked" | "voucher_refused":
                await self._resolve(task, "retry")
            case "outcome_unknown" | "invoice_outcome_unknown":
                await self._answer_lost(task)
            case "voucher_gone" if "book_again" in task["actions"]:
                await self._resolve(task, "book_again")
            case "own_document_undo":
                await self._delete_voucher(task)
            case "returned" if task["subject_id"] in self._firm.answers_to_returned:
                answer = self._firm.answers_to_returned[task["subject_id"]]
                # lexoffice tells no day of a payment whose document is voided: whoever saw the account does.
                when = {"paid_on": datetime.now(BERLIN).date().isoformat()} if answer == "paid" else {}
                await self._resolve(task, answer, **when)
            case "bank_rejected":
                # The bank's days go by faster than ours, and a file may come after its day (DT01): another follows.
                await self._firm.ask("POST", f"/bank-runs/{task['subject_id']}/rejection/confirm", {}, key="approve")
                self.answered[task["kind"]] += 1
            case "invoice_refused":
                recipient = {"name": "Kunde AG", "street": "Weg 2", "zip": "53111", "city": "Bonn"}
                await self._firm.ask("POST", f"/transactions/{task['subject_id']}/invoice", recipient)
                await self._resolve(task, "done")
            case _:
                pass

    async def _answer_lost(self, task: dict[str, Any]) -> None:
        """Look for the marker in lexoffice: adopt the one that is there, or say that there is none."""
        if time.monotonic() - self._found_at.setdefault(task["id"], time.monotonic()) < self._in_flight_s:
            return
        if self._firm.writes_own and task["subject"] == "payout":
            await self._answer_lost_voucher(task)
            return
        name = task["subject_id"] if task["subject"] == "payout" else f"TX-{task['subject_id'][:8]}"
        marked = [
            document["id"]
            for document in await self._firm.documents()
            if f"[{name}/" in f"{document.get('introduction', '')}\n{document.get('remark', '')}"
        ]
        if len(marked) == 1:
            await self._resolve(task, "adopt", resource_id=marked[0])
        elif not marked:
            await self._resolve(task, "create_again")

    async def _answer_lost_voucher(self, task: dict[str, Any]) -> None:
        number = await self._number_of(task)
        found = [one["id"] for one in await self._firm.vouchers() if one["voucherNumber"] == number]
        if len(found) == 1:
            await self._resolve(task, "adopt", resource_id=found[0])
        elif not found:
            await self._resolve(task, "create_again")

    async def _delete_voucher(self, task: dict[str, Any]) -> None:
        number = await self._number_of(task)
        for voucher in await self._firm.vouchers():
            if voucher["voucherNumber"] == number:
                await self._firm.click_voucher(voucher["id"], "delete")
                self.answered["own_document_undo: deleted"] += 1

    async def _number_of(self, task: dict[str, Any]) -> str:
        """Our own, of the document that the task is about."""
        return str((await self._firm.ask("GET", f"/payouts/{task['subject_id']}"))["own_document_number"])

    async def _resolve(self, task: dict[str, Any], action: str, **detail: str) -> None:
        await self._firm.ask(
            "POST",
            f"/tasks/{task['id']}/resolve",
            {"action": action, "reason": "In der Buchhaltung nachgesehen.", "detail": detail},
            key="approve" if task["subject"] == "payout" else "write",
        )
        self.answered[f"{task['kind']}: {action}"] += 1
