"""How lexoffice notifies this tenant, and asking for that to be set up anew."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.http.language import in_words
from api.http.parts import Parts
from api.http.rows import shown
from ledger import types
from ledger.connections import connections, subscriptions
from ledger.connections.connections import NotConnected
from ledger.connections.subscriptions import Subscribed
from ledger.database import TenantTransaction
from ledger.documents.own import voucher_use
from lexoffice.webhook import SUBSCRIBED, SUBSCRIBED_FOR_VOUCHERS, SUBSCRIBED_WHERE_KNOWN


class Subscriptions(BaseModel):
    state: Literal["unknown", "healthy", "failing"]
    reason: str | None = Field(description="Woran es liegt, wenn der Zustand `failing` ist")
    reason_code: str | None
    reason_params: dict[str, Any] | None
    checked_at: datetime | None
    pending: bool = Field(description="Eine Einrichtung wurde verlangt und ist noch nicht abgeschlossen")
    address: str = Field(description="Wohin lexoffice meldet; der Token jedes Abonnements wird nicht gezeigt")
    subscriptions: list[Subscribed]
    missing: list[str] = Field(description="Ereignisse, die zurzeit niemand meldet")


async def want(tx: TenantTransaction) -> None:
    """Have them set up anew: the next sweep does it if the engine cannot be told now. Raises NotConnected."""
    if not (await connections.get(tx, types.LEXOFFICE)).has_secret:
        raise NotConnected
    await subscriptions.want_set_up(tx)


async def health(tx: TenantTransaction, doors: Parts) -> dict[str, Any]:
    """Members of `Subscriptions`, as the last check found them; no call of lexoffice."""
    found = await subscriptions.health(tx)
    there = {one.event_type for one in found.subscriptions}
    wanted = SUBSCRIBED + (SUBSCRIBED_FOR_VOUCHERS if await voucher_use.is_used(tx) else ())
    return shown(
        found,
        reason=in_words(found.reason),
        reason_code=found.reason and found.reason.code,
        reason_params=found.reason and found.reason.params,
        address=f"{doors.settings.public_url}/api/webhooks/{tx.tenant.slug}/lexoffice",
        missing=[type for type in wanted if type not in there and type not in SUBSCRIBED_WHERE_KNOWN],
    )
