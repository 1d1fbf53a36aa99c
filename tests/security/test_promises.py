"""docs/security.md says how each promise is tested: with tests that exist."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SECURITY = (CHECKOUT / "docs/security.md").read_text(encoding="utf-8")
_DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def test_every_test_that_the_document_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", SECURITY))
    defined = {name for file in (CHECKOUT / "tests").rglob("test_*.py") for name in _DEFINED.findall(file.read_text())}
    assert named - defined == set()
    assert len(named) > 50


def test_every_file_that_the_document_names_is_there() -> None:
    named = set(re.findall(r"(?<![\w/])((?:tests|ledger|api|lexoffice)/[\w/]+\.py)", SECURITY))
    assert {file for file in named if not (CHECKOUT / file).exists()} == set()
    assert len(named) > 15
