"""docs/architecture.md shows the rooms as they are: which there are, what they tell, and about how large they are."""

import re
from functools import cache

import pytest

from bench import house

measured = cache(house.measured)
_ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([\d,]+) \| ([\d,]+) \|", re.MULTILINE)
SHOWN = {
    name: (tells.strip(), int(files.replace(",", "")), int(lines.replace(",", "")))
    for name, tells, files, lines in _ROW.findall(house.PAGE.read_text())
}
AGAIN = "run script/house --write"


def test_every_room_is_shown_and_no_other() -> None:
    assert {room.name for room in measured()} == SHOWN.keys(), AGAIN


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_a_room_says_what_it_tells_and_is_about_as_large_as_shown(name: str) -> None:
    tells, files, lines = SHOWN[name]
    [room] = [room for room in measured() if room.name == name]
    assert room.tells, "its __init__.py says nothing"
    assert tells == room.tells, AGAIN
    # Figures may lag behind, as every change moves them; not so far that a reader would be misled.
    assert abs(room.files - files) <= max(2, room.files // 4), AGAIN
    assert abs(room.lines - lines) <= max(100, room.lines // 4), AGAIN


def test_no_rooms_know_each_other_in_a_circle() -> None:
    assert house.circle(measured()) == []
