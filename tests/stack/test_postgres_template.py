"""The migrated PostgreSQL that runs begin with: made once, whole or not at all, thrown away when nobody needs it."""

import asyncio
import fcntl
import os
import time
from pathlib import Path

import asyncpg
import pytest

from sandbox.postgres import PostgresServer
from sandbox.processes import free_port
from tests.fixtures import postgres_template
from tests.fixtures.postgres_template import copy_migrated, digest


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache; returns the folder of templates in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "partnerdesk" / "test-databases"


async def test_two_runs_at_once_make_one_template_and_each_serves_a_copy_of_its_own(
    kept: Path, stack_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    make = postgres_template._make

    async def counted(template: Path) -> bool:
        made.append(template)
        return await make(template)

    monkeypatch.setattr(postgres_template, "_make", counted)
    states = [stack_state / "template-first", stack_state / "template-second"]
    await asyncio.gather(*(copy_migrated(state) for state in states))
    assert made == [kept / digest()]
    for state in states:
        server = PostgresServer(state, free_port(), durable=False)
        addresses = await server.start()
        connection = await asyncpg.connect(addresses.app_url)
        try:
            assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") > 50
        finally:
            await connection.close()
            await server.stop()


async def test_what_a_killed_run_has_left_of_a_template_is_made_anew(kept: Path, stack_state: Path) -> None:
    half = kept / digest() / "unfinished"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    await copy_migrated(stack_state / "template-after-a-kill")
    assert (stack_state / "template-after-a-kill" / "data" / "PG_VERSION").exists()
    assert not half.exists()


def test_another_migration_or_another_postgresql_is_another_template(monkeypatch: pytest.MonkeyPatch) -> None:
    now = digest()
    with monkeypatch.context() as patch:
        patch.setattr(postgres_template, "schema_digest", lambda: "of one migration more")
        assert digest() != now
    with monkeypatch.context() as patch:
        patch.setattr(postgres_template, "version", lambda _package: "19.0")
        assert digest() != now
    assert digest() == now


def test_templates_that_nobody_used_for_a_week_go_unless_somebody_is_using_them(kept: Path) -> None:
    mine, old, in_use, fresh = (kept / name for name in ("mine", "old", "in_use", "fresh"))
    for template in (mine, old, in_use, fresh):
        template.mkdir(parents=True)
        template.with_suffix(".lock").touch()
    for template in (mine, old, in_use):
        os.utime(template, (time.time() - 8 * 86_400,) * 2)
    with in_use.with_suffix(".lock").open("a") as copying:
        fcntl.flock(copying, fcntl.LOCK_SH)
        postgres_template._clear(kept, mine)
    assert {path.name for path in kept.iterdir()} == {
        *("mine", "mine.lock"),
        *("in_use", "in_use.lock"),
        *("fresh", "fresh.lock"),
    }


def test_of_many_templates_the_last_used_ones_stay(kept: Path) -> None:
    for age in range(12):
        (kept / f"{age:02}").mkdir(parents=True)
        os.utime(kept / f"{age:02}", (time.time() - age * 60,) * 2)
    postgres_template._clear(kept, kept / "05")
    assert sorted(path.name for path in kept.iterdir() if path.is_dir()) == [f"{age:02}" for age in range(8)]


async def test_where_nothing_can_be_kept_a_run_begins_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stack_state: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    await copy_migrated(stack_state / "template-nowhere")
    assert not (stack_state / "template-nowhere").exists()
