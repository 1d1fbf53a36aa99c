"""What the documentation names is there: the tests that keep a promise, the files that do."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
DEFINED = {
    name
    for file in (CHECKOUT / "tests").rglob("*.py")
    for name in (file.stem, *re.findall(r"^\s*(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE))
}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_test_and_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    tests = set(re.findall(r"`(test_\w+)`", text))
    files = set(re.findall(r"`((?:[a-z_0-9]+/)+[a-z_0-9.]+\.(?:py|sql|yml|yaml|sh|env|md))`", text))
    files |= set(re.findall(r"\]\(((?:\.\./)?[\w/.-]+\.(?:md|png|svg))", text))
    assert tests - DEFINED == set()
    assert [name for name in sorted(files) if not ((CHECKOUT / name).exists() or (page.parent / name).exists())] == []
