"""docs/api.md begins with lines of curl: they run, one after the other, against the running product."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ledger.access import api_keys
from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.fixtures.door import Door, new_door
from tests.security.serving import served

PAGE = Path(__file__).parents[2] / "docs/api.md"


@pytest.fixture
async def reached(
    database: Database, lexoffice_sandbox: LexofficeAddresses, engine_address: TemporalAddresses
) -> AsyncIterator[tuple[Door, str]]:
    """A tenant at a served API, and where that is."""
    async with served(database, lexoffice_sandbox) as api:
        yield await new_door(api.started), api.url


async def test_the_lines_of_the_quickstart_run(reached: tuple[Door, str], tmp_path: Path) -> None:
    door, url = reached
    async with door.parts.ledger.transaction(door.tenant) as tx:
        wanted = api_keys.WantedKey(name="quickstart", scopes=("read", "write"))
        made = await api_keys.create_api_key(tx, door.parts.vault, wanted, actor="test")
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    running = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        "\n".join(blocks),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "API": url, "KEY": made.key.get_secret_value()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()
    assert running.returncode == 0, said.decode()
    [sale] = await door.rows("SELECT gross_cents, refunded_cents FROM transactions")
    assert tuple(sale) == (11_900, 5_950)
    assert [row["code"] for row in await door.rows("SELECT code FROM partners")] == ["ANNA"]
