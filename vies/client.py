"""One call: is this VAT id one, and of whom?

Never repeated here, no redirect followed: waiting and asking again are for whoever keeps the question.
"""

import asyncio
import json
import re
from typing import Any, Final, Self

import httpx
from pydantic import ValidationError

from vies.answers import ViesAnswer, ViesQuestion
from vies.errors import REFUSING, ViesAway, ViesRefused

CONNECT_SECONDS: Final = 5.0
IN_ALL_SECONDS: Final = 30.0
"""Some registers take 15 s."""
LARGEST_ANSWER: Final = 100_000


class ViesClient:
    """VIES at an address such as `https://ec.europa.eu/taxation_customs/vies/rest-api`."""

    def __init__(self, *, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._root = base_url.rstrip("/")
        self._http = httpx.AsyncClient(
            transport=transport,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "partnerdesk"},
            timeout=httpx.Timeout(IN_ALL_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def check(self, question: ViesQuestion) -> ViesAnswer:
        """Yes or no. Raises ViesAway where nobody has answered, ViesRefused where the question is not taken."""
        try:
            async with asyncio.timeout(IN_ALL_SECONDS):
                status, body = await self._send(question)
        except TimeoutError:
            raise ViesAway("no_answer_in_time") from None
        except httpx.TimeoutException:
            raise ViesAway("no_answer_in_time") from None
        except httpx.HTTPError:
            raise ViesAway("not_reached") from None
        told = _object(body)
        # Errors come with 200 as well, and with `valid: false` beside them: the error is looked for first.
        if code := _error(told):
            raise ViesRefused(code) if code in REFUSING else ViesAway(code)
        if status != httpx.codes.OK:
            raise ViesAway(f"status_{status}")
        try:
            return ViesAnswer.model_validate(told)
        except ValidationError:
            raise ViesAway("no_answer") from None

    async def _send(self, question: ViesQuestion) -> tuple[int, bytes]:
        async with self._http.stream("POST", f"{self._root}/check-vat-number", json=question.body()) as answer:
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise ViesAway("no_answer")
            return answer.status_code, content


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _error(told: dict[str, Any]) -> str | None:
    """VIES's word for what went wrong; None where it is an answer."""
    wrappers = told.get("errorWrappers")
    if isinstance(wrappers, list) and wrappers and isinstance(wrappers[0], dict):
        return _word(wrappers[0].get("error"))
    if told.get("actionSucceed") is False:
        return "UNKNOWN"
    said = told.get("userError")
    return None if said in (None, "", "VALID", "INVALID") else _word(said)


def _word(said: Any) -> str:
    # It is kept and shown, so it is one word of capitals, whatever came.
    return said if isinstance(said, str) and re.fullmatch(r"[A-Z_]{1,60}", said, re.ASCII) else "UNKNOWN"
