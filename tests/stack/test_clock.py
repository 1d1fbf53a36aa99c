"""The clock that `script/test --on-days` moves is one: of Python, of PostgreSQL, and of nothing that waits."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.conftest import Database
from tests.on_days import CHECKOUT, MOMENTS, NOT_CHECKED, clock, find_library


async def test_python_and_postgresql_agree_on_the_time(database: Database) -> None:
    connection = await asyncpg.connect(database.app_url)
    now = await connection.fetchval("SELECT clock_timestamp()")
    await connection.close()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_on_another_day_the_date_is_moved_and_what_waits_is_not() -> None:
    library = find_library()
    if library is None:
        pytest.fail("install libfaketime: without it nobody knows whether the suite passes on other days")
    asked = "import time; print(time.time(), time.monotonic())"
    before = time.monotonic()
    seen = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, **clock(library, MOMENTS[0].at)},
        capture_output=True,
        text=True,
        check=True,
    )
    wall, monotonic = (float(word) for word in seen.stdout.split())
    assert 0 <= wall - MOMENTS[0].at.timestamp() < 30
    assert before <= monotonic <= time.monotonic()


def test_where_the_clock_cannot_be_moved_it_says_what_it_did_not_check() -> None:
    nowhere = {"LIBFAKETIME": "", "PATH": "/no/such/place", "HOME": "/no/such/home", "XDG_CACHE_HOME": "/no/such/cache"}
    said = subprocess.run(
        [sys.executable, "-c", _WITHOUT],
        cwd=CHECKOUT,
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == NOT_CHECKED
    assert "NOT CHECKED" in said.stderr


_WITHOUT = "import sys; from tests import on_days; on_days.find_library = lambda: None; sys.exit(on_days.main([]))"


def test_the_moments_are_those_at_which_days_are_counted_wrongly() -> None:
    names = {(one.at.month, one.at.day) for one in MOMENTS}
    assert {(2, 29), (12, 31), (1, 1), (3, 28), (10, 31)} <= names
