"""Serves an application of the sandbox until SIGTERM, and says on standard output when it is ready and where."""

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


class _Server(uvicorn.Server):
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


def serve(application: Starlette, *, host: str, port: int) -> None:
    """Until it is asked to stop. Port 0 takes a free one."""
    config = uvicorn.Config(
        application, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    _Server(config).run()
