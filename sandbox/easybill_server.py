"""The sandbox easybill as a process of its own, reached by HTTP only."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.processes import LOOPBACK, Command, Service, http_answers

_CHECKOUT = Path(__file__).resolve().parent.parent


class EasybillServer(Service):
    """One sandbox easybill over one state directory. `options` go to `python -m sandbox.easybill`."""

    name = "Sandbox easybill"

    def __init__(self, state: Path, port: int, *, options: Sequence[str] = ()) -> None:
        self._state = state
        self._port = port
        self._options = options

    @property
    def base_url(self) -> str:
        """Of the API, without /rest/v1; pages and hooks are there as well."""
        return f"http://{LOOPBACK}:{self._port}"

    async def start(self) -> str:
        """Serve, and the address. Raises StackError."""
        self._state.mkdir(parents=True, exist_ok=True)
        await self.serve()
        return self.base_url

    def command(self) -> Command:
        argv = [sys.executable, "-m", "sandbox.easybill", "--port", str(self._port), "--state", str(self._state)]
        environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}
        return Command(self.name, [*argv, *self._options], self._state / "easybill.log", env=environment)

    async def is_ready(self) -> bool:
        return await http_answers(f"{self.base_url}/page/style.css")
