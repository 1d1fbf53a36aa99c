"""One way to do a thing, where the types alone do not see to it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
OUTSIDE_THE_LEDGER = ("activities", "api", "commands", "engine", "workflows", "lexoffice", "worker.py", "cli.py")


def modules(*places: str) -> Iterator[tuple[str, ast.Module]]:
    for place in places:
        found = [HOUSE / place] if place.endswith(".py") else sorted((HOUSE / place).rglob("*.py"))
        for path in found:
            yield str(path.relative_to(HOUSE)), ast.parse(path.read_text())


def test_who_has_a_transaction_is_not_told_its_tenant_again() -> None:
    """The two could differ, and row-level security would answer with an empty list."""
    told_twice = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules("ledger", *OUTSIDE_THE_LEDGER)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if {"TenantTransaction", "Tenant"}
        <= {
            ast.unparse(one.annotation)
            for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if one.annotation is not None
        }
    ]
    assert not told_twice


def test_a_row_becomes_a_model_by_from_row() -> None:
    otherwise = [
        f"{path}:{node.lineno}"
        for path, tree in modules("ledger")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and re.search(r"\.model_validate\(dict\((row|one)\)|^[A-Z]\w*\(\*\*(row|one|dict\(row\))\b", ast.unparse(node))
    ]
    assert not otherwise
