"""Days are Berlin's at every door, also in the hours in which UTC still has the day before."""

from datetime import UTC, datetime

from ledger import clock
from tests.fixtures.door import Door


async def test_a_list_of_partners_shows_what_each_is_on_the_day_in_berlin(door: Door) -> None:
    await door.api("POST", "partners", {"code": "ANNA", "name": "Anna"})
    for status, day in (("regular", "2020-01-01"), ("private", "2028-01-01")):
        said = {"status": status, "valid_from": day, "vat_id": "DE987654328" if status == "regular" else None}
        assert (await door.api("POST", "partners/ANNA/tax-statuses", said)).status_code < 300
    for hour, status in ((22, "regular"), (23, "private")):
        with clock.set_to(datetime(2027, 12, 31, hour, 30, tzinfo=UTC)):
            [anna] = (await door.api("GET", "partners")).json()["items"]
            assert anna["tax_status"] == status
