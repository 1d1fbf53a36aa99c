"""Who sent a signal, as the history says. A hint, not authentication (engine.md, Decisions)."""

from temporalio.activity import Info
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client


async def signaller_of(client: Client, info: Info, signal: str) -> str:
    """The identity that sent the newest signal of this name to the activity's workflow, else 'unknown'."""
    assert info.workflow_id is not None
    handle = client.get_workflow_handle(info.workflow_id, run_id=info.workflow_run_id)
    found = "unknown"
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            sent = event.workflow_execution_signaled_event_attributes
            if sent.signal_name == signal:
                found = sent.identity or "unknown"
    return found
