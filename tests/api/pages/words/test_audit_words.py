"""Whatever the product writes into the trail has words on the trail's page."""

import re
from pathlib import Path

from api.pages.words.audit_words import ACTIONS, SUBJECTS

ROOT = Path(__file__).parents[4]
_SAID = re.compile(r'action(?:=|: str = | = )(?:\n\s*)?"([a-z_]+\.[a-z_]+)"(?: if [a-z_.]+ else "([a-z_]+\.[a-z_]+)")?')
_SUBJECT = re.compile(r'audit\.record\([^)]*?subject="([a-z_]+)"')
# Written by a function of their own, that puts the kind of thing before the word.
_PREFIXED = {
    "ledger/bank/bank_runs.py": "bank_run",
    "ledger/bank/bank_export.py": "bank_run",
    "ledger/bank/bank_run_cancelling.py": "bank_run",
    "ledger/bank/bank_accounts.py": "own_account",
}
_WORD = re.compile(r'\b_?note\(\s*tx,\s*by,\s*"([a-z_]+)"')


def _sources() -> list[tuple[str, str]]:
    folders = ("ledger", "api", "activities", "commands")
    return [(str(path.relative_to(ROOT)), path.read_text()) for one in folders for path in (ROOT / one).rglob("*.py")]


def test_every_act_has_words() -> None:
    acts = {act for _path, text in _sources() for found in _SAID.findall(text) for act in found if act}
    acts |= {
        f"{_PREFIXED[path]}.{word}" for path, text in _sources() if path in _PREFIXED for word in _WORD.findall(text)
    }
    assert len(acts) >= 60
    assert {act.partition(".")[0] for act in acts} >= {"bank_run", "own_account"}
    assert not {act.removesuffix(".by_command") for act in acts} - ACTIONS.keys()


def test_every_kind_of_thing_has_a_word() -> None:
    kinds = {kind for _path, text in _sources() for kind in _SUBJECT.findall(text)}
    assert len(kinds) > 8
    assert not kinds - SUBJECTS.keys()
