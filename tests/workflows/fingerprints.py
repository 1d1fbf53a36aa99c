"""What the modules of workflows/ decide, as a fingerprint each, kept in fingerprints.json.

    python -m tests.workflows.fingerprints                       # take a change over that has a patch
    python -m tests.workflows.fingerprints --because "a reason"  # or one that needs none, and why

A payout that waits is continued by whatever code runs then (docs/upgrades.md). So a change of what a workflow decides
wants `workflow.patched`; that a workflow is pinned to its version is no excuse where workers run without versions. What
people read (docstrings, summaries, details, log lines) and how long activities may take is no part of a fingerprint: it
may change freely.
"""

import argparse
import ast
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workflows import registered

FOLDER = Path(registered.__file__).parent
KEPT = Path(__file__).with_name("fingerprints.json")

FREE_ARGUMENTS = frozenset(
    {
        *("summary", "static_summary", "static_details", "timeout_summary", "priority", "retry_policy"),
        *("start_to_close_timeout", "schedule_to_close_timeout", "schedule_to_start_timeout", "heartbeat_timeout"),
    }
)
"""Of a command: replay does not compare them."""
FOR_PEOPLE = frozenset({"set_current_details", "debug", "info", "warning", "error", "exception"})
"""Calls that leave no command."""
WORDS = frozenset({"__init__", "pinning", "registered", "words"})
"""Modules that decide nothing."""


@dataclass(frozen=True)
class Fingerprint:
    """Of one module. `because`: why its last change needed no patch."""

    code: str
    patches: tuple[str, ...] = ()
    because: str = ""


def read_kept() -> dict[str, Fingerprint]:
    """By module, as they were last taken over."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return {module: Fingerprint(**{**one, "patches": tuple(one["patches"])}) for module, one in kept.items()}


def read_workflows() -> dict[str, Fingerprint]:
    """By module, as the code is now."""
    sources = {file.stem: file.read_text() for file in sorted(FOLDER.glob("*.py")) if file.stem not in WORDS}
    return fingerprints(sources)


def fingerprints(sources: Mapping[str, str]) -> dict[str, Fingerprint]:
    """By module."""
    trees = {module: ast.parse(source) for module, source in sources.items()}
    constants: dict[str, str] = {}
    for tree in trees.values():
        constants |= _constants(tree)
    return {module: _fingerprint(tree, constants) for module, tree in trees.items()}


def unpatched(kept: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> list[str]:
    """The modules that decide otherwise than before, for runs that are open, too."""
    return sorted(
        module
        for module, before in kept.items()
        if (now := found.get(module)) is None
        or (now.code != before.code and not set(now.patches) - set(before.patches))
    )


def taken_over(kept: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint], because: str) -> dict[str, Any]:
    """What is to be kept from now on. Raises ValueError where a change needs a reason and has none."""
    if (bare := unpatched(kept, found)) and not because:
        raise ValueError(
            f"{', '.join(bare)}: the code of a workflow has changed, and runs that are open replay it from their "
            "beginning (docs/upgrades.md). Put the change behind workflow.patched(…), or say why that is not needed: "
            'python -m tests.workflows.fingerprints --because "…"'
        )
    return {
        module: asdict(now) | {"because": because if module in bare else _reason(kept.get(module), now)}
        for module, now in sorted(found.items())
    }


def _reason(before: Fingerprint | None, now: Fingerprint) -> str:
    return before.because if before is not None and before.code == now.code else ""


def _fingerprint(tree: ast.Module, constants: Mapping[str, str]) -> Fingerprint:
    patches = {_text(call.args[0], constants) for call in _calls(tree, "patched", "deprecate_patch")}
    decided = _Deciding().visit(tree)
    return Fingerprint(
        code=hashlib.sha256(repr(_told(decided)).encode()).hexdigest()[:24],
        patches=tuple(sorted(patches)),
    )


def _calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _text(argument: ast.expr, constants: Mapping[str, str]) -> str:
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    return constants.get(ast.unparse(argument), ast.unparse(argument))


class _Deciding(ast.NodeTransformer):
    """Leaves out what may change freely."""

    def visit(self, node: ast.AST) -> Any:
        visited = super().visit(node)
        for name in ("body", "orelse", "finalbody"):
            if isinstance(lines := getattr(visited, name, None), list):
                setattr(visited, name, [line for line in lines if not _is_for_people(line)])
        return visited

    def visit_Import(self, _: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, _: ast.ImportFrom) -> None:
        return None

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in FREE_ARGUMENTS]
        return node


def _is_for_people(line: ast.AST) -> bool:
    if isinstance(line, ast.With):
        return not line.body  # imports only
    if not isinstance(line, ast.Expr):
        return False
    called = line.value.func if isinstance(line.value, ast.Call) else None
    return isinstance(line.value, ast.Constant) or (isinstance(called, ast.Attribute) and called.attr in FOR_PEOPLE)


def _told(node: Any) -> Any:
    """The tree without what is empty, which versions of Python tell differently, and without places."""
    if isinstance(node, list):
        return [_told(part) for part in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [], "")}
    return (type(node).__name__, sorted((name, _told(value)) for name, value in fields.items()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.workflows.fingerprints", description=__doc__)
    parser.add_argument("--because", default="", help="why a change needs no patch")
    try:
        kept = taken_over(read_kept(), read_workflows(), parser.parse_args().because)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
