"""What script/dev writes is read by nobody else on the machine."""

import asyncio
import os
import signal
import stat
import sys
from dataclasses import fields
from pathlib import Path

from sandbox.processes import free_port
from sandbox.stack import Ports
from tests.fixtures.house import until
from tests.fixtures.programs import program


async def test_databases_logs_and_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    ports = {Ports.setting(field.name): str(free_port()) for field in fields(Ports)}
    command = (sys.executable, "-m", "sandbox.dev", "--state", state)
    async with program(*command, env=os.environ | ports, stderr=asyncio.subprocess.DEVNULL) as dev:
        await until(lambda: asyncio.to_thread((state / "lexoffice").exists), bool, "the first files")
        await until(lambda: asyncio.to_thread((state / "postgres" / "passwords.json").exists), bool, "the passwords")
        dev.send_signal(signal.SIGTERM)
        await dev.wait()
    opened = [
        f"{path.relative_to(state)} {stat.filemode(path.stat().st_mode)}"
        for path in state.rglob("*")
        if path.stat().st_mode & (0o077 if path.is_file() else 0o066)
    ]
    assert opened == []
