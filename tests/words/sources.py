"""Which codes the product names: what it raises and answers with, and every word of its source."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("activities", "api", "bankstatements", "commands", "engine", "ledger", "workflows")
_REFUSALS = {"Refused", "Unreadable"}
_WITH_CODE_FIRST = {"not_available", "KeyRefused", "Reason.of", "wrong"}
_WITH_CODE_BY_NAME = {"Reason", "LineError", "RowProblem"}
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


def codes_named() -> Iterator[tuple[str, str]]:
    """(where, code) of each refusal, answer, reason and sentence that is made of a code.

    What comes from somewhere else (`refused.code`, a row, a parameter) was named there.
    """
    for path, tree in modules().items():
        known, renders = constants(tree), _renderers(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for place in _places_of_code(node, renders):
                    for code in named(place, known):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", code


def codes_with_params() -> Iterator[tuple[str, str, set[str]]]:
    """(where, code, names of parameters) of each refusal and reason that is written down whole."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and all(given.arg for given in node.keywords):
                name = ast.unparse(node.func)
                if name.rpartition(".")[2] in kinds_of_refusal() or name in ("Reason.of", "self.wrong", "row.wrong"):
                    match node.args[:1]:
                        case [ast.Constant(value=str() as code)]:
                            given_names = {given.arg for given in node.keywords if given.arg}
                            yield f"{path.relative_to(ROOT)}:{node.lineno}", code, given_names


def _places_of_code(call: ast.Call, renders: set[str]) -> Iterator[ast.expr]:
    called = ast.unparse(call.func)
    name = called.rpartition(".")[2]
    if name in kinds_of_refusal() or called in renders or {name, called} & _WITH_CODE_FIRST:
        yield from call.args[:1]
    elif name == "Problem":
        yield from call.args[1:2]
    if name in _WITH_CODE_BY_NAME or name in kinds_of_refusal():
        yield from (given.value for given in call.keywords if given.arg == "code")


def _renderers(tree: ast.Module) -> set[str]:
    """Those of our functions that render a code, under their names here."""
    return {
        one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("api.http.language", "words", "workflows.words")
        for one in node.names
        if one.name in ("say", "sentence")
    }


def named(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as code):
            yield code
        case ast.IfExp(body=one, orelse=other):
            yield from (*named(one, constants), *named(other, constants))
        case ast.BoolOp(values=several):
            for one in several:
                yield from named(one, constants)
        case ast.Dict(values=several):
            for one in several:
                yield from named(one, constants)
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name) if name in constants:
            yield from named(constants[name], {})
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")) if name in constants:
            yield from named(constants[name], {})
        case ast.JoinedStr() | ast.BinOp():
            yield f"put together: {ast.unparse(node)}"


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What the names of a module stand for, where it is written down as it is."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                if isinstance(value, ast.Constant | ast.Dict):
                    found[name] = value
    return found


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
