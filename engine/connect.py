"""The connection to the engine, and what must be registered there before anything runs.

Where the engine is and how to authenticate is Temporal's own configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_API_KEY, TLS, or its config file), read by `temporalio.envconfig`.
"""

import asyncio
import re
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from activities.engine_away import AWAY
from engine.call_limit import Patience, call_limit, limit_calls
from engine.plugin import plugin
from engine.runtime import shown_at
from settings import EngineSettings
from workflows import search_attributes

OLDEST_ENGINE = (1, 29)
"""Fairness between tenants, and versions of workers."""
_VISIBLE_WITHIN_S = 15.0


class EngineAway(Exception):
    """The engine does not answer. One kind of failure for doors, whatever the client raised (`AWAY`)."""


class EngineTooOld(Exception):
    """The engine lacks what the product relies on; the text names its version and the one that is needed."""


async def open_client(*, lazy: bool = False, shows_metrics: bool = False) -> Client:
    """A client as the environment says. Lazy: nothing is tried before the first call.

    `shows_metrics`: this process may show the SDK's figures, where PARTNERDESK_ENGINE_METRICS says so.
    Raises EngineAway otherwise, UnusableSettings and MetricsPortBusy.
    """
    settings = EngineSettings.from_environment()
    key, limit = settings.payload_key, timedelta(seconds=settings.engine_seconds)
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "localhost:7233")
    try:
        client = await Client.connect(
            **config,
            lazy=lazy,
            runtime=shown_at(settings.engine_metrics) if shows_metrics and settings.engine_metrics else None,
            plugins=[plugin(key.get_secret_value() if key else None)],
            connect_timeout=limit,
        )
    except AWAY as error:
        raise EngineAway(f"The engine at {config['target_host']} does not answer.") from error
    limit_calls(client, limit, Patience(slow=settings.engine_slow_seconds, pause=settings.engine_pause_seconds))
    return client


async def require_engine(client: Client) -> None:
    """Nothing, if the engine is new enough, or does not say what it is. Raises EngineTooOld, EngineAway."""
    try:
        told = await client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=call_limit(client))
    except AWAY as error:
        raise EngineAway("The engine does not say which version it is.") from error
    if too_old := describe_age(told.server_version):
        raise EngineTooOld(too_old)


def describe_age(server_version: str) -> str | None:
    """Why an engine of this version is too old, and what to do; None for one that is not, or says nothing of it."""
    found = re.match(r"(\d+)\.(\d+)", server_version)
    if found is None or (int(found[1]), int(found[2])) >= OLDEST_ENGINE:
        return None
    needed = ".".join(str(part) for part in OLDEST_ENGINE)
    return (
        f"The Temporal server is {server_version}, and {needed} or newer is needed: without it tenants are not served "
        "in turns. Upgrade the server one minor version at a time (docs/deployment.md)."
    )


async def missing_search_attributes(client: Client) -> list[str]:
    """The names of ours that are not registered. Raises one of AWAY."""
    limit = call_limit(client)
    async with asyncio.timeout(limit.total_seconds()):
        registered = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace), timeout=limit
        )
    return sorted({key.name for key in search_attributes.ALL} - set(registered.custom_attributes))


async def register_search_attributes(client: Client) -> list[str]:
    """Register what is missing and wait until it can be seen; returns the names. Raises one of AWAY."""
    missing = await missing_search_attributes(client)
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace,
                search_attributes=dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD),
            ),
            timeout=timedelta(seconds=10),
        )
        async with asyncio.timeout(_VISIBLE_WITHIN_S):
            while await missing_search_attributes(client):  # noqa: ASYNC110 - the server offers nothing to wait for
                await asyncio.sleep(0.2)
    return missing
