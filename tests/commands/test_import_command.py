"""`partnerdesk import` shows what a file would do, and does it only when told to."""

from pathlib import Path

import pytest

from tests.commands.test_commands import Operator, partnerdesk
from tests.fixtures.browsers import Firm

__all__ = ["partnerdesk"]


async def test_a_file_is_shown_then_taken_over_and_what_is_wrong_is_written_down(
    firm: Firm, partnerdesk: Operator, tmp_path: Path
) -> None:
    file, wrong = tmp_path / "partner.csv", tmp_path / "wrong.csv"
    file.write_text("Partnercode;Wie;Land\nNEU;Neu GmbH;DE\nALT;;XX\n")
    given = ("import", "partners", str(file), "--tenant", firm.tenant.slug, "--column", "Wie=name")
    looked = await partnerdesk(*given, "--problems", str(wrong))
    assert looked.status == 1
    said = looked.out.decode()
    assert "Nothing was taken over. It would be: 1 new, 0 changed, 0 the same, 1 wrong." in said
    assert "line 3, name: The cell is empty. Please enter a value." in said
    assert wrong.read_text("utf-8-sig").splitlines()[1].startswith("ALT;;XX;")
    assert not await firm.rows("SELECT 1 FROM partners")
    assert (await partnerdesk(*given, "--yes")).status == 1
    taken = await partnerdesk(*given, "--yes", "--leave-out-wrong", "--json")
    assert (taken.status, taken.json()["taken_over"], taken.json()["new"]) == (0, True, 1)
    assert [row["code"] for row in await firm.rows("SELECT code FROM partners")] == ["NEU"]
    states = [row["state"] for row in await firm.rows("SELECT state FROM imports ORDER BY seq")]
    assert states == ["discarded", "discarded", "taken"], "what is only shown is not kept"


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("Partnercode;Name;Mindestauszahlung\nA;Anna;1.234\n", (), "may mean two amounts"),
        ("Wer;Name\nA;Anna\n", (), "The column “Partnercode / Partner code” is missing."),
        ("Partnercode;Name\nA;Anna\n", ("--column", "Wer=code"), "with a heading of the file"),
    ],
)
async def test_what_is_unclear_is_said(
    firm: Firm, partnerdesk: Operator, tmp_path: Path, content: str, more: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "partner.csv"
    file.write_text(content)
    answer = await partnerdesk("import", "partners", str(file), "--tenant", firm.tenant.slug, *more)
    assert answer.status in (1, 2)
    assert said in answer.err
