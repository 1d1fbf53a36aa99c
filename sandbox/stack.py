"""The whole product on one machine, as processes: PostgreSQL, Temporal, worker, API, and sandboxes of what is outside.

    async with Stack(state, Ports.free(), emit=print) as stack:
        stack.addresses.api_url

docker-compose.yml describes the same parts for containers; docs/deployment.md says which belongs to which.
"""

import asyncio
import base64
import contextlib
import fcntl
import os
import secrets
import sys
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.bank_server import BankServer
from sandbox.easybill_server import EasybillServer
from sandbox.engine_programs import find_engine_programs
from sandbox.front import Front
from sandbox.kept_files import keep
from sandbox.lexoffice_server import LexofficeAddresses, LexofficeServer
from sandbox.postgres import PostgresAddresses, PostgresServer
from sandbox.processes import (
    LOOPBACK,
    Command,
    Service,
    StackError,
    free_port,
    http_answers,
    require_free,
    run_to_end,
)
from sandbox.temporal_cli import find_cli
from sandbox.temporal_cluster import TemporalCluster
from sandbox.temporal_server import TemporalAddresses, TemporalServer
from sandbox.vies_server import ViesServer
from sandbox.waiting import Emit, announced

# Settings of the user's shell must not reach the stack: it talks to its own parts only.
_FOREIGN = ("PARTNERDESK_", "TEMPORAL_", "LEXOFFICE_", "EASYBILL_", "STRIPE_", "VIES_", "PG")


@dataclass(frozen=True)
class Ports:
    """Where the parts listen, all on 127.0.0.1. Each can be set by PARTNERDESK_DEV_…_PORT."""

    api: int = 8000
    worker: int = 8001
    lexoffice: int = 8090
    vies: int = 8091
    bank: int = 8092
    easybill: int = 8093
    temporal: int = 7233
    temporal_ui: int = 8233
    postgres: int = 54329

    @staticmethod
    def setting(part: str) -> str:
        """The environment variable that changes the port of a part."""
        return f"PARTNERDESK_DEV_{part.upper()}_PORT"

    @classmethod
    def from_environment(cls) -> "Ports":
        """The defaults, or what the environment says. Raises StackError for what is no port, and for one used twice."""
        chosen: dict[str, int] = {}
        for field in fields(cls):
            text = os.environ.get(cls.setting(field.name))
            if text is None:
                continue
            if not text.isdecimal() or not 0 < int(text) < 65536:
                raise StackError(f"{cls.setting(field.name)}={text} is no port; it takes 1 to 65535.")
            chosen[field.name] = int(text)
        ports = cls(**chosen)
        part_at: dict[int, str] = {}
        for field in fields(cls):
            other = part_at.setdefault(getattr(ports, field.name), field.name)
            if other != field.name:
                raise StackError(f"{cls.setting(other)} and {cls.setting(field.name)} are the same port.")
        return ports

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody uses now."""
        return cls(**{field.name: free_port() for field in fields(cls)})

    def require_free(self) -> None:
        """Nothing, if all ports are free.

        Raises PortBusy, naming the port, the part and the variable that changes it.
        """
        for field in fields(self):
            require_free(getattr(self, field.name), field.name.replace("_", " "), self.setting(field.name))


@dataclass(frozen=True)
class Shape:
    """How many processes of a kind, and what the engine is: a dev server, which is quick to start, or one on
    PostgreSQL, as a firm runs it (script/cluster)."""

    on_postgres: bool = False
    apis: int = 1
    workers: int = 1


DEV = Shape()
CLUSTER = Shape(on_postgres=True, apis=2, workers=2)
SHAPES = {"dev": DEV, "cluster": CLUSTER}


@dataclass(frozen=True)
class StackAddresses:
    """Where everything is. `environment` is what the product's processes run with; `partnerdesk …` needs it too."""

    api_url: str
    worker_url: str
    postgres: PostgresAddresses
    temporal: TemporalAddresses
    lexoffice: LexofficeAddresses
    bank_url: str
    easybill_url: str
    state: Path
    environment: Mapping[str, str]


class Partnerdesk(Service):
    """One process of the product: `partnerdesk worker` or `partnerdesk api`."""

    # The worker lets running activities end; longer than its own grace would only be waiting.
    grace_s = 15.0

    def __init__(self, name: str, arguments: Sequence[str], ready_url: str, log: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.ready_url = ready_url
        self._command = Command(name, [partnerdesk_command(), *arguments], log, env=env)

    def command(self) -> Command:
        return self._command

    async def is_ready(self) -> bool:
        return await http_answers(self.ready_url)


class Stack:
    """Started by `async with`, stopped in reverse order at its end. Raises StackError when a part does not start.

    state: a folder that is kept between runs, or a temporary one.
    durable: False for tests and --once: nothing is flushed to disk.
    requests_per_second: the pace towards lexoffice per tenant, in the engine and at the socket.
    trust_engine_signals: signals sent by hand count as decisions (PARTNERDESK_TRUST_ENGINE_SIGNALS); script/dev only.
    shape: several APIs stand behind HAProxy, which then listens at the API's port.
    release_before: a checkout whose migrations come first, as in a deploy.
    """

    temporal: TemporalServer | TemporalCluster
    apis: list[Partnerdesk]
    workers: list[Partnerdesk]

    def __init__(
        self,
        state: Path,
        ports: Ports,
        *,
        emit: Emit,
        durable: bool = True,
        requests_per_second: float = 1.9,
        trust_engine_signals: bool = False,
        lexoffice_options: Sequence[str] = (),
        easybill_options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        shape: Shape = DEV,
        release_before: Path | None = None,
    ) -> None:
        self._state = state.resolve()
        self._shape = shape
        self._release_before = release_before
        self._durable = durable
        self._ports = ports
        self._emit = emit
        self._requests_per_second = requests_per_second
        self._trust_engine_signals = trust_engine_signals
        self._more_environment = environment or {}
        self.postgres = PostgresServer(self._state / "postgres", ports.postgres, durable=durable)
        back = ["--desk-url", f"http://{LOOPBACK}:{ports.api}"]
        self.lexoffice = LexofficeServer(
            self._state / "lexoffice", ports.lexoffice, options=[*back, *lexoffice_options]
        )
        self.vies = ViesServer(self._state / "vies", ports.vies)
        self.bank = BankServer(self._state / "bank", ports.bank)
        self.easybill = EasybillServer(self._state / "easybill", ports.easybill, options=easybill_options)
        self._exit = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as exits:
            exits.enter_context(only_one(self._state))
            self._ports.require_free()
            self.temporal = await self._engine()
            parts = (self.postgres, self.temporal, self.lexoffice, self.vies, self.bank, self.easybill)
            exits.push_async_callback(_stop, *parts)
            async with announced(
                "Starting PostgreSQL, Temporal and the sandboxes of lexoffice, easybill, VIES and a bank …", self._emit
            ):
                await _together(*(part.start() for part in parts))
            environment = self._environment()
            await self.lexoffice.contract(
                environment["LEXOFFICE_OAUTH_CLIENT_ID"],
                environment["LEXOFFICE_OAUTH_CLIENT_SECRET"],
                f"{environment['PARTNERDESK_PUBLIC_URL']}/oauth/lexoffice/callback",
            )
            async with announced("Bringing the database to the newest version …", self._emit):
                if self._release_before is not None:
                    await run_to_end(self._migrate({**environment, "PYTHONPATH": str(self._release_before)}))
                await run_to_end(self._migrate(environment))
            ports = [self._ports.worker, *(free_port() for _ in range(self._shape.workers - 1))]
            self.workers = self._copies("worker", "--health-port", ports, environment)
            front = self._front_and_apis(environment)
            exits.push_async_callback(_stop, *self.workers, *self.apis, *front)
            async with announced("Starting the worker and the API …", self._emit):
                await _together(*(part.serve() for part in (*self.workers, *self.apis)))
                await _together(*(part.serve() for part in front))
            self._parts = (*parts, *self.temporal.beside, *self.workers, *self.apis, *front)
            self.addresses = StackAddresses(
                api_url=f"http://{LOOPBACK}:{self._ports.api}",
                worker_url=f"http://{LOOPBACK}:{self._ports.worker}",
                postgres=self.postgres.addresses,
                temporal=self.temporal.addresses,
                lexoffice=self.lexoffice.addresses,
                bank_url=self.bank.base_url,
                easybill_url=self.easybill.base_url,
                state=self._state,
                environment=environment,
            )
            self._exit = exits.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.aclose()

    async def first_end(self) -> Service:
        """Wait until a part has ended that nobody stopped."""
        while True:
            for part in self._parts:
                if part.has_ended:
                    return part
            await asyncio.sleep(0.5)

    @property
    def worker(self) -> Partnerdesk:
        """The first of them, at the port of the worker."""
        return self.workers[0]

    @property
    def api(self) -> Partnerdesk:
        """The first of them, which is the only one where nothing stands before it."""
        return self.apis[0]

    async def _engine(self) -> TemporalServer | TemporalCluster:
        state, cli = self._state / "temporal", await find_cli(self._emit)
        if self._shape.on_postgres:
            return TemporalCluster(
                await find_engine_programs(self._emit),
                cli,
                state,
                port=self._ports.temporal,
                ui_port=self._ports.temporal_ui,
                durable=self._durable,
                requests_per_second=self._requests_per_second,
            )
        return TemporalServer(
            cli,
            state,
            port=self._ports.temporal,
            ui_port=self._ports.temporal_ui,
            database=state / "temporal.db",
            requests_per_second=self._requests_per_second,
        )

    def _front_and_apis(self, environment: Mapping[str, str]) -> list[Front]:
        """Sets `apis`. One alone listens at its port itself; several do behind a front, which is returned."""
        if self._shape.apis == 1:
            self.apis = self._copies("api", "--port", [self._ports.api], environment)
            return []
        behind = {**environment, "PARTNERDESK_TRUSTED_PROXIES": "1"}
        ports = [free_port() for _ in range(self._shape.apis)]
        self.apis = self._copies("api", "--port", ports, behind)
        return [Front(self._ports.api, ports, self._state / "haproxy.log")]

    def _copies(
        self, what: str, port_option: str, ports: Sequence[int], environment: Mapping[str, str]
    ) -> list[Partnerdesk]:
        """One process for each port: worker, worker-2, …"""
        names = [what, *(f"{what}-{number}" for number in range(2, len(ports) + 1))]
        return [
            self._partnerdesk(name, port_option, port, environment) for name, port in zip(names, ports, strict=True)
        ]

    def _partnerdesk(self, name: str, port_option: str, port: int, environment: Mapping[str, str]) -> Partnerdesk:
        """`name` is what it runs, and a number beyond the first."""
        ready, arguments = f"http://{LOOPBACK}:{port}/readyz", [name.partition("-")[0], port_option, str(port)]
        return Partnerdesk(name, arguments, ready, self._state / f"{name}.log", environment)

    def _migrate(self, environment: Mapping[str, str]) -> Command:
        # -P: whose code it is PYTHONPATH says, not the folder that we run in.
        command = [sys.executable, "-P", "-m", "cli", "migrate"]
        return Command("partnerdesk migrate", command, self._state / "migrate.log", env=environment)

    def _environment(self) -> dict[str, str]:
        postgres, temporal, lexoffice = self.postgres.addresses, self.temporal.addresses, self.lexoffice.addresses
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        return {
            **inherited,
            "PARTNERDESK_DATABASE_URL": postgres.app_url,
            "PARTNERDESK_OWNER_DATABASE_URL": postgres.owner_url,
            "PARTNERDESK_SECRET_KEY": _kept_secret_key(self._state / "secret.key"),
            "PARTNERDESK_PUBLIC_URL": f"http://{LOOPBACK}:{self._ports.api}",
            # Everything is on this machine's own address.
            "PARTNERDESK_OPERATORS_DOORS": "1",
            "PARTNERDESK_TEMPORAL_UI_URL": f"http://{LOOPBACK}:{self._ports.temporal_ui}",
            "TEMPORAL_ADDRESS": temporal.address,
            "TEMPORAL_NAMESPACE": temporal.namespace,
            "LEXOFFICE_BASE_URL": lexoffice.base_url,
            "LEXOFFICE_APP_URL": lexoffice.app_url,
            "LEXOFFICE_PUBLIC_KEY_URL": lexoffice.public_key_url,
            "VIES_BASE_URL": self.vies.base_url,
            "EASYBILL_BASE_URL": self.easybill.base_url,
            # Another secret each time: only we know it, and only the sandbox believes it.
            "LEXOFFICE_OAUTH_CLIENT_ID": "partnerdesk-dev",
            "LEXOFFICE_OAUTH_CLIENT_SECRET": secrets.token_urlsafe(24),
            **({"PARTNERDESK_TEMPORAL_UI_URL": temporal.ui_url} if temporal.ui_url else {}),
            "PARTNERDESK_LEXOFFICE_PACE": str(self._requests_per_second),
            **({"PARTNERDESK_TRUST_ENGINE_SIGNALS": "1"} if self._trust_engine_signals else {}),
            **self._more_environment,
        }


def partnerdesk_command() -> str:
    """The console script of the environment that we run in."""
    return str(Path(sys.executable).with_name("partnerdesk"))


async def _together(*starting: Coroutine[object, object, object]) -> None:
    """All at once; when one fails the others are cancelled, and the first failure is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starting:
                group.create_task(start)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _stop(*services: Service) -> None:
    await asyncio.gather(*(service.stop() for service in services))


def _kept_secret_key(file: Path) -> str:
    """A Fernet key: made once, so that what the database holds encrypted can be read after a restart."""
    if not file.exists():
        keep(file, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return file.read_text()


@contextlib.contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Two stacks over one state would fight for its databases. Raises StackError."""
    state.mkdir(parents=True, exist_ok=True)
    # PostgreSQL may run as another user, and must be able to pass through here.
    state.chmod(0o711)
    with (state / "running").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise StackError(f"The stack in {state} is running already (process {file.read().strip()}).") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
