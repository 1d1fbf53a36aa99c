"""A Temporal dev server with what the product needs: search attributes, fairness, 90 days of history.

`temporal server start-dev` takes dynamic configuration without constraints only, so one partition holds for
every task queue here; `deploy/temporal/dynamicconfig.yaml` constrains it to the queue `lexoffice`, as a real
server should.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.processes import LOOPBACK, Command, Service, run_to_end, tcp_answers

NAMESPACE = "default"
API_QUEUE = "lexoffice"
SEARCH_ATTRIBUTES = ("Tenant", "Partner", "PayoutStatus", "CreditNoteNumber")
RETENTION = "90d"
# Fair between tenants, and a rate per tenant: without these three the rate is accepted and silently not kept.
DYNAMIC_CONFIG = {
    "matching.useNewMatcher": "true",
    "matching.enableFairness": "true",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}


@dataclass(frozen=True)
class TemporalAddresses:
    """`address` is host:port for TEMPORAL_ADDRESS; `ui_url` is None when the server runs without its UI; `cli` is the
    command that started it."""

    address: str
    namespace: str
    ui_url: str | None
    cli: Path


class TemporalServer(Service):
    """One dev server. Without `database` it lives in memory; without `ui_port` it has no web pages."""

    name = "Temporal server"
    beside: tuple[Service, ...] = ()

    def __init__(
        self,
        cli: Path,
        state: Path,
        *,
        port: int,
        ui_port: int | None = None,
        database: Path | None = None,
        requests_per_second: float = 1.9,
    ) -> None:
        self._cli = cli
        self._state = state
        self._port = port
        self._ui_port = ui_port
        self._database = database
        self._requests_per_second = requests_per_second

    @property
    def addresses(self) -> TemporalAddresses:
        return TemporalAddresses(
            address=f"{LOOPBACK}:{self._port}",
            namespace=NAMESPACE,
            ui_url=f"http://{LOOPBACK}:{self._ui_port}" if self._ui_port else None,
            cli=self._cli,
        )

    async def start(self) -> TemporalAddresses:
        """Serve, then set what a command line of the server cannot. Raises StackError."""
        self._state.mkdir(parents=True, exist_ok=True)
        await self.serve()
        try:
            await self._configure()
        except BaseException:
            await self.stop()
            raise
        return self.addresses

    async def restart(self) -> None:
        """Serve again. Without a database everything it knew is lost, so it is configured anew."""
        await self.start()

    def command(self) -> Command:
        argv = [str(self._cli), "server", "start-dev", "--ip", LOOPBACK, "--port", str(self._port)]
        argv += ["--ui-port", str(self._ui_port)] if self._ui_port else ["--headless"]
        argv += ["--db-filename", str(self._database)] if self._database else []
        argv += ["--log-level", "warn"]
        for name, value in DYNAMIC_CONFIG.items():
            argv += ["--dynamic-config-value", f"{name}={value}"]
        for name in SEARCH_ATTRIBUTES:
            argv += ["--search-attribute", f"{name}=Keyword"]
        return Command(self.name, argv, self._log, env=_environment())

    async def is_ready(self) -> bool:
        ports = [self._port, *([self._ui_port] if self._ui_port else [])]
        return all([await tcp_answers(port) for port in ports])

    async def _configure(self) -> None:
        await self._run("operator", "namespace", "update", "--namespace", NAMESPACE, "--retention", RETENTION)
        limit = ["--task-queue", API_QUEUE, "--task-queue-type", "activity", "--namespace", NAMESPACE]
        limit += ["--fairness-key-rps-limit-default", str(self._requests_per_second)]
        limit += ["--fairness-key-rps-limit-reason", "lexoffice: 2 requests/s per tenant"]
        await self._run("task-queue", "config", "set", *limit)

    async def _run(self, *words: str) -> None:
        # The user's own profiles and TEMPORAL_… variables must not lead the command to another server.
        argv = [str(self._cli), *words, "--address", f"{LOOPBACK}:{self._port}"]
        argv += ["--disable-config-env", "--disable-config-file", "--command-timeout", "120s"]
        await run_to_end(Command(f"temporal {words[0]}", argv, self._log, env=_environment()))

    @property
    def _log(self) -> Path:
        return self._state / "temporal.log"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
