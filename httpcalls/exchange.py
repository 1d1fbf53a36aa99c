"""One request and its answer: sent once, bounded in time and size, never redirected.

Repeating is for the caller, who knows what has been written down about the call. An exception of the transport that is
no httpx error, such as a limiter's own, passes unchanged.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Final, Protocol, TypeVar, cast

import httpx
from pydantic import ValidationError

from httpcalls.errors import ProviderError, name_or_none
from httpcalls.outcomes import Call, no_answer, unusable_answer
from httpcalls.transports import Borrowed, fresh_connection_transport

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
READ_IN_ALL_SECONDS: Final = 30.0
# Usual gateways give up after 30 s with a 504, so an answer that comes at all comes before.
CREATE_IN_ALL_SECONDS: Final = 35.0
LARGEST_ANSWER: Final = 10 * 1024 * 1024
JSON: Final = "application/json"

_Value = TypeVar("_Value")


class Refusal(Protocol):
    """Which error an answer outside 2xx stands for at this provider."""

    def __call__(self, call: Call, status: int, body: bytes, *, request: str, retry_after: str | None) -> ProviderError:
        """The error, to be raised."""


class Exchange:
    """The requests of one client.

    A `transport` that is given stays open; without one each request has a connection of its own.
    """

    def __init__(
        self, root: str, *, token: str, refusal: Refusal, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.root = root
        self._refusal = refusal
        self._http = httpx.AsyncClient(
            transport=Borrowed(transport) if transport is not None else fresh_connection_transport(),
            headers={
                "Authorization": f"Bearer {_sendable_token(token)}",
                "Accept-Encoding": "identity",  # so that the size of an answer is bounded by what is read
                "User-Agent": "partnerdesk",
            },
            follow_redirects=False,
            trust_env=False,  # neither a proxy nor a .netrc of the machine comes between
        )

    async def aclose(self) -> None:
        """Close the client's own connections; a borrowed transport stays open."""
        await self._http.aclose()

    async def read(self, path: str, read: Callable[[bytes], _Value]) -> _Value:
        """What a GET brings. Raises ProviderError."""
        status, answer = await self.send(Call.READ, "GET", path)
        return understood(read, Call.READ, "GET", path, status, answer)

    async def send(
        self,
        call: Call,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Send one request; status and body of a 2xx. Raises the error that the answer, or its lack, stands for."""
        name = request_name(method, path)
        in_all = CREATE_IN_ALL_SECONDS if call.creates else READ_IN_ALL_SECONDS
        timeout = httpx.Timeout(CREATE_IN_ALL_SECONDS if call.creates else READ_SECONDS, connect=CONNECT_SECONDS)
        timeout.pool = CONNECT_SECONDS
        sent = {"Accept": JSON} | ({"Content-Type": JSON} if body is not None else {}) | dict(headers or {})
        request = self._http.build_request(method, f"{self.root}/{path}", content=body, headers=sent, timeout=timeout)
        status: int | None = None
        retry_after: str | None = None
        content = b""
        problem: Exception | None = None
        try:
            async with asyncio.timeout(in_all):
                response = await self._http.send(request, stream=True)
                status, retry_after = response.status_code, response.headers.get("Retry-After")
                content = await _content(response)
        except (httpx.HTTPError, OSError) as caught:  # OSError: TimeoutError and what TLS lets through
            problem = caught
        # Raised down here so that no error carries the request, and with it the token, as its context.
        if problem is not None and (status is None or 200 <= status < 300):
            raise no_answer(call, problem, request=name, status=status)
        assert status is not None
        if not 200 <= status < 300:
            # A refusal is a refusal by its status, even where its body broke off.
            raise self._refusal(call, status, content, request=name, retry_after=retry_after)
        return status, content


def understood(
    read: Callable[[bytes], _Value], call: Call, method: str, path: str, status: int, answer: bytes
) -> _Value:
    """The answer in our terms. Raises UnexpectedAnswer, or OutcomeUnknown after a create."""
    misread: ProviderError
    try:
        if len(answer) > LARGEST_ANSWER:
            raise ValueError("too large")
        return read(answer)
    except ValidationError as error:
        misread = unusable_answer(call, status, request=request_name(method, path), failure=_faults(error))
    except ValueError as error:
        misread = unusable_answer(call, status, request=request_name(method, path), failure=type(error).__name__)
    raise misread


def request_name(method: str, path: str) -> str:
    """Method and path without the query, which may name somebody."""
    return f"{method} {path.partition('?')[0]}"


async def _content(response: httpx.Response) -> bytes:
    """The body; one byte more than the largest answer for whatever is larger."""
    content = bytearray()
    try:
        async with aclosing(cast(AsyncGenerator[bytes, None], response.aiter_bytes())) as chunks:
            async for chunk in chunks:
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    break
    finally:
        with suppress(httpx.HTTPError, OSError):
            await response.aclose()
    return bytes(content[: LARGEST_ANSWER + 1])


def _faults(error: ValidationError) -> str:
    """Which members are at fault, without their values."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)[:3]
    named = (
        (name_or_none(".".join(str(step) for step in fault["loc"])), name_or_none(fault["type"])) for fault in faults
    )
    return "; ".join(" ".join(part for part in pair if part) for pair in named)


def _sendable_token(token: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("the token is not one word of printable ASCII")  # never quoted: it is a secret
    return token
