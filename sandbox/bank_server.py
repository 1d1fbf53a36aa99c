"""The sandbox bank as a process of its own, reached by HTTP only."""

import os
import sys
from pathlib import Path

from sandbox.processes import LOOPBACK, Command, Service, http_answers

_CHECKOUT = Path(__file__).resolve().parent.parent


class BankServer(Service):
    """One sandbox bank over one state directory, with its log in it."""

    name = "Sandbox bank"

    def __init__(self, state: Path, port: int) -> None:
        self._state = state
        self._port = port

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self._port}"

    async def start(self) -> str:
        """Serve, and the address. Raises StackError."""
        self._state.mkdir(parents=True, exist_ok=True)
        await self.serve()
        return self.base_url

    def command(self) -> Command:
        argv = [sys.executable, "-m", "sandbox.bank", "--port", str(self._port), "--state", str(self._state)]
        environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}
        return Command(self.name, argv, self._state / "bank.log", env=environment)

    async def is_ready(self) -> bool:
        return await http_answers(f"{self.base_url}/files")
