"""HAProxy as one address before several APIs, with deploy/haproxy/haproxy.cfg."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from sandbox.processes import LOOPBACK, Command, Service, StackError, http_answers

CONFIG = Path(__file__).resolve().parent.parent / "deploy" / "haproxy" / "haproxy.cfg"


class Front(Service):
    """Ready once one of the APIs is. Raises StackError where HAProxy is not installed."""

    name = "HAProxy"

    def __init__(self, port: int, apis: Sequence[int], log: Path) -> None:
        program = shutil.which("haproxy", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
        if program is None:
            raise StackError("A cluster needs HAProxy before its APIs: apt install haproxy.")
        self._program, self._port, self._apis, self._log = program, port, apis, log

    def command(self) -> Command:
        environment = {
            "PARTNERDESK_FRONT": f"{LOOPBACK}:{self._port}",
            **{f"PARTNERDESK_API_{number}": f"{LOOPBACK}:{port}" for number, port in enumerate(self._apis, 1)},
        }
        return Command(self.name, [self._program, "-db", "-f", str(CONFIG)], self._log, env=environment)

    async def is_ready(self) -> bool:
        return await http_answers(f"http://{LOOPBACK}:{self._port}/readyz")
