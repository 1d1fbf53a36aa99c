"""The tenant's event subscriptions at lexoffice: that they exist, point here, and are the only ones that do.

Public paragraph: lexoffice API, Event Subscriptions. One subscription a type and address, no update, no header of
ours; the token travels in the address. One request = one activity.
"""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from temporalio import activity

from activities.gateway.lexoffice_gateway import LexofficeDoor
from activities.sweep.sweep_models import OneSubscription, SubscriptionPlan, SubscriptionsEnd
from httpcalls.errors import Conflict, NotFound, ValidationFailed
from ledger.connections import subscriptions
from ledger.database import Ledger
from ledger.documents.own import voucher_use
from ledger.reasons import Reason
from ledger.types import Tenant
from ledger.vault import Vault
from lexoffice.webhook import SUBSCRIBED, SUBSCRIBED_FOR_VOUCHERS, SUBSCRIBED_WHERE_KNOWN

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
NOT_HTTPS = "subscriptions_need_https"
NOT_REACHED = "address_not_reached"


class SubscriptionActivities:
    def __init__(self, ledger: Ledger, door: LexofficeDoor, vault: Vault, *, public_url: str) -> None:
        self._ledger = ledger
        self._door = door
        self._vault = vault
        self._public_url = public_url

    @activity.defn
    async def check_subscriptions(self, tenant: Tenant) -> SubscriptionPlan:
        """GET the list and compare it: what is missing, and what of ours is one too many. Foreign ones are not ours."""
        async with self._ledger.transaction(tenant) as tx:
            asked_at = await subscriptions.wanted_since(tx)
            wanted = SUBSCRIBED + (SUBSCRIBED_FOR_VOUCHERS if await voucher_use.is_used(tx) else ())
        if not may_be_called(self._public_url):
            return SubscriptionPlan(problem=NOT_HTTPS, asked_at=asked_at)
        async with self._door.failures_explained(tenant), self._door.reading(tenant) as client:
            listed = await client.subscriptions()
            organization = (await self._door.access(tenant)).organization_id
        ours = [
            one
            for one in listed
            if points_at(one.callback_url, webhook_address(self._public_url, tenant))
            and one.organization_id in (None, organization)
        ]
        async with self._ledger.transaction(tenant) as tx:
            await subscriptions.end_unlisted(tx, [one.id for one in listed])
            tokens = {one.id: token for one in ours if (token := _token(one.callback_url))}
            recognised = await subscriptions.recognise(tx, self._vault, tokens)
        keep: dict[str, UUID] = {}
        for one in sorted((one for one in ours if one.id in recognised), key=lambda one: recognised[one.id][1]):
            if one.event_type in wanted:
                keep[one.event_type] = one.id  # the newest of several
        return SubscriptionPlan(
            register_types=tuple(type for type in wanted if type not in keep),
            remove=tuple(one.id for one in ours if one.id not in keep.values()),
            asked_at=asked_at,
        )

    @activity.defn
    async def register_subscription(self, task: OneSubscription) -> bool:
        """POST one, with a token of its own. False when lexoffice refuses our address.

        Those that not every release of the API knows come after the others, for which our address was good.

        An answer that is lost leaves a subscription behind whose token is known: the next check adopts or removes it.
        """
        assert task.event_type is not None
        address = webhook_address(self._public_url, task.tenant)
        async with self._ledger.transaction(task.tenant) as tx:
            token = await subscriptions.mint(tx, self._vault, event_type=task.event_type, address=address)
        created: UUID | None = None
        async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
            try:
                made = await client.subscribe(task.event_type, f"{address}?token={token.get_secret_value()}")
                created = made.id
            except (ValidationFailed, Conflict):
                pass  # 406: its HEAD request did not reach us; 409 cannot be, the token is new
        async with self._ledger.transaction(task.tenant) as tx:
            await subscriptions.registered(tx, self._vault, token, created)
        return created is not None or task.event_type in SUBSCRIBED_WHERE_KNOWN

    @activity.defn
    async def remove_subscription(self, task: OneSubscription) -> None:
        """DELETE one of ours; one that is gone already is as good."""
        assert task.subscription_id is not None
        async with self._door.failures_explained(task.tenant), self._door.reading(task.tenant) as client:
            try:
                await client.unsubscribe(task.subscription_id)
            except NotFound:
                pass
        async with self._ledger.transaction(task.tenant) as tx:
            await subscriptions.removed(tx, task.subscription_id)

    @activity.defn
    async def conclude_subscriptions(self, task: SubscriptionsEnd) -> None:
        """Remember the health; a problem becomes a task."""
        async with self._ledger.transaction(task.tenant) as tx:
            problem = None if task.problem is None else Reason.of_word(task.problem)
            await subscriptions.conclude(tx, problem=problem, asked_at=task.asked_at)


def webhook_address(public_url: str, tenant: Tenant) -> str:
    return f"{public_url}/api/webhooks/{tenant.slug}/lexoffice"


def may_be_called(public_url: str) -> bool:
    """lexoffice calls https addresses only; a sandbox on this machine also plain http."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def points_at(callback_url: str, address: str) -> bool:
    """Whether it is this very address, whatever query it carries."""
    try:
        called, ours = urlsplit(callback_url), urlsplit(address)
        same_door = (called.scheme, called.hostname, _port(called)) == (ours.scheme, ours.hostname, _port(ours))
    except ValueError:
        return False
    return same_door and called.path.rstrip("/") == ours.path


def _port(parts: object) -> int | None:
    port = getattr(parts, "port", None)
    return port or {"https": 443, "http": 80}.get(getattr(parts, "scheme", ""))


def _token(callback_url: str) -> str | None:
    found: Sequence[str] = parse_qs(urlsplit(callback_url).query).get("token", [])
    return found[0] if len(found) == 1 else None
