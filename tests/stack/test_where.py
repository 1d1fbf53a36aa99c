"""Every question of docs/where.md is answered by a function that exists."""

import re
from pathlib import Path

import pytest

from tests.stack.test_glossary import CHECKOUT, names_of

ROWS = re.findall(
    r"^\| ([^|]+\?) \| [^|]+ \| `([\w/.]+)` \| `([\w.]+)` \|$",
    (CHECKOUT / "docs/where.md").read_text(),
    re.MULTILINE,
)


def test_it_answers_twenty_questions() -> None:
    assert len({question for question, _, _ in ROWS}) == 20


@pytest.mark.parametrize(("question", "file", "function"), ROWS, ids=[f"{file}:{name}" for _, file, name in ROWS])
def test_a_question_is_answered_by_a_function_that_exists(question: str, file: str, function: str) -> None:
    path: Path = CHECKOUT / file
    assert path.is_file(), question
    assert function in names_of(path), question
