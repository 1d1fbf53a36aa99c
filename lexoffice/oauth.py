"""The authorization server (lexoffice API, Partner API, Security and Authentication): consent, tokens, revocation.

Authorization code with PKCE S256; the client proves itself by HTTP Basic. A call is sent once and never repeated here:
a refresh token is good for one answer, and whoever holds its lock decides what a lost answer means.

    OAuthFailed
    ├── GrantRefused         invalid_grant: the code or the connection is over
    ├── ClientRefused        our client id or secret is wrong, or the client was disabled
    ├── AuthorizationAway    no connection, no answer in time, 429 or 5xx: whether it took effect is not known
    └── OddTokenAnswer       an answer that the documentation does not promise
"""

import asyncio
import secrets
from typing import Any, Final

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from httpcalls.transports import Borrowed

CONNECT_SECONDS: Final = 5.0
IN_ALL_SECONDS: Final = 12.0
_CLIENT_ERRORS: Final = ("invalid_client", "unauthorized_client")
_CODE_LENGTH: Final = 512


class OAuthFailed(Exception):
    """Its text is a word of RFC 6749 or the name of an error, never a text of the other side."""


class GrantRefused(OAuthFailed):
    """The code or the connection is over (`invalid_grant`): somebody has to consent anew."""


class ClientRefused(OAuthFailed):
    """Our client id or secret is wrong, or the client was disabled."""


class AuthorizationAway(OAuthFailed):
    """No connection, no answer in time, 429 or 5xx: whether the call took effect is not known."""


class OddTokenAnswer(OAuthFailed):
    """An answer that the documentation does not promise."""


class Tokens(BaseModel):
    """The one valid pair of a connection. `expires_in`: seconds that the access token lives (14,399 documented)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    access_token: SecretStr = Field(min_length=1, max_length=8192)
    refresh_token: SecretStr = Field(min_length=1, max_length=2048)
    expires_in: int = Field(gt=0, le=31_536_000)
    scope: str | None = Field(default=None, max_length=2000)


class AuthorizationServer:
    """`app_url` is the address of the web application, which serves /oauth2/*. A given `transport` stays open."""

    def __init__(
        self,
        *,
        app_url: str,
        client_id: str,
        client_secret: SecretStr,
        redirect_uri: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._app_url = app_url.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._transport = transport

    def consent_address(self, *, state: SecretStr, verifier: SecretStr) -> str:
        """Where a person is sent. All scopes of the client are asked for."""
        address, _ = self._client().create_authorization_url(
            f"{self._app_url}/oauth2/authorize",
            state=state.get_secret_value(),
            code_verifier=verifier.get_secret_value(),
        )
        return str(address)

    async def exchange(self, code: str, verifier: SecretStr) -> Tokens:
        """The first pair. An error consumes the code, a second use ends the connection. Raises OAuthFailed."""
        if not code.isascii() or not code.isprintable() or not 0 < len(code) <= _CODE_LENGTH:
            raise GrantRefused("malformed code")
        return await self._tokens(
            "fetch_token",
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier.get_secret_value(),
        )

    async def refresh(self, refresh_token: SecretStr) -> Tokens:
        """The next pair; the one before is worth nothing from then on. Raises OAuthFailed."""
        return await self._tokens("refresh_token", refresh_token=refresh_token.get_secret_value())

    async def revoke(self, refresh_token: SecretStr) -> None:
        """End the connection: both tokens die. One that is over already is as good. Raises OAuthFailed."""
        answer = await self._send(
            "revoke_token", f"{self._app_url}/oauth2/revoke", token=refresh_token.get_secret_value()
        )
        if answer.status_code >= 400:  # authlib does not look at it
            raise ClientRefused("revocation")

    async def _tokens(self, method: str, **parameters: str) -> Tokens:
        answer = await self._send(method, f"{self._app_url}/oauth2/token", **parameters)
        try:
            return Tokens.model_validate(dict(answer))
        except (ValidationError, TypeError, ValueError):
            raise OddTokenAnswer("unusable tokens") from None

    async def _send(self, method: str, url: str, **parameters: str) -> Any:
        from lexoffice.oauth_client import OAuthError

        failure: OAuthFailed
        try:
            async with asyncio.timeout(IN_ALL_SECONDS), self._client() as client:
                return await getattr(client, method)(url, **parameters)
        except OAuthFailed:
            raise
        except OAuthError as error:
            failure = _of_word(error.error)
        except (httpx.HTTPError, OSError) as error:  # OSError: TimeoutError and what TLS lets through
            failure = AuthorizationAway(type(error).__name__)
        except (ValueError, TypeError) as error:
            failure = OddTokenAnswer(type(error).__name__)
        # Raised down here so that no error carries the request, and with it a secret, as its context.
        raise failure

    def _client(self) -> Any:
        from lexoffice.oauth_client import AsyncOAuth2Client

        client = AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a way, not a secret
            revocation_endpoint_auth_method="client_secret_basic",
            code_challenge_method="S256",
            redirect_uri=self._redirect_uri,
            transport=Borrowed(self._transport) if self._transport is not None else None,
            timeout=httpx.Timeout(IN_ALL_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "partnerdesk"},
            event_hooks={"response": [_judge_status]},
        )
        client.token = {}  # none of its own: what is sent is given with each call
        return client


def new_secret() -> SecretStr:
    """A state, or a verifier for PKCE: 86 characters, 512 bits."""
    return SecretStr(secrets.token_urlsafe(64))


async def _judge_status(response: httpx.Response) -> None:
    """authlib reads bodies and looks at no status below 500."""
    status = response.status_code
    if status == 429 or status >= 500:
        raise AuthorizationAway(str(status))
    if status not in (200, 204, 400, 401):
        raise OddTokenAnswer(str(status))


def _of_word(word: object) -> OAuthFailed:
    if word == "invalid_grant":
        return GrantRefused("invalid_grant")
    if word in _CLIENT_ERRORS:
        return ClientRefused(str(word))
    return OddTokenAnswer("another error of RFC 6749")
