"""One way to do a thing, where the types alone do not see to it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
OUTSIDE_THE_LEDGER = (
    "activities",
    "api",
    "commands",
    "engine",
    "workflows",
    "lexoffice",
    "vies",
    "worker.py",
    "cli.py",
)

_SQL = re.compile(
    r"\s*(SELECT\s.*\sFROM|SELECT\s+\w+\(|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|WITH\s+\w+\s+AS\s*\()",
    re.DOTALL,
)


def modules(*places: str) -> Iterator[tuple[str, ast.Module]]:
    for place in places:
        found = [HOUSE / place] if place.endswith(".py") else sorted((HOUSE / place).rglob("*.py"))
        for path in found:
            yield str(path.relative_to(HOUSE)), ast.parse(path.read_text())


def documentation(tree: ast.Module) -> set[ast.AST]:
    """Strings that stand alone: docstrings, and what is said of a constant below it."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_sql_stands_in_the_ledger_only() -> None:
    elsewhere = [
        f"{path}:{node.lineno}"
        for path, tree in modules(*OUTSIDE_THE_LEDGER)
        for said in [documentation(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said
        if _SQL.match(node.value)
    ]
    assert not elsewhere


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


LISTINGS = {
    "list_partners",
    "list_customers",
    "list_campaigns",
    "list_sales",
    "list_commissions",
    "list_payouts",
    "list_events",
    "list_tasks",
    "list_entries",
    "list_bank_entries",
}


def test_a_noun_has_one_listing_on_which_pages_and_api_both_stand() -> None:
    made: dict[str, list[str]] = {}
    for path, tree in modules("ledger"):
        for node in tree.body:
            if isinstance(node, ast.AsyncFunctionDef):
                made.setdefault(node.name, []).append(path)
    assert {name: len(made[name]) for name in LISTINGS} == dict.fromkeys(LISTINGS, 1)
    assert "page" not in made  # what turns a page is called after what it lists
    for doors in ("api/v1", "api/pages"):
        called = {
            node.attr
            for _path, tree in modules(doors)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        assert called >= LISTINGS, doors


def test_a_row_becomes_a_model_by_from_row() -> None:
    otherwise = [
        f"{path}:{node.lineno}"
        for path, tree in modules("ledger")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and re.search(r"\.model_validate\(dict\((row|one)\)|^[A-Z]\w*\(\*\*(row|one|dict\(row\))\b", ast.unparse(node))
    ]
    assert not otherwise


LONGEST = 400


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    lines = {
        str(path.relative_to(HOUSE)): len(path.read_text().splitlines())
        for path in HOUSE.rglob("*.py")
        if not {".venv", ".git", "node_modules", "partnerdesk_client"} & set(path.relative_to(HOUSE).parts)  # generated
    }
    assert not {path for path, count in lines.items() if count > LONGEST}


_A_DAY_OF_THE_MACHINE = re.compile(
    r"datetime\.now\(BERLIN\)|date\.today\(\)|datetime\.now\(UTC\)\.date\(\)|now\(\) AT TIME ZONE 'Europe/Berlin'"
    r"|\bcurrent_date\b",
    re.IGNORECASE,
)


def test_the_day_is_asked_of_one_clock() -> None:
    found = [
        f"{path.relative_to(HOUSE)}: {match[0]}"
        for place in (*OUTSIDE_THE_LEDGER, "ledger")
        for path in ([HOUSE / place] if place.endswith(".py") else sorted((HOUSE / place).rglob("*.py")))
        if path != HOUSE / "ledger/clock.py"
        for match in _A_DAY_OF_THE_MACHINE.finditer(path.read_text())
    ]
    assert not found


def test_a_docstring_says_what_comes_out_before_what_goes_wrong() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules(*OUTSIDE_THE_LEDGER, "ledger", "sandbox", "settings.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if (ast.get_docstring(node) or "").startswith("Raises")
    ]
    assert not found


def _fixtures() -> Iterator[tuple[str, str]]:
    """Name and place of each definition, and of each import under another name into a conftest."""
    for path, tree in modules("tests"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if any("fixture" in ast.unparse(one) for one in node.decorator_list):
                    yield node.name, path
            elif isinstance(node, ast.ImportFrom) and path.endswith("conftest.py"):
                yield from ((one.asname, path) for one in node.names if one.asname)


def test_a_fixture_of_many_files_has_one_meaning() -> None:
    places: dict[str, set[str]] = {}
    for name, path in _fixtures():
        places.setdefault(name, set()).add(path)
    assert {name for name, found in places.items() if len(found) > 1} == set()
