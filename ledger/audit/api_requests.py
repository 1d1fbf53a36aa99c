"""What was asked of the JSON API, by which key, and how it was answered: neither contents nor secrets."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from ledger.database import TenantTransaction
from ledger.keyset import Conditions
from ledger.types import Frozen


class ApiRequest(Frozen):
    """One request. `route`: the template of its address; `path`: the address itself, without what follows the `?`."""

    request_id: str = Field(description="Wie `X-Request-Id` der Antwort", examples=["9f2b7c0e5a434f0e"])
    at: datetime
    method: str = Field(examples=["GET"])
    route: str = Field(description="Vorlage der Adresse, die genommen wurde", examples=["/api/v1/payouts/{number}"])
    path: str = Field(
        description="Adresse ohne Parameter nach dem `?`; was kein Code und keine Nummer ist, steht als Platz",
        examples=["/api/v1/payouts/PO-2026-0001"],
    )
    status: int = Field(description="HTTP-Status; 499: der Aufrufer hat aufgelegt", examples=[200])
    key_id: str = Field(description="Id des Schlüssels", examples=["k3x8q2m9ab"])
    milliseconds: int = Field(description="So lange dauerte die Antwort", examples=[12])


class LoggedRequest(ApiRequest):
    """A request as lists show it; `seq` is its place among them."""

    seq: int


class RequestFilter(Frozen):
    """Which requests are wanted; None: all. `failed`: answered with 400 or more, or the opposite."""

    key_id: str | None = None
    method: str | None = None
    route: str | None = None
    status: int | None = None
    failed: bool | None = None
    request_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


_ALL = RequestFilter()
_COLUMNS = "seq, request_id, at, method, route, path, status, key_id, milliseconds"


async def write(tx: TenantTransaction, requests: Sequence[ApiRequest]) -> None:
    """Keep these, in one statement."""
    await tx.execute(
        """
        INSERT INTO api_requests (tenant_id, request_id, at, method, route, path, status, key_id, milliseconds)
        SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::int[],
                                 $8::text[], $9::int[])
        """,
        tx.tenant.id,
        [one.request_id for one in requests],
        [one.at for one in requests],
        [one.method for one in requests],
        [one.route for one in requests],
        [one.path for one in requests],
        [one.status for one in requests],
        [one.key_id for one in requests],
        [one.milliseconds for one in requests],
    )


async def list_requests(
    tx: TenantTransaction, wanted: RequestFilter = _ALL, *, after: int | None = None, limit: int = 50
) -> tuple[list[LoggedRequest], int | None]:
    """Newest first; the second value is the cursor of the next page."""
    where = Conditions(tx.tenant.id)
    for column in ("key_id", "method", "route", "status", "request_id"):
        if (value := getattr(wanted, column)) is not None:
            where.require(f"{column} = {{}}", value)
    if wanted.failed is not None:
        where.require("status >= 400" if wanted.failed else "status < 400")
    if wanted.since is not None:
        where.require("at >= {}", wanted.since)
    if wanted.before is not None:
        where.require("at < {}", wanted.before)
    if after is not None:
        where.require("seq < {}", after)
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM api_requests WHERE tenant_id = $1 {where} ORDER BY seq DESC
         LIMIT {where.parameter(limit + 1)}
        """,
        *where.parameters,
    )
    found = [LoggedRequest.from_row(row) for row in rows[:limit]]
    return found, (found[-1].seq if len(rows) > limit else None)
