"""Asking lexoffice whose access it is, while the caller waits. Keeps to the budget like every other call."""

from activities.lexoffice_door import BudgetTransport, NoSlot, account_of
from activities.oauth_access import RenewingTransport
from api.parts import Parts
from api.problems import Problem, not_available
from ledger.connecting import LexofficeAccount
from ledger.oauth_tokens import GrantLost, RenewalPaused
from ledger.types import Tenant
from lexoffice import errors
from lexoffice.client import LexofficeClient


class KeyRefused(Problem):
    """lexoffice says that this key or grant is not valid, or may not do what we need."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(422, code, detail)


async def ask_profile(doors: Parts, tenant: Tenant, api_key: str) -> LexofficeAccount:
    """What `/v1/profile` says. Raises KeyRefused, and Problem (503, 502) when lexoffice cannot be asked."""
    try:
        client = LexofficeClient(
            base_url=doors.settings.lexoffice_base_url, token=api_key, transport=_within_budget(doors, tenant)
        )
    except ValueError:
        raise KeyRefused("key_malformed", "Das ist kein API-Schlüssel von lexoffice.") from None
    return await _profile(client, KeyRefused("key_refused", "lexoffice lehnt den API-Schlüssel ab."))


async def ask_profile_by_oauth(doors: Parts, tenant: Tenant) -> LexofficeAccount:
    """The same with the stored grant, which is renewed where that is due."""
    try:
        held = await doors.oauth.current(tenant)
    except GrantLost as lost:
        raise KeyRefused(lost.code, lost.sentence) from None
    except RenewalPaused as paused:
        raise not_available(paused.sentence, paused.code) from None
    client = LexofficeClient(
        base_url=doors.settings.lexoffice_base_url,
        token=held.token.get_secret_value(),
        transport=RenewingTransport(
            _within_budget(doors, tenant),
            lambda seen: doors.oauth.renewed(tenant, seen),
            generation=held.generation,
        ),
    )
    return await _profile(client, KeyRefused(GrantLost.code, "lexoffice lehnt den Zugang über OAuth ab."))


def _within_budget(doors: Parts, tenant: Tenant) -> BudgetTransport:
    return BudgetTransport(doors.lexoffice_transport, doors.ledger, tenant, doors.settings.lexoffice_pace)


async def _profile(client: LexofficeClient, refused: KeyRefused) -> LexofficeAccount:
    try:
        async with client:
            profile = await client.profile()
    except errors.Unauthorized:
        raise refused from None
    except errors.Forbidden:
        raise KeyRefused("key_lacks_rights", "Dem Zugang fehlen Rechte in lexoffice.") from None
    except errors.ContractDoesNotInclude:
        raise KeyRefused("plan_lacks_api", "Der lexoffice-Tarif enthält die Schnittstelle nicht.") from None
    except (NoSlot, errors.RateLimited):
        raise not_available("lexoffice erlaubt zurzeit keine weitere Anfrage.", "lexoffice_busy") from None
    except (errors.Unreachable, errors.NoAnswer, errors.ServerError):
        raise not_available("lexoffice antwortet zurzeit nicht.", "lexoffice_away") from None
    except errors.LexofficeError:
        raise Problem(502, "lexoffice_unexpected", "lexoffice hat nicht wie erwartet geantwortet.") from None
    return account_of(profile)
