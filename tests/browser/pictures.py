"""Pictures of pages, small enough to keep in a repository."""

import asyncio
import io
import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

COLOURS = 64
TALLEST_PX = 2_400
FOLDER = Path(os.environ.get("PAGES_TO") or Path(tempfile.gettempdir()) / "partnerdesk-pages")
"""Where this run leaves its pictures: PAGES_TO, else a temporary folder."""


async def keep(page: Page, name: str) -> None:
    """The whole page down to a limit, in a palette of its own."""
    shot = await page.screenshot(full_page=True, animations="disabled", caret="hide")
    await asyncio.to_thread(_save, shot, name)


def _save(shot: bytes, name: str) -> None:
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST_PX)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
