"""What every door works with, made once when the application starts."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, Request
from temporalio.client import Client

from activities.oauth_access import OAuthAccess
from api.announce import Announcer
from api.metrics import Metrics
from api.recognition import Recognition
from api.signing_key import SigningKey
from ledger.credentials import Caller
from ledger.database import Ledger
from ledger.migrations.needed import NeededSchema
from ledger.vault import Vault
from ledger.webhook_tokens import WebhookDoor
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
    api_keys: Recognition[Caller]
    webhook_tokens: Recognition[WebhookDoor]
    signing_key: SigningKey
    lexoffice_transport: httpx.AsyncBaseTransport
    oauth: OAuthAccess
    needed_schema: NeededSchema


async def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


Doors = Annotated[Parts, Depends(_parts)]
