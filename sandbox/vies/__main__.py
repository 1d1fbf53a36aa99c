"""`python -m sandbox.vies`: the command line of the local VIES."""

from __future__ import annotations

import argparse
import sys

from sandbox.serving import run

from .app import application


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.vies", description="A local VIES.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the ready line tells which")
    options = parser.parse_args()
    run(application(), host=options.host, port=options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
