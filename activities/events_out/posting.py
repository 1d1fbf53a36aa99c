"""One POST to an endpoint: to the address that was checked, under the endpoint's name, bounded in time and answer."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import Final

import httpx

from activities.events_out.addresses import AddressRefused, Names, resolve
from ledger.audit.events_out import Attempt
from ledger.plain_text import cleaned

IN_ALL_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 5.0
LARGEST_ANSWER: Final = 64 * 1024
_KEPT_OF_AN_ANSWER: Final = 1000


class EndpointCaller:
    """Calls endpoints. `loopback`: this machine may be called, by plain HTTP as well (development and tests).

    `trust`: whose certificates count, as httpx trusts them unless told otherwise.
    """

    def __init__(
        self, *, loopback: bool = False, in_all_seconds: float = IN_ALL_SECONDS, trust: ssl.SSLContext | None = None
    ) -> None:
        self._loopback = loopback
        self._in_all = in_all_seconds
        self._trust = trust or httpx.create_ssl_context()
        self._names = Names()

    def close(self) -> None:
        """Give the threads back; nobody waits for a resolver."""
        self._names.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """What came of it. Never raises for what the endpoint does or does not do."""
        began = time.monotonic()
        status: int | None = None
        answer: str | None = None
        try:
            async with asyncio.timeout(self._in_all):
                status, answer = await self._send(httpx.URL(url), body, headers)
            failure = None if 200 <= status < 300 else "status_not_2xx"
        except AddressRefused as refused:
            failure = refused.code
        except (TimeoutError, httpx.TimeoutException):
            failure = "no_answer_in_time"
        except httpx.ConnectError:
            failure = "not_connected"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            failure = "no_answer"
        spent = round((time.monotonic() - began) * 1000)
        return Attempt(failure=failure, status=status, answer=answer, milliseconds=spent)

    async def _send(self, url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        # `url.host` decodes xn--…, and the resolver would encode it by IDNA 2003: xn--strae-oqa.de became strasse.de,
        # which is somebody else's.
        host = url.raw_host.decode("ascii")
        address = await resolve(host, names=self._names, loopback=self._loopback)
        # A client of its own for each call: a connection that is kept would go to what was checked long ago.
        async with (
            httpx.AsyncClient(
                verify=self._trust,
                timeout=httpx.Timeout(self._in_all, connect=CONNECT_SECONDS),
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers={**headers, "host": url.netloc.decode("ascii"), "accept-encoding": "identity"},
                # TLS names the endpoint and checks its certificate for that name, not for the address.
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            return answer.status_code, await _beginning(answer)


async def _beginning(answer: httpx.Response) -> str:
    """What is kept of an answer. More than LARGEST_ANSWER is not read, and the status counts all the same."""
    content = b""
    async for part in answer.aiter_raw():
        content += part
        if len(content) >= LARGEST_ANSWER:
            break
    return cleaned(content[: 4 * _KEPT_OF_AN_ANSWER].decode("utf-8", "replace"))[:_KEPT_OF_AN_ANSWER]
