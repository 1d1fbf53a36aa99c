"""Find a Chromium for the browser tests, or install one: `python -m tests.chromium` prints its path.

In this order: CHROMIUM; PATH; what Playwright has downloaded; `apt-get install chromium` where that needs no
password; Playwright's own download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WAYS_OUT = (
    "Browser tests need Chromium, and none can be had. Install it (Debian: apt install chromium), or name it: "
    "CHROMIUM=/path/to/chromium"
)


class ChromiumMissing(RuntimeError):
    """There is no Chromium and none can be had; the text names the ways out."""


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        downloaded = playwright.chromium.executable_path
    return downloaded if Path(downloaded).exists() else None


def get_chromium() -> str:
    """The path of a Chromium, installed now if there is none. Raises ChromiumMissing."""
    if found := find_chromium():
        return found
    print("Installing Chromium for the browser tests; about a minute, once …", file=sys.stderr)
    _install_by_apt()
    if found := find_chromium():
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)
    if found := find_chromium():
        return found
    raise ChromiumMissing(_WAYS_OUT)


def _install_by_apt() -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", "chromium")):
        subprocess.run(["apt-get", *arguments], env=quiet, stdout=sys.stderr, check=False)


if __name__ == "__main__":
    try:
        print(get_chromium())
    except ChromiumMissing as missing:
        sys.exit(str(missing))
