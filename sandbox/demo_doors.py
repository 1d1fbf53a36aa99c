"""How the demo knocks at public doors: as somebody who has time, on a machine that may have none."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx

from sandbox.processes import StackError
from sandbox.waiting import PATIENCE

ANSWER_S = 60.0
_AGAIN_AFTER_S = 1.0
_STILL_AT_IT = 409
"""With the same Idempotency-Key: the first request has not been answered yet."""


class DoorClosed(StackError):
    """A public door answered something else than the demo needs; the text says which and how."""


async def answer_of(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Ask until there is an answer other than 503, for five minutes. What is asked must be harmless to ask again.

    Raises DoorClosed where nobody answers at all.
    """
    deadline = time.monotonic() + PATIENCE.in_all_s
    while True:
        try:
            answer = await ask()
        except httpx.TransportError as error:
            if time.monotonic() > deadline:
                raise DoorClosed(f"{error.request.method} {error.request.url.path}: no answer") from None
        else:
            if time.monotonic() > deadline or not _is_busy(answer):
                return answer
        await asyncio.sleep(_AGAIN_AFTER_S)


def _is_busy(answer: httpx.Response) -> bool:
    return answer.status_code == 503 or (answer.status_code == _STILL_AT_IT and "idempotency_key_in_use" in answer.text)
