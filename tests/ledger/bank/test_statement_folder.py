"""The watched folder: what is dropped there is taken in once, and never lost."""

import os
import time
from pathlib import Path

from activities.payouts.statement_folder import StatementFolder
from ledger.vault import Vault
from tests.fixtures.bank_runs import iban, own_account
from tests.fixtures.bank_statements import Line, camt
from tests.fixtures.ledger_shop import Shop

SENT = camt(Line(-11_900, "PO-2026-0001", iban(1), reference="R1"))


def drop(folder: Path, name: str, content: bytes, *, seconds_ago: float = 60) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    os.utime(folder / name, (time.time() - seconds_ago,) * 2)


async def test_a_file_is_taken_in_and_put_away_and_a_refused_one_says_why(
    shop: Shop, vault: Vault, tmp_path: Path
) -> None:
    await own_account(shop, vault)
    own = tmp_path / shop.tenant.slug
    drop(own, "c53.xml", SENT)
    drop(own, "bad.xml", b"<html/>")
    drop(own, "half.xml", SENT[:100], seconds_ago=0)
    drop(tmp_path / "nobody", "c53.xml", SENT)
    (own / "link.xml").symlink_to("/etc/hostname")
    watched = StatementFolder(shop.ledger, vault, tmp_path)
    assert await watched.take_in() == 2
    assert [row["brought_how"] for row in await shop.rows("SELECT brought_how FROM statement_files")] == ["folder"]
    assert [file.name[13:] for file in (own / "taken").iterdir()] == ["c53.xml"]
    assert sorted(file.name[13:] for file in (own / "refused").iterdir()) == ["bad.xml", "bad.xml.txt"]
    [reason] = (own / "refused").glob("*.txt")
    assert "weder camt.052" in reason.read_text()
    assert sorted(file.name for file in own.iterdir() if not file.is_dir()) == ["half.xml", "link.xml"]
    drop(own, "c53-again.xml", SENT)
    assert await watched.take_in() == 1
    assert len(await shop.rows("SELECT 1 FROM statement_files")) == 1


async def test_a_name_that_no_column_and_no_other_folder_holds_is_no_obstacle(
    shop: Shop, vault: Vault, tmp_path: Path
) -> None:
    await own_account(shop, vault)
    own = tmp_path / shop.tenant.slug
    drop(own, os.fsdecode(b"c53-\xff.xml"), SENT)
    drop(own, "x" * 251 + ".xml", b"<html/>")
    assert await StatementFolder(shop.ledger, vault, tmp_path).take_in() == 2
    assert [row["name"] for row in await shop.rows("SELECT name FROM statement_files")] == ["c53- .xml"]
    assert len([*(own / "taken").iterdir()]) == 1
    assert len([*(own / "refused").iterdir()]) == 2


async def test_files_that_fail_stay_and_hold_up_no_other(shop: Shop, vault: Vault, tmp_path: Path) -> None:
    await own_account(shop, vault)
    own = tmp_path / shop.tenant.slug
    for number in range(6):
        drop(own, f"a{number}.xml", SENT)
    drop(own, "z.xml", b"<html/>")
    drop(own, "taken", b"a file where the folder should be", seconds_ago=0)
    watched = StatementFolder(shop.ledger, vault, tmp_path)
    assert [await watched.take_in(), await watched.take_in()] == [0, 1]
    (own / "taken").unlink()
    assert [await watched.take_in(), await watched.take_in()] == [5, 1]
    assert [len([*(own / put).iterdir()]) for put in ("taken", "refused")] == [6, 2]
