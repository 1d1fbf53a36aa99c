"""A further source of sales, as CONTRIBUTING.md describes adding one: a till that tells of each sale in three words."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import SecretStr

from api.actions.sources.message import NOT_HANDLED, Message, NotAMessage, Terms
from api.actions.sources.probes import Probe
from api.actions.sources.registry import Source
from api.http.parts import Doors
from api.webhooks import sources
from ledger.connections.source_secrets import PROBE
from ledger.sales.references import Reference
from ledger.sales.sale_reports import SaleReport

NAME = "tillbell"


def read(body: bytes, terms: Terms) -> Message:
    """`sold <number> <partner> <cents>`; of it, `<cents>` hold 19 %."""
    match body.decode().split():
        case ["sold", number, partner, cents]:
            at = datetime(2026, 11, 20, 12, tzinfo=UTC)
            sale = SaleReport(
                source=NAME,
                is_final=True,
                told_by=NAME,
                more_references=(Reference(kind=NAME, reference=number),),
                partner_code=partner,
                gross_cents=int(cents),
                tax_cents=int(cents) * 19 // 119,
                currency="EUR",
                sold_at=at,
            )
            return Message(kind="sold", id=number, at=at, account="self", report=sale)
        case [kind, number]:
            return Message(kind=kind, id=number, at=datetime.now(UTC), account="self", report=NOT_HANDLED)
    raise NotAMessage


def signature(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, headers: Mapping[str, str], secret: SecretStr) -> bool:
    return hmac.compare_digest(headers.get("x-till", ""), signature(body, secret.get_secret_value()))


def probe(id_: str, at: datetime, secret: SecretStr) -> Probe:
    body = f"{PROBE} {id_}".encode()
    return Probe(body, {"x-till": signature(body, secret.get_secret_value())})


ROW = Source(read, is_signed, probe)


def door() -> APIRouter:
    """Its address, beside the others'."""
    router = APIRouter()

    @router.post("/api/webhooks/{tenant}/tillbell", include_in_schema=False)
    async def receive(tenant: str, request: Request, doors: Doors) -> Response:
        return await sources._receive(NAME, tenant, request, doors)

    return router
