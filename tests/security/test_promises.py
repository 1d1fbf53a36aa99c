"""docs/security.md and docs/reliability.md say how each promise is tested: with tests that exist."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SECURITY = (CHECKOUT / "docs/security.md").read_text(encoding="utf-8")
RELIABILITY = (CHECKOUT / "docs/reliability.md").read_text(encoding="utf-8")
_DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


@pytest.mark.parametrize(("document", "least"), [(SECURITY, 50), (RELIABILITY, 40)], ids=["security", "reliability"])
def test_every_test_that_the_document_names_is_there(document: str, least: int) -> None:
    named = set(re.findall(r"`(test_\w+)`", document))
    defined = {name for file in (CHECKOUT / "tests").rglob("test_*.py") for name in _DEFINED.findall(file.read_text())}
    assert named - defined == set()
    assert len(named) > least


def test_every_file_that_the_document_names_is_there() -> None:
    named = set(re.findall(r"(?<![\w/])((?:tests|ledger|api|lexoffice)/[\w/]+\.py)", SECURITY))
    assert {file for file in named if not (CHECKOUT / file).exists()} == set()
    assert len(named) > 15
