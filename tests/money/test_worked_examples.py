"""Each row of each worked example in docs/money.md is what the product computes."""

import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.fixtures.ledger_shop import Shop
from tests.money import worked_kinds

PAGE = Path(__file__).parents[2] / "docs" / "money.md"
_KIND = re.compile(r"<!-- worked: ([a-z-]+) -->")
Check = Callable[[dict[str, str], Shop], Awaitable[None]]


def checks() -> dict[str, Check]:
    """By kind: what computes a row. A kind is a module of tests/money/worked_kinds."""
    modules = [
        importlib.import_module(f"{worked_kinds.__name__}.{found.name}")
        for found in pkgutil.iter_modules(worked_kinds.__path__)
    ]
    return {module.KIND: module.check for module in modules}


def rows() -> list[tuple[int, str, dict[str, str]]]:
    """(line of the page, kind, cells by column)"""
    found, lines = [], PAGE.read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        kind = _KIND.fullmatch(line)
        if kind is None:
            continue
        assert lines[at + 2].startswith("|--"), f"{PAGE.name}:{at + 1}: no table follows"
        columns, number = _cells(lines[at + 1]), at + 3
        while number < len(lines) and lines[number].startswith("|"):
            found.append((number + 1, kind[1], dict(zip(columns, _cells(lines[number]), strict=True))))
            number += 1
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@pytest.mark.parametrize(
    ("line", "kind", "row"), rows(), ids=lambda value: str(value) if isinstance(value, int) else ""
)
async def test_a_worked_example_is_what_the_product_computes(
    line: int, kind: str, row: dict[str, str], shop: Shop
) -> None:
    assert kind in checks(), f"{PAGE.name}:{line}: nobody computes examples of the kind {kind}"
    await checks()[kind](row, shop)


def test_every_kind_has_examples() -> None:
    assert {kind for _, kind, _ in rows()} >= checks().keys()
