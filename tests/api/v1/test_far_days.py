"""A day at the end of the calendar is refused at every door (pages: tests/money/test_far_days.py)."""

import pytest

from tests.fixtures.door import Door

FAR = ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31"]


@pytest.mark.parametrize("day", FAR)
async def test_the_api_refuses_it(door: Door, day: str) -> None:
    await door.api("POST", "partners", {"code": "ANNA", "name": "Anna"})
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    instant = f"{day}T12:00:00Z"
    for path, body in (
        ("partners/ANNA/tax-statuses", {"status": "private", "valid_from": day}),
        ("partners/ANNA/agreement", {"version": "1", "accepted_at": instant}),
        ("campaigns/sommer/plans", {"levels": [{"level": 1, "percent": "1"}], "valid_from": instant}),
        ("payout-runs", {"cut_off": day}),
    ):
        answer = await door.api("POST", path, body)
        assert answer.status_code == 422, (path, answer.text)
    for path in (
        f"transactions?sold_from={day}",
        f"commissions?served_before={day}",
        f"reports/open-commissions?on={day}",
    ):
        assert (await door.api("GET", path)).status_code == 422, path
