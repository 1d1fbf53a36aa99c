"""What a piece of work costs the people who do it: clicks, typed characters, and words that they read.

Seconds = clicks × 3 + typed characters × 0.3 + words ÷ 4 (issue 15). Read is, before each click, what the page's own
part shows in the window: all of it, also where somebody has seen most of it before.
"""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Download, Locator, Page

_IN_SIGHT = """
    () => {
        const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
        let words = 0;
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
            const range = document.createRange();
            range.selectNodeContents(node);
            const box = range.getBoundingClientRect();
            if (box.width && box.height && box.bottom > 0 && box.top < innerHeight) {
                words += node.textContent.split(/\\s+/).filter((word) => word).length;
            }
        }
        return words;
    }
"""


@dataclass
class Effort:
    clicks: int = 0
    typed: int = 0
    words: int = 0

    @property
    def seconds(self) -> float:
        return self.clicks * 3 + self.typed * 0.3 + self.words / 4

    async def _read(self, page: Page) -> None:
        self.words += int(await page.evaluate(_IN_SIGHT))
        self.clicks += 1

    async def click(self, target: Locator) -> None:
        await target.scroll_into_view_if_needed()
        await self._read(target.page)
        await target.click()

    async def type(self, field: Locator, text: str) -> None:
        self.typed += len(text)
        await field.fill(text)

    async def download(self, button: Locator) -> Download:
        await self._read(button.page)
        async with button.page.expect_download() as coming:
            await button.click()
        return await coming.value

    async def choose_files(self, field: Locator, files: list[Path]) -> None:
        """One drag of all of them; the form sends itself."""
        await self._read(field.page)
        await field.set_input_files(files)
