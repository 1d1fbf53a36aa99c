"""The programs of a real engine: Temporal's server, its schema tool and its UI, in the versions of docker-compose.yml.

They are made with `go install` once, which takes some five minutes, and kept in the cache folder.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandbox.cache import cache_folder, locked
from sandbox.go_tools import go_install
from sandbox.processes import StackError
from sandbox.waiting import Emit

SERVER_VERSION = "1.32.0"
UI_VERSION = "2.54.1"


@dataclass(frozen=True)
class EnginePrograms:
    """`schema_tool` lies in a folder under the name by which deploy/temporal/setup-schema.sh calls it."""

    server: Path
    schema_tool: Path
    ui: Path


_PACKAGES = {
    "server": f"go.temporal.io/server/cmd/server@v{SERVER_VERSION}",
    "schema_tool": f"go.temporal.io/server/cmd/tools/sql@v{SERVER_VERSION}",
    "ui": f"github.com/temporalio/ui-server/v2/cmd/server@v{UI_VERSION}",
}


async def find_engine_programs(emit: Emit) -> EnginePrograms:
    """Those that were made before, or made now. Raises StackError where there is no Go to make them with."""
    folder = cache_folder(f"temporal-server-{SERVER_VERSION}-{UI_VERSION}")
    folder.mkdir(parents=True, exist_ok=True)
    programs = EnginePrograms(
        server=folder / "temporal-server", schema_tool=folder / "temporal-sql-tool", ui=folder / "temporal-ui-server"
    )
    other_script = partial(emit, "Another script is making the programs of the engine; waiting for it …")
    async with locked(folder / "making.lock", waiting=other_script):
        for target, package in _missing(programs):
            about = f"{target.name} with Go; this takes two minutes and more, once"
            if not await go_install(package, target, emit, about):
                raise StackError(_cannot_be_made(target, package))
    return programs


def _missing(programs: EnginePrograms) -> list[tuple[Path, str]]:
    wanted = [(getattr(programs, part), package) for part, package in _PACKAGES.items()]
    return [(target, package) for target, package in wanted if not target.exists()]


def _cannot_be_made(target: Path, package: str) -> str:
    return (
        f"A cluster needs {target.name}, and it cannot be made here. Either of these helps:\n"
        f"  - install Go ≥ 1.26: it is then built with `go install {package}`\n"
        f"  - copy it to {target}"
    )
