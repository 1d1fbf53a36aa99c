"""`python -m sandbox.easybill`: the command line of the local easybill."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import uvloop

from sandbox import serving

from .app import Application
from .store import Store


def main() -> int:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="sandbox-easybill-") as temporary:
        try:
            listener = serving.listen(options.host, options.port)
        except serving.Busy as error:
            print(f"address is taken: {error}", file=sys.stderr)
            return 1

        async def run() -> None:
            store = Store(options.state or Path(temporary))
            application = Application(
                store,
                time_scale=options.time_scale,
                remote_hooks=options.allow_remote_hooks,
                desk_url=options.desk_url.rstrip("/"),
            )
            await serving.serve(application, listener)

        uvloop.run(run())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.easybill", description="A local easybill.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the ready line tells which")
    parser.add_argument("--state", type=Path, help="folder that keeps everything; without it, a temporary one")
    parser.add_argument("--time-scale", type=float, default=1.0, help="factor on the pauses of the retries")
    parser.add_argument(
        "--desk-url", default="", metavar="URL", help="where PartnerDesk is; pages then link back to it"
    )
    parser.add_argument(
        "--allow-remote-hooks", action="store_true", help="hooks and page answer other machines too (containers)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
