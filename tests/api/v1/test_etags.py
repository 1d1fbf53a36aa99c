"""One object is known by its ETag: who has it is told so in a word, and a change counts only upon what was seen."""

import pytest

from api.http.etags import is_named
from tests.api.v1.test_json_api import PARTNER
from tests.fixtures.door import Door


async def test_who_has_an_object_is_told_that_it_is_the_same(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)
    first = await door.api("GET", "partners/ANNA")
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    again = await door.api("GET", "partners/ANNA", **{"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Vary"] == "Accept-Language"
    await door.api("PATCH", "partners/ANNA", {"city": "Hamburg"})
    changed = await door.api("GET", "partners/ANNA", **{"If-None-Match": etag})
    assert (changed.status_code, changed.json()["city"]) == (200, "Hamburg")
    assert changed.headers["ETag"] != etag


async def test_lists_and_secrets_have_none(door: Door) -> None:
    made = await door.api("POST", "webhook-endpoints", {"url": "https://example.com/hooks"})
    secret = await door.api("GET", f"webhook-endpoints/{made.json()['id']}/secret")
    for answer in (await door.api("GET", "partners"), secret, await door.api("GET", "partners/NOBODY")):
        assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("path", "change", "other_change"),
    [
        ("partners/ANNA", {"city": "Hamburg"}, {"city": "Bremen"}),
        ("campaigns/sommer", {"name": "Sommer 1"}, {"name": "Sommer 2"}),
        ("tenant", {"city": "Hamburg"}, {"city": "Bremen"}),
    ],
)
async def test_a_change_upon_something_older_is_refused_and_changes_nothing(
    stocked: Door, path: str, change: dict[str, str], other_change: dict[str, str]
) -> None:
    seen = (await stocked.api("GET", path)).headers["ETag"]
    first = await stocked.api("PATCH", path, change, **{"If-Match": seen})
    second = await stocked.api("PATCH", path, other_change, **{"If-Match": seen})
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "changed_meanwhile"
    now = await stocked.api("GET", path)
    assert change.items() <= now.json().items()
    third = await stocked.api("PATCH", path, other_change, **{"If-Match": f'"x", {now.headers["ETag"]}'})
    assert third.status_code == 200
    assert (await stocked.api("PATCH", path, change, **{"If-Match": "*"})).status_code == 200


async def test_a_customer_is_assigned_upon_what_was_seen(stocked: Door) -> None:
    made = (await stocked.api("POST", "customers", {"external_id": "cus_1", "name": "Kunde"})).json()
    path, change = f"customers/{made['id']}", {"assigned_partner_code": "ANNA", "reason": "Vertrag"}
    seen = (await stocked.api("GET", path)).headers["ETag"]
    assert (await stocked.api("PATCH", path, change, **{"If-Match": seen})).status_code == 200
    assert (await stocked.api("PATCH", path, change, **{"If-Match": seen})).status_code == 412


def test_if_match_compares_strongly_and_if_none_match_weakly() -> None:
    assert not is_named('"a"', 'W/"a"')
    assert is_named('"a"', 'W/"a"', weak=True)
    assert not is_named('"a"', '"ab"')
