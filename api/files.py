"""Files that are handed out: as attachments, under names of ours, never shown in the browser's page."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import IO

from fastapi.responses import Response, StreamingResponse

CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
ZIP = "application/zip"
_CHUNK = 64 * 1024


def attachment(content: bytes, name: str, media_type: str, **headers: str) -> Response:
    return Response(content, media_type=media_type, headers=_headers(name) | headers)


def streamed(content: AsyncIterator[bytes], name: str, media_type: str) -> Response:
    return StreamingResponse(content, media_type=media_type, headers=_headers(name))


def from_file(file: IO[bytes], name: str, media_type: str) -> Response:
    """Reads the file and closes it."""

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK):
                yield chunk

    return StreamingResponse(chunks(), media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", name)
    return {"Content-Disposition": f'attachment; filename="{plain}"', "X-Content-Type-Options": "nosniff"}
