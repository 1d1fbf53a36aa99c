"""Files that are handed out: as attachments, under names of ours, never shown in the browser's page."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import IO

from fastapi.responses import Response, StreamingResponse

from api.http.language import say
from ledger.csv_writing import csv_lines

CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
XML = "application/xml"
ZIP = "application/zip"
_CHUNK = 64 * 1024


def attachment(content: bytes, name: str, media_type: str, **headers: str) -> Response:
    return Response(content, media_type=media_type, headers=_headers(name) | headers)


def csv_file(content: AsyncIterator[bytes], name: str) -> Response:
    """A file that is sent while it is read: it takes no more memory for a million rows than for a thousand.

    Its status goes out before its last row is read. When that fails, the file ends with a line that says so, and the
    connection is cut without the end of its body (edge.py), so that no program takes the file for a whole one.
    """

    broken_off = say("file_broken_off")

    async def lines() -> AsyncIterator[bytes]:
        try:
            async for some in content:
                yield some
        except Exception:
            yield csv_lines([[broken_off]])
            raise

    return StreamingResponse(lines(), media_type=CSV, headers=_headers(name))


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
