"""Names of steps: for whom something is done and by which function, steady from run to run."""

import re
import sys
from types import FrameType

from temporalio import activity

_OURS = ("activities", "api", "engine", "ledger", "worker")
_CARRIERS = ("ledger.database", "ledger.lock_order", "api.http.")
"""They carry what others want done."""
_ENDPOINT = "run_endpoint_function"  # fastapi/routing.py: its callee is the door
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/|$)")


LOOP = frozenset({"DocumentWorkflow", "PayoutWorkflow"})
"""For whom the worker acts, when somebody sells or is paid; the rest goes on by the clock: hand-over, sweep."""


_BY_THE_CLOCK = frozenset({"api_quota", "request_log"})
"""Modules by which the API tells from time to time what it has counted."""


def in_loop(process: str) -> bool:
    """Whether what is done now is a part of the loop: any request to the API, and activities of its workflows."""
    if process == "api":
        return not _calls(_BY_THE_CLOCK)
    return activity.in_activity() and activity.info().workflow_type in LOOP


def doer() -> str:
    """Activity or door, and the function of ours that acts for it."""
    door, by = _named()
    return by if door == by else f"{door} by {by}"


def whose() -> str:
    """Activity or door."""
    return _named()[0]


def _calls(modules: frozenset[str]) -> bool:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_globals.get("__name__", "").rpartition(".")[2] in modules:
            return True
        frame = frame.f_back
    return False


def _named() -> tuple[str, str]:
    names: list[str] = []
    door: str | None = None
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_name == _ENDPOINT and names:
            door = names[-1]
            break
        module = frame.f_globals.get("__name__", "")
        if module.split(".", 1)[0] in _OURS and not module.startswith(_CARRIERS):
            names.append(f"{module}.{frame.f_code.co_qualname}".replace(".<locals>", ""))
        frame = frame.f_back
    by, outermost = (names[0], names[-1]) if names else ("?", "?")
    return activity.info().activity_type if activity.in_activity() else door or outermost, by


def address(path: str) -> str:
    """A path without what differs from call to call."""
    return _ID.sub("{id}", path)
