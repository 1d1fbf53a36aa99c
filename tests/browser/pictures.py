"""Pictures of pages, small enough to keep in a repository."""

import asyncio
import io
import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, ViewportSize

COLOURS = 128
TALLEST_PX = 2_400
FOLDER = Path(os.environ.get("PAGES_TO") or Path(tempfile.gettempdir()) / "partnerdesk-pages")
"""Where this run leaves its pictures: PAGES_TO, else a temporary folder."""


async def keep(page: Page, name: str) -> None:
    """The whole page down to a limit, in a palette of its own."""
    seen = page.viewport_size
    assert seen is not None
    tall = int(await page.evaluate("document.documentElement.scrollHeight"))
    # Not full_page: of pages in the background Chromium repeats what is in sight.
    await page.set_viewport_size(ViewportSize(width=seen["width"], height=min(max(tall, seen["height"]), TALLEST_PX)))
    # Until it has taken the size on, Chromium paints what was in sight once more below it.
    await page.wait_for_function("([tall]) => innerHeight === tall", arg=[min(max(tall, seen["height"]), TALLEST_PX)])
    shot = await page.screenshot(animations="disabled", caret="hide")
    await page.set_viewport_size(seen)
    await asyncio.to_thread(_save, shot, name)


def _save(shot: bytes, name: str) -> None:
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
