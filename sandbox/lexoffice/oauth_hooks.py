"""JSON hooks for OAuth: clients, connections, tokens that die early, counters. See README.md."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import grants, oauth_calls
from .grants import Client, ClientForm
from .hooks import NoSuchThing, hook, known_organization, read
from .office import Office


class OAuthHooks:
    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> list[Route]:
        organization = "/sandbox/organizations/{organization}"
        table = [
            ("POST", "/sandbox/oauth-clients", self.put_client),
            ("GET", "/sandbox/oauth-clients", self.list_clients),
            ("PATCH", "/sandbox/oauth-clients/{client}", self.patch_client),
            ("GET", "/sandbox/oauth-calls", self.list_calls),
            ("DELETE", "/sandbox/oauth-calls", self.reset_calls),
            ("GET", f"{organization}/oauth-connections", self.list_connections),
            ("POST", organization + "/oauth-tokens/{which}/end", self.end_tokens),
        ]
        return [Route(path, hook(endpoint), methods=[method]) for method, path, endpoint in table]

    async def put_client(self, request: Request) -> Response:
        """The same id again changes the client: a demo that starts again."""
        client, is_new = grants.put_client(
            self._office.store, await read(request, ClientForm), self._office.access_token_seconds
        )
        return JSONResponse(_shown(client), 201 if is_new else 200)

    async def list_clients(self, request: Request) -> Response:
        return JSONResponse({"content": [_shown(client) for client in grants.clients(self._office.store)]})

    async def patch_client(self, request: Request) -> Response:
        known = grants.client(self._office.store, request.path_params["client"])
        if known is None:
            raise NoSuchThing("this client")
        form = (await read(request, ClientForm)).model_copy(update={"client_id": known.client_id})
        changed, _ = grants.put_client(self._office.store, form, known.expires_in)
        return JSONResponse(_shown(changed))

    async def list_calls(self, request: Request) -> Response:
        query = request.query_params
        return JSONResponse(oauth_calls.report(self._office.store, query.get("clientId"), query.get("organizationId")))

    async def reset_calls(self, request: Request) -> Response:
        query = request.query_params
        oauth_calls.reset(self._office.store, query.get("clientId"), query.get("organizationId"))
        return Response(status_code=204)

    async def list_connections(self, request: Request) -> Response:
        organization = known_organization(self._office, request)
        return JSONResponse({"content": grants.shown(self._office.store, organization.organization_id)})

    async def end_tokens(self, request: Request) -> Response:
        """`access`: as after a password change; `refresh`: as after an age that Lexware does not tell."""
        organization = known_organization(self._office, request)
        which = request.path_params["which"]
        if which not in ("access", "refresh"):
            raise NoSuchThing(f"tokens of the kind {which!r}")
        return JSONResponse({"ended": grants.end_tokens(self._office.store, organization.organization_id, which)})


def _shown(client: Client) -> dict[str, object]:
    return client.model_dump(mode="json", by_alias=True)
