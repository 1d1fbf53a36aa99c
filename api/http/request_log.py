"""The log of the JSON API: gathered while requests are answered, written once a second for all of them.

A request waits for nothing. A process that is killed loses what it answered within the last second, and what it could
not write while the database was away; of that at most MOST are kept, and each one more is counted as lost
(`partnerdesk_api_requests_unlogged_total`).
"""

import re
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.types import Scope

from ledger.access.api_keys import Caller
from ledger.audit import api_requests
from ledger.audit.api_requests import ApiRequest
from ledger.database import Ledger
from ledger.types import Tenant, TenantId

MOST: Final = 10_000
WRITTEN_EVERY_S: Final = 1.0
_AT_ONCE: Final = 500
_HARMLESS: Final = re.compile(
    r"[A-Z0-9_-]{1,32}"  # partner codes, numbers of payouts and runs, plain numbers
    r"|[a-z]{1,20}(?:[_-][a-z]{1,20}){0,3}"  # sources, campaigns
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[a-z0-9]{10}",  # ids of keys
    re.ASCII,
)
"""Ids, codes and numbers of ours. What somebody else keeps secret is drawn of more letters than one of these has."""


class RequestLog:
    """`count_lost`: one was given up, because too many wait to be written."""

    def __init__(self, count_lost: Callable[[], None]) -> None:
        self._waiting: deque[tuple[Tenant, ApiRequest]] = deque()
        self._count_lost = count_lost

    def note(self, scope: Scope, *, method: str, route: str, status: int, seconds: float) -> None:
        """Keep a request that was answered until it is written, if its key was known. Never waits."""
        caller = scope["state"].get("caller")
        if not isinstance(caller, Caller):
            return
        if len(self._waiting) >= MOST:
            self._count_lost()
            return
        request = ApiRequest(
            request_id=scope["state"]["request_id"],
            at=datetime.now(UTC) - timedelta(seconds=seconds),
            method=method,
            route=route,
            path=shown_path(route, scope["path"]),
            status=status,
            key_id=caller.key_id,
            milliseconds=round(seconds * 1000),
        )
        self._waiting.append((caller.tenant, request))

    async def write(self, ledger: Ledger) -> None:
        """All that wait now, tenant by tenant. What cannot be written waits on. Raises what the database raises."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            of_tenant: dict[TenantId, list[tuple[Tenant, ApiRequest]]] = {}
            for one in batch:
                of_tenant.setdefault(one[0].id, []).append(one)
            try:
                while of_tenant:
                    id, noted = next(iter(of_tenant.items()))
                    async with ledger.transaction(noted[0][0]) as tx:
                        await api_requests.write(tx, [request for _, request in noted])
                    del of_tenant[id]
            finally:
                for noted in of_tenant.values():
                    self._waiting.extendleft(reversed(noted))


def shown_path(template: str, path: str) -> str:
    """The path, with the template's place instead of each part that does not look like a code, a number or an id."""
    shown = [
        place if place.startswith("{") and _HARMLESS.fullmatch(part) is None else part
        for place, part in zip(template.split("/"), path.split("/"), strict=False)
    ]
    return "/".join(shown)
