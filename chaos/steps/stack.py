"""The stack of script/dev with API and worker that have seams."""

import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.processes import Command
from sandbox.stack import Partnerdesk, Ports, Stack
from sandbox.waiting import Emit

_CHECKOUT = Path(__file__).resolve().parents[2]
_SANDBOX = ("--key-bits", "2048", "--time-scale", "0.05", "--rate", "0")


class Stepping(Partnerdesk):
    """A process of the product that may fall at a step and is there again at once (process.py)."""

    def __init__(self, usual: Partnerdesk, what: str, port: int, folder: Path) -> None:
        command = usual.command()
        super().__init__(usual.name, [], usual.ready_url, command.log, command.env)
        argv = [sys.executable, "-m", "chaos.steps.process", what, "--port", str(port)]
        argv += ["--folder", str(folder), "--beside", str(folder.parent)]
        self._command = Command(usual.name, argv, command.log, env={**command.env, "PYTHONPATH": str(_CHECKOUT)})


class SteppingStack(Stack):
    """`folder`: where steps are noted and the point is told (points.py)."""

    def __init__(self, state: Path, ports: Ports, *, emit: Emit, folder: Path, environment: Mapping[str, str]) -> None:
        super().__init__(
            state,
            ports,
            emit=emit,
            durable=False,
            requests_per_second=1000.0,
            lexoffice_options=_SANDBOX,
            environment=environment,
        )
        self._folder = folder

    def _partnerdesk(self, name: str, port_option: str, port: int, environment: Mapping[str, str]) -> Partnerdesk:
        usual = super()._partnerdesk(name, port_option, port, environment)
        return Stepping(usual, name, port, self._folder)
