"""Which codes the product names: what it raises and answers with, and every word of its source."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("activities", "api", "commands", "engine", "ledger", "workflows")
_REFUSALS = {"Refused"}
_WORD = re.compile(r"\w+", re.ASCII)


@cache
def modules() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


@cache
def kinds_of_refusal() -> frozenset[str]:
    """`Refused` and all that derive from it."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(_REFUSALS)
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return frozenset(found)


def codes_raised() -> Iterator[tuple[str, str]]:
    """(where, code) of each refusal that is made with a literal code."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in kinds_of_refusal():
                for code in _literals(node.args[0]) if node.args else ():
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", code


def _literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as code):
            yield code
        case ast.IfExp():
            yield from _literals(node.body)
            yield from _literals(node.orelse)


@cache
def words() -> frozenset[str]:
    """Every word that stands in the source, SQL and templates included."""
    return frozenset(
        word
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".sql", ".html"}
        for word in _WORD.findall(path.read_text(encoding="utf-8"))
    )
