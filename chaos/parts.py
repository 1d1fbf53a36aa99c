"""The workers of a run: a second one beside the stack's own, or two careless ones in their place."""

import sys
from pathlib import Path

from sandbox.processes import LOOPBACK, Command, Service, free_port, http_answers
from sandbox.stack import Partnerdesk, Stack

_CHECKOUT = Path(__file__).resolve().parent.parent


def second_worker(stack: Stack) -> Partnerdesk:
    port = free_port()
    return Partnerdesk(
        "worker 2",
        ["worker", "--health-port", str(port)],
        f"http://{LOOPBACK}:{port}/readyz",
        stack.addresses.state / "worker-2.log",
        stack.addresses.environment,
    )


class Careless(Service):
    """A worker without the sent mark and the search: see chaos/careless_worker.py."""

    grace_s = 15.0

    def __init__(self, stack: Stack, number: int) -> None:
        self.name = f"careless worker {number}"
        self._port = free_port()
        self._log = stack.addresses.state / f"careless-{number}.log"
        self._environment = {**stack.addresses.environment, "PYTHONPATH": str(_CHECKOUT)}

    def command(self) -> Command:
        argv = [sys.executable, "-m", "chaos.careless_worker", "--health-port", str(self._port)]
        return Command(self.name, argv, self._log, env=self._environment)

    async def is_ready(self) -> bool:
        return await http_answers(f"http://{LOOPBACK}:{self._port}/readyz")
