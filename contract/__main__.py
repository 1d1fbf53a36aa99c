"""`script/contract --key KEY --i-know-this-writes`: writes a dated file beside the sandbox, and says what differs."""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from contract.observing import Observed, observe

KEPT = Path(__file__).parent.parent / "sandbox" / "lexoffice_contract"
REAL = "https://api.lexware.io"


def main() -> int:
    """0: written. 2: nothing was asked, as nobody said that this may write."""
    given = _arguments().parse_args()
    if not given.i_know_this_writes:
        print(
            f"This makes a contact, vouchers of 1.19 € and drafts in the account of the key at {given.base_url}.\n"
            "No API deletes them; a person can, in the app. Say --i-know-this-writes, for an account of yours to try.",
            file=sys.stderr,
        )
        return 2
    observed = asyncio.run(_run(given.base_url, given.key, pause=given.pause))
    path = keep(observed, against=str(urlsplit(given.base_url).hostname), folder=given.into)
    print(f"{len(observed.shapes)} shapes, {path}")
    print(json.dumps(observed.findings, indent=2, ensure_ascii=False))
    return 0


def keep(observed: Observed, *, against: str, folder: Path) -> Path:
    """The file of this run: `2026-11-30.json`; one a day."""
    now = datetime.now(UTC)
    told = {"ran_at": now.isoformat(timespec="seconds"), "against": against, **vars(observed)}
    path = folder / f"{now:%Y-%m-%d}.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return path


async def _run(base_url: str, key: str, *, pause: float) -> Observed:
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=60, trust_env=False) as http:
        return await observe(http, pause=pause)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/contract", description=__doc__)
    parser.add_argument("--key", required=True, help="an API key of an account that may be written to")
    parser.add_argument("--base-url", default=REAL, help="without /v1")
    parser.add_argument("--pause", type=float, default=0.7, help="seconds between two calls; two a second are allowed")
    parser.add_argument("--into", type=Path, default=KEPT, help="where the dated file is written")
    parser.add_argument("--i-know-this-writes", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
