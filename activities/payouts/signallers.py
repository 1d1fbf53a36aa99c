"""Who sent a signal or started a workflow, as the history says. A hint, not authentication (engine.md, Decisions)."""

from typing import Any

from temporalio.activity import Info
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.converter import DataConverter

UNKNOWN = "unknown"


async def signaller_of(client: Client, info: Info, signal: str, plain: Any) -> str:
    """The identity that sent the newest signal of this name with this content to the activity's workflow.

    `plain` is the content as the workflow kept it (workflows/payout.py), None where it was not understood.
    """
    assert info.workflow_id is not None
    handle = client.get_workflow_handle(info.workflow_id, run_id=info.workflow_run_id)
    found = UNKNOWN
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            sent = event.workflow_execution_signaled_event_attributes
            if sent.signal_name == signal and plain in (None, await _content(client.data_converter, sent.input)):
                found = sent.identity or UNKNOWN
    return found


async def starter_of(client: Client, info: Info) -> str:
    """The identity that started the activity's workflow: of a run by the calendar the engine's own."""
    assert info.workflow_id is not None
    handle = client.get_workflow_handle(info.workflow_id, run_id=info.workflow_run_id)
    async for event in handle.fetch_history_events():
        return event.workflow_execution_started_event_attributes.identity or UNKNOWN
    return UNKNOWN


async def _content(converter: DataConverter, payloads: Any) -> Any:
    try:
        values = await converter.decode(payloads.payloads)
    except Exception:  # whatever it was, it is not what we look for
        return None
    return values[0] if values else None
