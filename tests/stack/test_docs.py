"""What the documentation names is there: the tests that keep a promise, the files that do, and what is linked to."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
CONTRACT = CHECKOUT / "docs/contract"
SHARED = CHECKOUT.parent / "shared"
RECORDS = sorted((CHECKOUT / "docs/adr").glob("[0-9]*.md"))
PAGES = [*sorted(CHECKOUT.glob("*.md")), *sorted((CHECKOUT / "docs").rglob("*.md"))]
# The contract is ahead of the code: it names files that are still to come.
DOCS = [page for page in PAGES if page.parent != CONTRACT]
DEFINED = {
    name
    for file in (CHECKOUT / "tests").rglob("*.py")
    for name in (file.stem, *re.findall(r"^\s*(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE))
}


def _named(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


def _anchors(page: Path) -> set[str]:
    """The anchors that a renderer makes of a page's headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCS, ids=_named)
def test_every_test_and_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    tests = set(re.findall(r"`(test_\w+)`", text))
    files = set(re.findall(r"`((?:[a-z_0-9]+/)+[a-z_0-9.]+\.(?:py|sql|yml|yaml|sh|env|md|toml))`", text))
    assert tests - DEFINED == set()
    assert [name for name in sorted(files) if not ((CHECKOUT / name).exists() or (page.parent / name).exists())] == []


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    dead = []
    text = re.sub(r"`[^`\n]*`", "", page.read_text())
    for target in re.findall(r"\]\(([^()\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            dead.append(target)
    assert dead == []


def test_every_page_is_found_from_the_index() -> None:
    index = CHECKOUT / "docs/README.md"
    linked = {(index.parent / path).resolve() for path in re.findall(r"\]\(([^()\s#]+)", index.read_text())}
    assert {page for page in PAGES if page not in RECORDS and page != index} - linked == set()


def test_every_decision_has_a_number_a_date_and_a_state_and_is_in_the_index() -> None:
    index = (CHECKOUT / "docs/adr/README.md").read_text()
    numbers = [int(record.name[:4]) for record in RECORDS]
    assert numbers == list(range(1, len(RECORDS) + 1))
    for record in RECORDS:
        number, text = record.name[:4], record.read_text()
        assert re.match(rf"# {number}\. \S.*\n\n- Date: \d{{4}}-\d\d-\d\d", text), record.name
        state = re.search(
            r"^- Status: (proposed|accepted|rejected|superseded by \[\d{4}\]\(\S+\))$", text, re.MULTILINE
        )
        assert state, record.name
        assert "\n## Context\n" in text, record.name
        assert "\n## Decision\n" in text, record.name
        row = re.search(rf"^\| \[{number}\]\({re.escape(record.name)}\) \|.*\| (.+) \|$", index, re.MULTILINE)
        assert row, f"{record.name} is not in docs/adr/README.md"
        assert row.group(1) == state.group(1), record.name


@pytest.mark.skipif(not (SHARED / "rules.md").exists(), reason="the contract's own folder is not beside this checkout")
def test_the_contract_is_the_one_that_was_agreed() -> None:
    agreed = {page.name: page.read_text() for page in SHARED.glob("*.md")}
    assert {page.name: page.read_text() for page in CONTRACT.glob("*.md")} == agreed
