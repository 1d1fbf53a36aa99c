"""Addresses of calls: what of it comes from outside is encoded or refused here."""

import html
from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID


def api_root(base_url: str) -> str:
    """The address of the API with its version, without a slash at the end. Raises ValueError for no such address."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address of the API is not http(s)://host/…")
    if parts.query or parts.fragment:
        raise ValueError("the address of the API has neither query nor fragment")
    root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return root if root.endswith("/v1") else f"{root}/v1"


def resource_path(collection: str, id: UUID) -> str:
    """The path of one resource. Raises TypeError for an id that is a text: it could lead anywhere."""
    if not isinstance(id, UUID):
        raise TypeError("an id is a UUID")
    return f"{collection}/{id}"


def query_string(filters: Mapping[str, object]) -> str:
    """The filters that have a value, from the question mark on; empty where none has."""
    given = [(name, _parameter(value)) for name, value in filters.items() if value is not None]
    return "?" + urlencode(given, quote_via=quote, safe=",") if given else ""


def search_text(text: str) -> str:
    """`&`, `<` and `>` are HTML-encoded before they are URL-encoded (lexoffice API, Search string encoding)."""
    return html.escape(text, quote=False)


def _parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
