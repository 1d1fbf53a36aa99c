"""Hooks and pages have no password, so only this machine may use them, and no web page of somebody else's."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response
from starlette.types import Scope


def refused_stranger(scope: Scope, *, remote: bool) -> Response | None:
    """The answer to who may not come in. `remote`: other machines may (containers)."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if not remote:
        client = scope.get("client")
        if client is None or not _is_local(client[0]):
            return JSONResponse({"error": "hooks answer on loopback only"}, 403)
        if not _is_local(host.removeprefix("[").split("]")[0] if "]" in host else host.split(":")[0]):
            return JSONResponse({"error": "hooks answer to a loopback name only"}, 403)
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin and urlsplit(origin).netloc != host:
        return JSONResponse({"error": "hooks do not answer other origins"}, 403)
    return None


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
