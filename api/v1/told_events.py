"""What endpoints of a tenant are told, as the OpenAPI document describes it under `webhooks`.

The bodies are put together by activities/events_out/bodies.py from what the triggers of functions/audit.sql write; a
test compares each of them with its model here.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Header
from pydantic import BaseModel, ConfigDict, Field

from ledger.audit.event_types import EVENT_TYPES, PING

GROUP: Final = "Ausgehende Webhooks"
_HEARD: dict[int | str, dict[str, Any]] = {
    204: {"description": "Angenommen; jede andere 2xx-Antwort zählt ebenso"},
    410: {"description": "Die Adresse hört für immer auf"},
}


class Links(BaseModel):
    self: str = Field(
        description="Wo die API alles über den Gegenstand sagt",
        examples=["https://partner.example.com/api/v1/payouts/PO-2026-0042"],
    )


class _Subject(BaseModel):
    """What an event is about, as it was at that moment. Members may be added within a version."""

    model_config = ConfigDict(extra="allow")


class ToldPayout(_Subject):
    id: str = Field(examples=["PO-2026-0042"])
    state: str = Field(examples=["paid"])
    partner: str = Field(examples=["ANNA"])
    net_cents: int
    tax_cents: int
    gross_cents: int
    currency: str
    period_from: date
    period_to: date
    transferred_on: date | None
    paid_on: date | None
    objected_at: datetime | None
    links: Links


class ToldCommission(_Subject):
    id: UUID
    state: str = Field(examples=["approved"])
    kind: str = Field(examples=["commission"])
    level: int | None
    partner: str = Field(examples=["ANNA"])
    transaction: UUID | None
    net_cents: int
    provisional: bool
    service_date: date
    links: dict[str, str] = Field(description="Leer: eine Provision hat keine eigene Adresse", examples=[{}])


class ToldTransaction(_Subject):
    id: UUID
    state: str = Field(examples=["approved"])
    source: str = Field(examples=["stripe"])
    partner: str | None = Field(examples=["ANNA"])
    base_cents: int
    gross_cents: int | None
    refunded_cents: int = Field(description="Summe aller Erstattungen bis dahin", examples=[0])
    currency: str
    sold_at: datetime
    links: Links


class ToldPartner(_Subject):
    id: str = Field(examples=["ANNA"])
    state: str = Field(examples=["active"])
    is_new: bool
    payouts_stopped: bool
    leaving_since: date | None
    links: Links


class ToldTask(_Subject):
    id: UUID
    state: str = Field(examples=["open"])
    kind: str = Field(examples=["returned"])
    subject: str = Field(examples=["payout"])
    subject_id: str = Field(examples=["PO-2026-0042"])
    reason: str | None = Field(examples=["payout_held"])
    links: Links


class ToldConnection(_Subject):
    id: str = Field(description="Name des Anbieters", examples=["lexoffice"])
    state: str = Field(examples=["broken"])
    links: dict[str, str] = Field(description="Leer", examples=[{}])


class ToldPing(_Subject):
    id: UUID = Field(description="Die Adresse, die ausprobiert wurde")
    links: Links


class _Event(BaseModel):
    timestamp: datetime = Field(description="Wann es geschah", examples=["2026-11-30T14:02:11.120394Z"])
    version: int = Field(description="Fassung von `data`", examples=[1])


class PayoutEvent(_Event):
    type: Literal[
        "payout.requested",
        "payout.approved",
        "payout.document_issued",
        "payout.exported",
        "payout.transferred",
        "payout.paid",
        "payout.returned",
        "payout.cancelled",
        "payout.rejected",
        "partner.objection",
    ]
    data: ToldPayout


class CommissionEvent(_Event):
    type: Literal["commission.created", "commission.approved", "commission.reversed"]
    data: ToldCommission


class TransactionEvent(_Event):
    type: Literal["transaction.created", "transaction.refunded"]
    data: ToldTransaction


class PartnerEvent(_Event):
    type: Literal["partner.updated"]
    data: ToldPartner


class TaskEvent(_Event):
    type: Literal["task.opened", "task.closed"]
    data: ToldTask


class ConnectionEvent(_Event):
    type: Literal["connection.broken", "connection.restored"]
    data: ToldConnection


class PingEvent(_Event):
    type: Literal["ping"]
    data: ToldPing


SUMMARIES: Final = {
    "payout.requested": "Eine Auszahlung wartet auf ihre Freigabe",
    "payout.approved": "Eine Auszahlung ist freigegeben",
    "payout.document_issued": "Den Beleg einer Auszahlung gibt es",
    "payout.exported": "Die Datei für die Bank mit einer Auszahlung ist erstellt",
    "payout.transferred": "Die Bank hat die Überweisung gebucht",
    "payout.paid": "Eine Auszahlung ist bezahlt",
    "payout.returned": "Was als bezahlt galt, ist es nicht mehr",
    "payout.cancelled": "Eine Auszahlung ist storniert",
    "payout.rejected": "Eine Auszahlung ist abgelehnt",
    "partner.objection": "Ein Partner widerspricht einem Beleg",
    "commission.created": "Eine Provision ist verdient",
    "commission.approved": "Eine Provision ist freigegeben",
    "commission.reversed": "Eine Provision ist zurückgenommen, ehe sie bezahlt war",
    "transaction.created": "Ein Verkauf ist erfasst",
    "transaction.refunded": "Ein Verkauf ist erstattet, ganz oder zum Teil",
    "partner.updated": "Ein Partner ist neu oder geändert",
    "task.opened": "Eine Frage wartet auf eine Person",
    "task.closed": "Eine Frage wartet nicht mehr",
    "connection.broken": "Ein Zugang zu einem Anbieter ist gestört",
    "connection.restored": "Ein Zugang zu einem Anbieter geht wieder",
    PING: "Jemand probiert die Adresse aus",
}
_MODELS: Final[tuple[type[_Event], ...]] = (
    PayoutEvent,
    CommissionEvent,
    TransactionEvent,
    PartnerEvent,
    TaskEvent,
    ConnectionEvent,
    PingEvent,
)


def model_of(type: str) -> type[_Event]:
    """The model of the bodies of this type."""
    return next(model for model in _MODELS if type in model.model_fields["type"].annotation.__args__)  # type: ignore[union-attr]


def operation_of(type: str) -> str:
    """`payout.paid` → `told_payout_paid`."""
    return "told_" + type.replace(".", "_")


def described() -> APIRouter:
    """What the OpenAPI document shows; nothing is served here."""
    router = APIRouter()
    for type in (*EVENT_TYPES, PING):
        router.add_api_route(
            type,
            _hearing(model_of(type)),
            methods=["POST"],
            summary=SUMMARIES[type],
            description="Nach Standard Webhooks unterschrieben. Mindestens einmal; dieselbe `webhook-id` bei jedem "
            "Versuch.",
            operation_id=operation_of(type),
            tags=[GROUP],
            status_code=204,
            responses=_HEARD,
        )
    return router


def _hearing(model: type[_Event]) -> Any:
    async def hear(
        event: Annotated[model, Body()],  # type: ignore[valid-type]
        webhook_id: Annotated[
            str,
            Header(
                description="Bleibt gleich bei jedem Versuch und jeder Wiederholung",
                examples=["evt_0b9f6c1e5a434f0e9d0c2f6a1f7a7c11"],
            ),
        ],
        webhook_timestamp: Annotated[
            int, Header(description="Wann dieser Versuch ging, in Sekunden seit 1970", examples=[1764511331])
        ],
        webhook_signature: Annotated[
            str,
            Header(
                description="Eine oder zwei Unterschriften, durch Leerzeichen getrennt: `v1,` und HMAC-SHA256 in "
                "Base64 über `webhook-id`, `webhook-timestamp` und Inhalt, mit Punkten verbunden",
                examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
            ),
        ],
    ) -> None:
        """Told by the OpenAPI document only."""

    return hear
