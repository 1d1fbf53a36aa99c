"""How many requests a key may make in a minute, where several processes count together."""

from collections import Counter
from collections.abc import Mapping

import pytest

from api.http.quota import Quota


class Clock:
    """A minute that begins when a test says so."""

    seconds = 6_000.0

    def __call__(self) -> float:
        return self.seconds


class Row:
    """What PostgreSQL does for all of them (ledger/access/api_quota.py)."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[int, str]] = Counter()
        self.asked = 0
        self.is_away = False

    async def add(self, minute: int, made: Mapping[str, int]) -> Mapping[str, int]:
        if self.is_away:
            raise ConnectionError("away")
        self.asked += 1
        for key, count in made.items():
            self.counts[minute, key] += count
        return {key: self.counts[minute, key] for key in made}


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_key_is_stopped_at_its_limit_and_goes_on_in_the_next_minute(clock: Clock) -> None:
    quota = Quota(2, Row().add, now=clock)
    clock.seconds += 18.2
    first = quota.take("a")
    assert first.headers == {"RateLimit-Policy": '"key";q=2;w=60', "RateLimit": '"key";r=1;t=42'}
    assert [quota.take("a").allowed for _ in range(3)] == [True, False, False]
    assert quota.take("b").allowed, "another key has its own"
    clock.seconds += 42
    assert quota.take("a") == (2, 1, 60, True)


async def test_processes_know_a_second_later_what_the_others_have_let_in(clock: Clock) -> None:
    row = Row()
    one, other = Quota(10, row.add, now=clock), Quota(10, row.add, now=clock)
    for _ in range(6):
        one.take("a")
    assert other.take("a").remaining == 9, "not yet"
    await one.agree()
    await other.agree()
    assert other.take("a").remaining == 2
    await one.agree()
    assert row.asked == 2, "nothing is asked while there is nothing to tell"
    assert one.take("a").remaining == 3
    await other.agree()
    await one.agree()
    assert (one.take("a").remaining, row.counts.total()) == (0, 9)


async def test_what_is_refused_is_not_counted(clock: Clock) -> None:
    row = Row()
    quota = Quota(1, row.add, now=clock)
    for _ in range(5):
        quota.take("a")
    await quota.agree()
    assert row.counts.total() == 1


async def test_a_process_counts_alone_while_the_database_is_away_and_tells_it_later(clock: Clock) -> None:
    row = Row()
    quota = Quota(3, row.add, now=clock)
    quota.take("a")
    row.is_away = True
    with pytest.raises(ConnectionError):
        await quota.agree()
    assert [quota.take("a").allowed for _ in range(3)] == [True, True, False]
    row.is_away = False
    await quota.agree()
    assert row.counts.total() == 3


async def test_what_was_let_in_a_minute_ago_burdens_nobody(clock: Clock) -> None:
    row = Row()
    quota = Quota(3, row.add, now=clock)
    quota.take("a")
    clock.seconds += 60
    await quota.agree()
    assert row.asked == 0
