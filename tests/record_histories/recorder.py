"""Fetches a history once its workflow is where a scene wants it, and writes over what names the machine."""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from tests.fixtures.house import Shop, until
from tests.fixtures.products import OwnProduct
from tests.record_histories.waiting import Handle, describe


@dataclass
class Recorder:
    product: OwnProduct
    histories: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str | None] = field(default_factory=dict)
    """Of each document's workflow the run that was recorded last."""

    async def shop(self) -> Shop:
        shop = await self.product.house.shop()
        await shop.partners("ANNA")
        return shop

    async def keep(self, name: str, handle: Handle) -> None:
        history = await handle.fetch_history()
        told = _without_machine(json.loads(history.to_json()))
        self.histories[name] = json.dumps({"workflow_id": handle.id, "history": told}, sort_keys=True)
        print(f"{name}: {len(told['events'])} events", file=sys.stderr, flush=True)

    async def payout(self, name: str, shop: Shop, payout: dict[str, Any]) -> None:
        handle = shop.payout_workflow(payout["number"])

        async def at_rest() -> bool:
            """Nothing under way but what retries: a history in the middle of a task says nothing of its state."""
            seen = await handle.describe()
            return not seen.raw_description.HasField("pending_workflow_task")

        await until(at_rest, bool, f"{name} at rest")
        await self.keep(f"payout-{name}", handle)

    async def document(self, name: str, shop: Shop, resource: str) -> None:
        """The next run of a document's workflow, once it has ended."""
        handle = shop.document_workflow(resource)

        async def newer() -> str | None:
            seen = await describe(handle)
            over = seen is not None and seen.close_time is not None and seen.run_id != self.runs.get(resource)
            return seen.run_id if seen and over else None

        self.runs[resource] = await until(newer, bool, f"{name} ended")
        await self.keep(f"document-{name}", handle)


def _without_machine(told: Any) -> Any:
    """`identity` and the sticky queue's name hold process id and host, a stack trace holds paths. None means
    anything to a replay.
    """
    if isinstance(told, dict):
        if told.get("kind") == "TASK_QUEUE_KIND_STICKY":
            told = told | {"name": "sticky"}
        fixed = {"identity": "recorder", "stackTrace": ""}
        return {key: fixed[key] if key in fixed else _without_machine(value) for key, value in told.items()}
    return [_without_machine(one) for one in told] if isinstance(told, list) else told
