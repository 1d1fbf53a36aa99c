"""The stylesheet, our one script, and htmx 2.0.11 as its makers publish it on npm (static/htmx.LICENSE).

htmx.min.js has the SHA-256 d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717 (tests/pages keeps it).
"""

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from api.pages.rendering import HERE, PageRoute
from ledger.refusals import NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_KINDS = {
    "pages.css": "text/css",
    "pages.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """Pages name these with the hash of their content, so a browser need not ask again."""
    if name not in _KINDS:
        raise NotFound("Datei")
    return FileResponse(HERE / "static" / name, media_type=_KINDS[name], headers={"cache-control": _FOR_EVER})
