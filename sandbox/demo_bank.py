"""The end of the demo's loop by the bank: its file, its reports and statements, and not a click in lexoffice."""

import base64
from collections.abc import Callable
from typing import Any

from sandbox.demo import Emit, Loop, payout_shown
from sandbox.demo_office import Office


class LoopByBank(Loop):
    """Steps 6 and 7 of the loop, where the tenant lets the bank say that a payout is paid."""

    def __init__(self, office: Office, emit: Emit, say: Callable[[str], None]) -> None:
        super().__init__(office, emit, say)
        self._brought: set[int] = set()

    async def run(self) -> None:
        """As the loop, by a tenant that chose the bank."""
        await self._office.api("PATCH", "/tenant", {"paid_by": "bank"})
        await super().run()

    async def _transfer(self, number: str) -> None:
        """6. A run with the payout, approved by a second person; its file is handed in at the bank, which accepts."""
        if self._office.writes_own:
            await self._hand_over(number)
        run = await self._office.api("POST", "/bank-runs", {"payouts": [number]})
        approval = {"content_hash": run["content_hash"]}
        await self._office.api("POST", f"/bank-runs/{run['number']}/approve", approval, key="approve")
        file = await self._office.file(f"/bank-runs/{run['number']}/file")
        order = (await self._office.bank("POST", "/orders", content=file)).json()["order"]
        refused = await self._bring_papers()
        payout = await self._office.api("GET", f"/payouts/{number}")
        self._reached(
            "file accepted by the bank",
            order is not None and order["state"] == "accepted" and payout["state"] == "credit_note_open",
            bank_run=run["number"],
            name_check=None if order is None else order["payments"][0]["check"],
            refused=refused,
            **payout_shown(payout),
        )

    async def _marked_paid(self, number: str) -> None:
        """7. The bank books on its day, and the statement is brought."""
        books = (await self._office.bank("GET", "/sandbox/books")).json()
        [order] = [one for one in books["orders"] if one["payments"][0]["end_to_end_id"] == number]
        await self._office.bank("POST", "/sandbox/days", until=max(order["execute_on"], books["today"]))
        await self._office.bank("POST", "/sandbox/days", days=1)
        refused = await self._bring_papers()
        payout = await self._office.api("GET", f"/payouts/{number}")
        self._reached("statement brought", not refused, refused=refused, **payout_shown(payout))

    async def _hand_over(self, number: str) -> None:
        """No bank file pays a document before it counts as delivered; a mail takes a day for that."""
        payout = await self._office.api("GET", f"/payouts/{number}")
        for document in (await self._office.api("GET", "/own-documents"))["items"]:
            if document["number"] == payout["own_document_number"]:
                note = {"note": "Bei der Vorführung übergeben."}
                await self._office.api("POST", f"/own-documents/{document['id']}/handed-over", note)

    async def _bring_papers(self) -> list[str]:
        """All that the bank hands out and that was not brought yet; codes of what was refused."""
        listed = (await self._office.bank("GET", "/files")).json()["files"]
        fresh = [one for one in listed if one["id"] not in self._brought]
        files: list[dict[str, Any]] = []
        for one in fresh:
            content = (await self._office.bank("GET", f"/files/{one['id']}")).content
            files.append({"name": one["name"], "content": base64.b64encode(content).decode()})
        taken = await self._office.api("POST", "/bank-statements", {"files": files}, key="statements")
        self._brought.update(one["id"] for one in fresh)
        return [one["refused_code"] for one in taken["files"] if one["refused_code"]]
