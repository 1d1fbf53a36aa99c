"""The glossary speaks of what is there: tables and columns of the ledger, types and functions of the file named."""

import ast
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| ([a-z'][^|]*) \| [^|]+ \| [^|]+ \| `([\w.]+)` \| `([\w/.]+)` \|$",
                  (CHECKOUT / "docs/glossary.md").read_text(), re.MULTILINE)  # fmt: skip
SCHEMA = "\n".join(file.read_text() for file in sorted((CHECKOUT / "ledger").rglob("*.sql")))


def names_of(file: Path) -> set[str]:
    """Functions, types and members of types at the top of a module, members as `Type.MEMBER`."""
    names = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    names.add(f"{node.name}.{part.name}")
                elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                    names.add(f"{node.name}.{part.targets[0].id}")
    return names


def test_it_has_forty_words() -> None:
    assert len({word for word, _, _ in ROWS}) == 40


@pytest.mark.parametrize(("word", "kept_as", "file"), ROWS, ids=[word for word, _, _ in ROWS])
def test_a_word_is_kept_where_the_glossary_says(word: str, kept_as: str, file: str) -> None:
    assert (CHECKOUT / file).is_file(), word
    if kept_as[0].isupper():
        assert kept_as in names_of(CHECKOUT / file), word
        return
    table, _, column = kept_as.partition(".")
    assert re.search(rf"CREATE TABLE (?:\w+\.)?{table}\b", SCHEMA), word
    assert not column or re.search(rf"\b{column}\b", SCHEMA), word
