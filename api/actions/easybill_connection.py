"""What people do about the connection to easybill. The JSON API and the page call these functions and no others."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from activities.books.easybill.accounts import account_of
from activities.books.easybill.gateway import budget_of
from activities.gateway.calls import BudgetTransport, NoSlot
from api.actions.lexoffice_profile import KeyRefused
from api.http.language import in_words
from api.http.parts import Parts
from api.http.problems import Problem, not_available
from api.http.rows import shown
from easybill.client import EasybillClient
from httpcalls import errors
from ledger.booking import reconnection
from ledger.connections import connections, easybill_connection, webhook_tokens
from ledger.connections.connections import ProviderConnection
from ledger.connections.easybill_connection import Plan
from ledger.connections.webhook_tokens import TokenUse
from ledger.database import TenantTransaction
from ledger.inbox import events
from ledger.inbox.events import Event
from ledger.reasons import Reason
from ledger.types import EASYBILL, Tenant

# Both secrets work while easybill is being changed over.
GRACE = timedelta(days=1)
STOPS = (Reason.of("notifications_only_kept"),)


class EasybillConnection(BaseModel):
    """How it stands; the key is never shown again."""

    state: Literal["unconnected", "connected", "broken"]
    state_reason: str | None = Field(description="Warum die Verbindung unterbrochen ist")
    state_reason_code: str | None
    secret_last4: str | None
    secret_saved_at: str | None
    plan: Plan
    effective_from: date | None
    checked_at: str | None
    webhook_address: str = Field(description="Ohne Geheimnis; mit ihm zeigt sie nur, wer eines erzeugt")


class EasybillChange(BaseModel):
    """Each member is optional; what is not set stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    api_key: SecretStr | None = Field(default=None, min_length=1, max_length=500)
    plan: Plan | None = Field(default=None, description="Tarif: PLUS erlaubt 10 Abrufe in der Minute, BUSINESS 60")
    effective_from: date | None = Field(default=None, description="Stichtag: ältere Rechnungen bleiben außen vor")


async def show(tx: TenantTransaction, doors: Parts) -> dict[str, Any]:
    """How the connection stands."""
    connection = await stored(tx)
    told = shown(
        connection,
        state_reason=in_words(connection.why),
        plan=await easybill_connection.plan_of(tx),
        webhook_address=_address(doors, tx.tenant),
    )
    return {name: told[name] for name in EasybillConnection.model_fields}


async def stored(tx: TenantTransaction) -> ProviderConnection:
    """How it is stored; unconnected where the tenant never was."""
    return await connections.find(tx, EASYBILL) or connections.unconnected(EASYBILL)


async def change(doors: Parts, tenant: Tenant, wanted: EasybillChange, *, actor: str) -> dict[str, Any]:
    """Apply all of it or nothing. A key is tested first. Raises KeyRefused, Refused, Problem (503, 502)."""
    key = None if wanted.api_key is None else wanted.api_key.get_secret_value().strip()
    async with doors.ledger.transaction(tenant) as tx:
        await easybill_connection.ensure(tx)
        plan = wanted.plan or await easybill_connection.plan_of(tx)
    account = None if key is None else await _ask_account(doors, tenant, key, plan)
    taken_up: Sequence[Event] = ()
    async with doors.ledger.transaction(tenant, cause=actor) as tx:
        if wanted.plan is not None or wanted.effective_from is not None:
            await easybill_connection.change(tx, plan=wanted.plan, effective_from=wanted.effective_from, actor=actor)
        if key is not None and account is not None:
            goes_on = await reconnection.save_easybill_key(
                tx, doors.vault, key=key, plan=plan, account=account, actor=actor
            )
            taken_up = await events.find_each(tx, goes_on.events)
        told = await show(tx, doors)
    await doors.announcer.events(tenant, taken_up)
    return told


async def new_address(doors: Parts, tenant: Tenant, *, actor: str) -> SecretStr:
    """The address with a fresh secret, to be entered in easybill; earlier ones still work for a day."""
    async with doors.ledger.transaction(tenant, cause=actor) as tx:
        await easybill_connection.ensure(tx)
        token = await webhook_tokens.create(tx, doors.vault, use=TokenUse(provider=EASYBILL), grace=GRACE, actor=actor)
    return SecretStr(f"{_address(doors, tenant)}?token={token.get_secret_value()}")


async def remove_key(doors: Parts, tenant: Tenant, *, actor: str) -> tuple[Reason, ...]:
    """Forget the key. What does not happen any more."""
    async with doors.ledger.transaction(tenant, cause=actor) as tx:
        await easybill_connection.remove_key(tx, actor=actor)
    return STOPS


async def _ask_account(doors: Parts, tenant: Tenant, key: str, plan: Plan) -> UUID:
    """Whose key it is, asked of easybill itself. Raises KeyRefused, Problem (503, 502)."""
    budget = budget_of(plan, doors.settings.easybill_pace)
    transport = BudgetTransport(doors.transport, doors.ledger, tenant, budget)
    try:
        client = EasybillClient(base_url=doors.settings.easybill_base_url, key=key, transport=transport)
    except ValueError:
        raise KeyRefused("easybill_key_malformed") from None
    try:
        async with client:
            return account_of(await client.logins())
    except (errors.Unauthorized, errors.Forbidden, errors.ContractDoesNotInclude):
        raise KeyRefused("easybill_key_rejected") from None
    except (NoSlot, errors.RateLimited):
        raise not_available("easybill_busy") from None
    except (errors.Unreachable, errors.NoAnswer, errors.ServerError):
        raise not_available("easybill_away") from None
    except errors.ProviderError:
        raise Problem(502, "easybill_unexpected") from None


def _address(doors: Parts, tenant: Tenant) -> str:
    return f"{doors.settings.public_url}/api/webhooks/{tenant.slug}/easybill"
