"""The connections that calls run over. One transport may serve many clients; whoever made it closes it."""

import httpx


def shared_transport(*, connections: int = 20) -> httpx.AsyncHTTPTransport:
    """A pool of kept connections, for calls that may be repeated."""
    return httpx.AsyncHTTPTransport(
        retries=0,
        trust_env=False,
        limits=httpx.Limits(
            max_connections=connections,
            max_keepalive_connections=connections,
            # Well below the idle time-out of usual gateways: a connection that dies while we write costs a retry.
            keepalive_expiry=15,
        ),
    )


def fresh_connection_transport() -> httpx.AsyncHTTPTransport:
    """A new connection for each call, for creates.

    On a kept connection that the other side is just closing, "not sent" cannot be told from "sent and lost". On a
    new one a failure to connect proves that not one byte of the request has left.
    """
    return httpx.AsyncHTTPTransport(
        retries=0, trust_env=False, limits=httpx.Limits(max_connections=20, max_keepalive_connections=0)
    )


class Borrowed(httpx.AsyncBaseTransport):
    """A transport that stays open when the client that uses it is closed."""

    def __init__(self, lender: httpx.AsyncBaseTransport) -> None:
        self._lender = lender

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The lender's answer. Raises what the lender raises."""
        return await self._lender.handle_async_request(request)
