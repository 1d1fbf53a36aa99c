"""The sandbox lexoffice as a process of its own, reached by HTTP only."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.processes import LOOPBACK, Command, Process, StackError, http_ready

_CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class LexofficeAddresses:
    """`base_url` is that of the API (LEXOFFICE_BASE_URL), `app_url` that of the pages and the JSON hooks."""

    base_url: str
    app_url: str
    public_key_url: str


class LexofficeServer:
    """One sandbox lexoffice over one state directory. `options` go to `python -m sandbox.lexoffice`."""

    def __init__(self, state: Path, port: int, *, options: Sequence[str] = ()) -> None:
        self._state = state
        self._port = port
        self._options = options
        self._process: Process | None = None

    @property
    def addresses(self) -> LexofficeAddresses:
        origin = f"http://{LOOPBACK}:{self._port}"
        return LexofficeAddresses(f"{origin}/v1", origin, f"{origin}/public_key.pub")

    @property
    def process(self) -> Process:
        if self._process is None:
            raise StackError("The sandbox lexoffice has not been started.")
        return self._process

    async def start(self) -> LexofficeAddresses:
        self._state.mkdir(parents=True, exist_ok=True)
        argv = [
            sys.executable,
            "-m",
            "sandbox.lexoffice",
            "--port",
            str(self._port),
            "--state",
            str(self._state),
        ]
        environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}
        command = Command(
            "Sandbox lexoffice", [*argv, *self._options], self._state / "lexoffice.log", env=environment
        )
        self._process = Process(command)
        try:
            await self._process.ready(http_ready(self.addresses.app_url + "/"), timeout_s=30)
        except BaseException:
            await self._process.stop()
            raise
        return self.addresses

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.stop()

    async def kill(self) -> None:
        await self.process.kill()

    async def restart(self) -> None:
        """Serve again on the same port and state."""
        await self.start()
