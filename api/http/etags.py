"""What a single object is known by (RFC 9110, 8.8.3): a strong tag, made from the content that is shown.

The content holds sentences in the caller's language, so a tag belongs to the `Accept-Language` it was given under.
"""

import base64
import hashlib

from starlette.responses import Response

_VARY = "Accept-Language"


def etag_of(body: bytes) -> str:
    """The same content has the same tag, in every process."""
    return '"' + base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:18]).decode() + '"'


def is_named(etag: str, header: str, *, weak: bool = False) -> bool:
    """Whether If-Match (strong) or If-None-Match (`weak`) names this tag. `*` is any that is there."""
    named = [one.strip() for one in header.split(",")]
    if weak:  # a proxy that compresses writes W/ before it
        named = [one.removeprefix("W/") for one in named]
    return header.strip() == "*" or etag in named


def with_etag(answer: Response, if_none_match: str | None) -> Response:
    """The answer with its tag; 304 without content where the caller has it already."""
    etag = etag_of(bytes(answer.body))
    headers = {"ETag": etag, "Vary": _VARY}
    if if_none_match is not None and is_named(etag, if_none_match, weak=True):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer
