"""A real Temporal server on PostgreSQL, with its UI, set up by the same files as docker-compose.yml: deploy/temporal/.

Its four services run in one process, as in the image; a firm of more than one machine starts them apart
(`temporal-server start --service history`).
"""

import os
from collections.abc import Mapping
from pathlib import Path

from sandbox.engine_database import EngineDatabase
from sandbox.engine_programs import EnginePrograms
from sandbox.processes import LOOPBACK, Command, Service, free_port, run_to_end, tcp_answers
from sandbox.temporal_server import TemporalAddresses

NAMESPACE = "partnerdesk"
_DEPLOY = Path(__file__).resolve().parent.parent / "deploy" / "temporal"
_UI_CONFIG = """temporalGrpcAddress: {address}
host: {host}
port: {port}
defaultNamespace: {namespace}
disableWriteActions: true
notifyOnNewVersion: false
"""


class TemporalUi(Service):
    """The engine's pages, to look at: decisions are made in PartnerDesk."""

    name = "Temporal UI"

    def __init__(self, program: Path, state: Path, *, port: int, address: str) -> None:
        self._program, self._state, self._port, self._address = program, state, port, address

    def command(self) -> Command:
        config = self._state / "ui"
        config.mkdir(exist_ok=True)
        (config / "cluster.yaml").write_text(
            _UI_CONFIG.format(address=self._address, host=LOOPBACK, port=self._port, namespace=NAMESPACE)
        )
        argv = [str(self._program), "--root", str(self._state), "--config", "ui", "--env", "cluster", "start"]
        return Command(self.name, argv, self._state / "temporal-ui.log", env=_environment())

    async def is_ready(self) -> bool:
        return await tcp_answers(self._port)


class TemporalCluster(Service):
    """One server process over a database of its own. `stop` and `kill` leave nothing or everything else running:
    a crash is the server's alone."""

    name = "Temporal server"

    def __init__(
        self,
        programs: EnginePrograms,
        cli: Path,
        state: Path,
        *,
        port: int,
        ui_port: int,
        durable: bool = True,
        requests_per_second: float = 1.9,
    ) -> None:
        self._programs = programs
        self._cli = cli
        self._state = state
        self._port = port
        self._ui_port = ui_port
        self._requests_per_second = requests_per_second
        self._inner_ports = {name: str(free_port()) for name in _INNER_PORTS}
        self.database = EngineDatabase(state / "postgres", free_port(), durable=durable)
        self.ui = TemporalUi(programs.ui, state, port=ui_port, address=self.addresses.address)

    @property
    def addresses(self) -> TemporalAddresses:
        return TemporalAddresses(
            address=f"{LOOPBACK}:{self._port}",
            namespace=NAMESPACE,
            ui_url=f"http://{LOOPBACK}:{self._ui_port}",
            cli=self._cli,
        )

    async def start(self) -> TemporalAddresses:
        """Database, schema, server, namespace, UI, in this order; nothing stays where one fails. Raises StackError."""
        self._state.mkdir(parents=True, exist_ok=True)
        # PostgreSQL may run as another user, and must be able to pass through here.
        self._state.chmod(0o711)
        try:
            await self.database.start()
            await self._script("setup-schema.sh", self.database.tool_environment())
            await self.serve()
            await self._script(
                "setup-namespace.sh",
                {
                    "TEMPORAL_ADDRESS": self.addresses.address,
                    "TEMPORAL_NAMESPACE": NAMESPACE,
                    "LEXOFFICE_REQUESTS_PER_SECOND": str(self._requests_per_second),
                },
            )
            await self.ui.serve()
        except BaseException:
            await self.stop()
            raise
        return self.addresses

    async def stop(self) -> None:
        await self.ui.stop()
        await super().stop()
        await self.database.stop()

    @property
    def beside(self) -> tuple[Service, ...]:
        """What it is not without, and what ends by itself all the same."""
        return (self.database, self.ui)

    def command(self) -> Command:
        environment = {
            **_environment(),
            **self._inner_ports,
            # As in docker-compose.yml.
            "DB": "postgres12",
            "POSTGRES_SEEDS": LOOPBACK,
            "DB_PORT": self.database.tool_environment()["SQL_PORT"],
            "POSTGRES_USER": "temporal",
            "POSTGRES_PWD": self.database.password,
            "DBNAME": "temporal",
            "VISIBILITY_DBNAME": "temporal_visibility",
            "NUM_HISTORY_SHARDS": "512",
            "BIND_ON_IP": LOOPBACK,
            "FRONTEND_GRPC_PORT": str(self._port),
            "TEMPORAL_ALLOW_NO_AUTH": "true",
            "DYNAMIC_CONFIG_FILE_PATH": str(_DEPLOY / "dynamicconfig.yaml"),
            "LOG_LEVEL": "warn",
        }
        argv = [str(self._programs.server), "start"]
        return Command(self.name, argv, self._state / "temporal.log", env=environment)

    async def is_ready(self) -> bool:
        return await tcp_answers(self._port)

    async def _script(self, name: str, environment: Mapping[str, str]) -> None:
        """One of the jobs of docker-compose.yml, which may all run again."""
        tools = [str(self._programs.schema_tool.parent), str(self._cli.parent), os.environ.get("PATH", os.defpath)]
        await run_to_end(
            Command(
                name,
                ["/bin/sh", str(_DEPLOY / name)],
                self._state / "setup.log",
                env={**_environment(), "PATH": os.pathsep.join(tools), **environment},
            )
        )


_INNER_PORTS = (
    *("FRONTEND_HTTP_PORT", "FRONTEND_MEMBERSHIP_PORT", "MATCHING_GRPC_PORT", "MATCHING_MEMBERSHIP_PORT"),
    *("HISTORY_GRPC_PORT", "HISTORY_MEMBERSHIP_PORT", "WORKER_GRPC_PORT", "WORKER_MEMBERSHIP_PORT"),
)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "SQL_"))}
