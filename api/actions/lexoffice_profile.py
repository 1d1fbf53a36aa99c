"""Asking lexoffice whose access it is, while the caller waits. Keeps to the budget like every other call."""

from activities.gateway.calls import Budget, BudgetTransport, NoSlot
from activities.gateway.lexoffice_gateway import account_of
from activities.gateway.oauth_access import RenewingTransport
from api.http.parts import Parts
from api.http.problems import Problem, code_of, not_available
from httpcalls import errors
from ledger.connections.connecting import LexofficeAccount
from ledger.connections.oauth_tokens import GrantLost, RenewalPaused
from ledger.types import LEXOFFICE, Tenant
from lexoffice.client import LexofficeClient


class KeyRefused(Problem):
    """lexoffice says that this key or grant is not valid, or may not do what we need."""

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(422, reason, code=code)


async def ask_profile(doors: Parts, tenant: Tenant, api_key: str) -> LexofficeAccount:
    """What `/v1/profile` says. Raises KeyRefused, and Problem (503, 502) when lexoffice cannot be asked."""
    try:
        client = LexofficeClient(
            base_url=doors.settings.lexoffice_base_url, token=api_key, transport=_within_budget(doors, tenant)
        )
    except ValueError:
        raise KeyRefused("key_malformed") from None
    return await _profile(client, KeyRefused("key_refused"))


async def ask_profile_by_oauth(doors: Parts, tenant: Tenant) -> LexofficeAccount:
    """The same with the stored grant, which is renewed where that is due."""
    try:
        held = await doors.oauth.current(tenant)
    except GrantLost as lost:
        raise KeyRefused(lost.code, code=code_of(lost)) from None
    except RenewalPaused as paused:
        raise not_available(paused.code) from None
    client = LexofficeClient(
        base_url=doors.settings.lexoffice_base_url,
        token=held.token.get_secret_value(),
        transport=RenewingTransport(
            _within_budget(doors, tenant),
            lambda seen: doors.oauth.renewed(tenant, seen),
            generation=held.generation,
        ),
    )
    return await _profile(client, KeyRefused("oauth_connection_refused"))


def _within_budget(doors: Parts, tenant: Tenant) -> BudgetTransport:
    return BudgetTransport(doors.transport, doors.ledger, tenant, Budget(LEXOFFICE, doors.settings.lexoffice_pace))


async def _profile(client: LexofficeClient, refused: KeyRefused) -> LexofficeAccount:
    try:
        async with client:
            profile = await client.profile()
    except errors.Unauthorized:
        raise refused from None
    except errors.Forbidden:
        raise KeyRefused("key_lacks_rights") from None
    except errors.ContractDoesNotInclude:
        raise KeyRefused("plan_lacks_api") from None
    except (NoSlot, errors.RateLimited):
        raise not_available("lexoffice_busy") from None
    except (errors.Unreachable, errors.NoAnswer, errors.ServerError):
        raise not_available("lexoffice_away") from None
    except errors.ProviderError:
        raise Problem(502, "lexoffice_unexpected") from None
    return account_of(profile)
