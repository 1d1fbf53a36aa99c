"""Who `user:…`, `key:…` and their like are, for people to read."""

from collections.abc import Callable

from api.pages.frame.languages import N_, _
from ledger.access import api_keys, memberships
from ledger.database import TenantTransaction

_MACHINES = {
    "engine": N_("automatisch"),
    "ledger": N_("automatisch"),
    "event": N_("ein Ereignis"),
    "stripe": N_("Stripe"),
    "anybody": N_("jemand ohne Anmeldung"),
    "schedule": N_("Kalender"),
    "command": N_("Betreiber, per Befehl"),
}


async def names(tx: TenantTransaction) -> Callable[[str | None], str]:
    """A function that names an actor. Somebody who is no member (any more) stays what the ledger says."""
    known = {f"user:{one.user_id}": one.name or one.email for one in await memberships.list_members(tx)}
    for key in await api_keys.list_api_keys(tx):
        known[f"key:{key.id}"] = _("API-Schlüssel %(name)s", name=key.name)

    def name(actor: str | None) -> str:
        if actor is None:
            return "–"
        if actor.startswith("partner:"):
            return _("der Partner")
        return known.get(actor) or _(_MACHINES.get(actor.partition(":")[0], actor))

    return name
