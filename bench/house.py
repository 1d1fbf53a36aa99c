"""The table of rooms in docs/architecture.md, measured: `script/house` prints it, with `--write` it goes there.

A row is a room: a folder of the top level, or one below it where that one is divided. Arrows are imports
from room to room. Status 1 where two rooms know each other, whichever way round.
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = CHECKOUT / "docs/architecture.md"
BEGINS, ENDS = "<!-- script/house --write begins -->", "<!-- ends -->"
DIVIDED = ("ledger", "activities", "api", "api/pages")
"""Whose folders are rooms of their own."""
ALONE = ("worker", "cli", "settings", "logs", "api.app")
"""Modules that are rooms of their own: they stand at the top of the checkout, or put a whole folder together."""
NOT_THE_PRODUCT = ("bench", "chaos", "tests", "contract")


@dataclass
class Room:
    name: str
    tells: str
    files: int = 0
    lines: int = 0
    knows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Room → imports."""
    known_by: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def modules() -> dict[str, Path]:
    """Module → file, of everything that is the product."""
    packages = sorted(file.parent for file in CHECKOUT.glob("*/__init__.py") if file.parent.name not in NOT_THE_PRODUCT)
    files = [file for package in packages for file in sorted(package.rglob("*.py"))]
    files += [file for name in ALONE if (file := CHECKOUT / f"{name}.py").exists()]
    return {
        ".".join(file.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"): file for file in files
    }


def room_of(module: str) -> str:
    parts = module.split(".")
    if module in ALONE:
        return f"{'/'.join(parts)}.py"
    room, *below = parts
    for part in below:
        if room not in DIVIDED or not (CHECKOUT / room / part).is_dir():
            break
        room = f"{room}/{part}"
    return room


def measured() -> list[Room]:
    """Every room, in the order of the alphabet. Lines are all lines of its Python files."""
    rooms: dict[str, Room] = {}
    files = modules()
    for module, file in files.items():
        room = rooms.setdefault(room_of(module), Room(room_of(module), _tells(room_of(module))))
        text = file.read_text()
        room.files += 1
        room.lines += text.count("\n")
        for imported in _imported(ast.parse(text), files):
            if (other := room_of(imported)) != room.name:
                room.knows[other] += 1
    for room in rooms.values():
        for other, imports in room.knows.items():
            rooms[other].known_by[room.name] += imports
    return sorted(rooms.values(), key=lambda room: room.name)


def _imported(tree: ast.Module, files: Mapping[str, Path]) -> set[str]:
    """Our modules that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            of_package = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in files else node.module for name in of_package}
    return found & files.keys()


def circle(rooms: Iterable[Room]) -> list[str]:
    """Rooms that know each other in a circle, the first of them again at the end; empty where there is none."""
    try:
        TopologicalSorter({room.name: set(room.knows) for room in rooms}).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def table(rooms: Iterable[Room]) -> str:
    rows = [
        f"| `{room.name}` | {room.tells} | {room.files} | {room.lines:,} | {_arrows(room.knows)} | "
        f"{_arrows(room.known_by)} |"
        for room in rooms
    ]
    head = "| room | what it tells | files | lines | knows | is known by |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows])


def write(rooms: Iterable[Room]) -> None:
    text = PAGE.read_text()
    between = re.compile(rf"(?<={re.escape(BEGINS)}\n).*?(?={re.escape(ENDS)})", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: f"\n{table(rooms)}\n\n", text))


def _arrows(imports: Mapping[str, int]) -> str:
    if not imports:
        return "–"
    rooms, lines = len(imports), sum(imports.values())
    return f"{rooms} room{'s' * (rooms > 1)}, {lines} import{'s' * (lines > 1)}"


def _tells(room: str) -> str:
    """The first sentence of the docstring of a room."""
    path = CHECKOUT / room
    file = path / "__init__.py" if path.is_dir() else path
    told = ast.get_docstring(ast.parse(file.read_text())) or ""
    return told.partition("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def main() -> None:
    asked = argparse.ArgumentParser(prog="script/house", description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--write", action="store_true", help="put the table into docs/architecture.md")
    rooms = measured()
    if asked.parse_args().write:
        write(rooms)
    else:
        print(table(rooms))
    if found := circle(rooms):
        sys.exit(f"A circle: {' → '.join(found)}")


if __name__ == "__main__":
    main()
