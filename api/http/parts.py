"""What every door works with, made once when the application starts."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, HTTPException, Request
from temporalio.client import Client

from activities.gateway.oauth_access import OAuthAccess
from api.http.figures import Figures
from api.http.metrics import Metrics
from api.http.quota import Quota
from api.http.recognition import Recognition
from api.http.signing_key import SigningKey
from engine.announcer import Announcer
from ledger.access.api_keys import Caller
from ledger.connections.webhook_tokens import WebhookDoor
from ledger.database import Ledger
from ledger.migrations.needed import NeededSchema
from ledger.vault import Vault
from settings import Settings


@dataclass(frozen=True)
class Parts:
    settings: Settings
    ledger: Ledger
    files: Ledger
    """The same ledger for files of whole lists: on connections of their own, and in no hurry."""
    vault: Vault
    engine: Client
    announcer: Announcer
    metrics: Metrics
    figures: Figures
    api_keys: Recognition[Caller]
    webhook_tokens: Recognition[WebhookDoor]
    quota: Quota | None
    """How many requests a key may still make; None: without a bound."""
    signing_key: SigningKey
    transport: httpx.AsyncBaseTransport
    oauth: OAuthAccess
    needed_schema: NeededSchema


async def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


Doors = Annotated[Parts, Depends(_parts)]


async def _for_operators(doors: Doors) -> None:
    if not doors.settings.operators_doors:
        raise HTTPException(404)  # as where there is nothing


FOR_OPERATORS = Depends(_for_operators)
"""Shown at the API's own port only where the setting says so."""
