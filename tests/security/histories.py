"""What the engine keeps of the product, as somebody sees it who has the engine and nothing of ours."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

from temporalio.client import Client


async def every_history(engine: Client) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Each run of each workflow: its id, and its history with description as JSON."""
    async for found in engine.list_workflows():
        handle = engine.get_workflow_handle(found.id, run_id=found.run_id)
        told = json.loads((await handle.fetch_history()).to_json())
        described = await handle.describe()
        yield found.id, {"events": told["events"], "described": _as_json(described.raw_description)}


def _as_json(message: Any) -> Any:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(message)


def payloads(told: Any) -> list[tuple[str, bytes]]:
    """Every payload in it: its encoding, and its bytes."""
    found: list[tuple[str, bytes]] = []
    match told:
        case {"metadata": {"encoding": str(encoding)}, **rest}:
            found.append((base64.b64decode(encoding).decode(), base64.b64decode(str(rest.get("data", "")))))
        case dict():
            for value in told.values():
                found += payloads(value)
        case list():
            for value in told:
                found += payloads(value)
    return found
