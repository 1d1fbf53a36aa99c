"""Pictures of pages, small enough to keep in a repository."""

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


async def keep(page: Page, name: str) -> Path:
    """The whole page down to a limit, in a palette of its own."""
    shot = await page.screenshot(full_page=True, animations="disabled", caret="hide")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST_PX)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file
