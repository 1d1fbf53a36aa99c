"""A person at lexoffice: signs in there, and grants or denies. And what the sandbox counts of OAuth."""

import re
import secrets
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from sandbox.lexoffice_server import LexofficeAddresses

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass(frozen=True)
class Client:
    """Our installation, as lexoffice knows it."""

    sandbox: LexofficeAddresses
    client_id: str
    client_secret: str

    @classmethod
    async def contracted(cls, sandbox: LexofficeAddresses, public_url: str) -> "Client":
        client = cls(sandbox, f"c-{secrets.token_hex(8)}", secrets.token_urlsafe(24))
        await client._hook(
            "POST",
            "/sandbox/oauth-clients",
            {
                "clientId": client.client_id,
                "clientSecret": client.client_secret,
                "name": "PartnerDesk",
                "redirectUris": [f"{public_url}/oauth/lexoffice/callback"],
            },
        )
        return client

    async def change(self, **members: Any) -> None:
        await self._hook("PATCH", f"/sandbox/oauth-clients/{self.client_id}", members)

    async def calls(self, organization: str) -> dict[str, dict[str, int]]:
        """By grant type (or revoke) and status, of one account."""
        report = await self._hook("GET", f"/sandbox/oauth-calls?organizationId={organization}")
        counts: dict[str, dict[str, int]] = report["counts"]
        return counts

    async def _hook(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx.AsyncClient(base_url=self.sandbox.app_url) as http:
            answer = await http.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


async def decide(consent: str, organization: str, decision: str = "grant") -> str:
    """Sign in as somebody of this organisation and press a button. Returns where lexoffice sends the browser."""
    async with httpx.AsyncClient() as http:
        login = await http.get(consent)
        assert "Bei lexoffice anmelden" in login.text, login.text
        page = await http.get(consent, params={**_query(consent), "account": organization})
        form = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
        origin = urlsplit(consent)
        answer = await http.post(
            f"{origin.scheme}://{origin.netloc}/oauth2/authorize", data={**form, "decision": decision}
        )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def told(address: str) -> dict[str, str]:
    """What an address says behind its question mark."""
    return _query(address)
