"""The sandbox lexoffice as a process of its own, reached by HTTP only."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from sandbox.processes import LOOPBACK, Command, Service, http_answers

_CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class LexofficeAddresses:
    """`base_url` is that of the API, without /v1; `app_url` that of the pages and of the JSON hooks."""

    base_url: str
    app_url: str
    public_key_url: str


class LexofficeServer(Service):
    """One sandbox lexoffice over one state directory. `options` go to `python -m sandbox.lexoffice`."""

    name = "Sandbox lexoffice"

    def __init__(self, state: Path, port: int, *, options: Sequence[str] = ()) -> None:
        self._state = state
        self._port = port
        self._options = options

    @property
    def addresses(self) -> LexofficeAddresses:
        origin = f"http://{LOOPBACK}:{self._port}"
        return LexofficeAddresses(origin, origin, f"{origin}/webhookSignature/public/public_key.pub")

    async def start(self) -> LexofficeAddresses:
        """Serve. Raises StackError."""
        self._state.mkdir(parents=True, exist_ok=True)
        await self.serve()
        return self.addresses

    async def contract(self, client_id: str, client_secret: str, redirect_uri: str) -> None:
        """Give an OAuth client to whoever knows this id and secret, as Lexware does by contract."""
        client = {"clientId": client_id, "clientSecret": client_secret, "name": "PartnerDesk"}
        async with httpx.AsyncClient(base_url=self.addresses.app_url, timeout=5, trust_env=False) as http:
            answer = await http.post("/sandbox/oauth-clients", json={**client, "redirectUris": [redirect_uri]})
            answer.raise_for_status()

    def command(self) -> Command:
        argv = [sys.executable, "-m", "sandbox.lexoffice", "--port", str(self._port), "--state", str(self._state)]
        environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}
        return Command(self.name, [*argv, *self._options], self._state / "lexoffice.log", env=environment)

    async def is_ready(self) -> bool:
        return await http_answers(self.addresses.public_key_url)
