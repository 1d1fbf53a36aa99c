"""`python -m sandbox.bank`: the command line of the local bank."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.serving import run

from .app import application
from .bank import Bank


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.bank", description="A local bank.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the ready line tells which")
    parser.add_argument("--state", type=Path, help="a folder for its books; without one they go with the process")
    options = parser.parse_args()
    if options.state is not None:
        options.state.mkdir(parents=True, exist_ok=True)
    books = None if options.state is None else options.state / "bank.json"
    bank = Bank.over(books, datetime.now(ZoneInfo("Europe/Berlin")).date())
    run(application(bank), host=options.host, port=options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
