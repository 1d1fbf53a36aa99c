"""`python -m sandbox.vies`: the command line of the local VIES."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from .app import application


class Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(json.dumps({"ready": True, "url": f"http://{host}:{port}"}), flush=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM is a clean stop with exit status 0; uvicorn would raise it again at the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.vies", description="A local VIES.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one; the ready line tells which")
    options = parser.parse_args()
    config = uvicorn.Config(
        application(),
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    Server(config).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
