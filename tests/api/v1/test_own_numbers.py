"""Numbers that a tenant sees are its own: they tell nothing about how much others do."""

import asyncio

from tests.fixtures.door import Door


async def _listed(door: Door) -> list[int]:
    answer = await door.api("GET", "events?limit=200")
    assert answer.status_code == 200, answer.text
    return [event["id"] for event in answer.json()["items"]]


async def test_events_are_numbered_by_tenant(door: Door, other: Door) -> None:
    """A tenant that lets a notification arrive now and then does not learn from its numbers how many others get."""
    for each in (door, other, other, door, other):
        told = each.event()
        for _ in range(3):  # a repeat has no number of its own
            assert (await each.notify(told)).status_code == 200
    assert (sorted(await _listed(door)), sorted(await _listed(other))) == ([1, 2], [1, 2, 3])
    assert (await door.api("GET", "events/2")).status_code == 200
    assert (await door.api("GET", "events/3")).status_code == 404, "another tenant's"


async def test_the_first_events_of_a_tenant_may_come_at_once(door: Door) -> None:
    answers = await asyncio.gather(*(door.notify(door.event()) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(await _listed(door)) == list(range(1, 13))


async def test_entries_of_the_audit_trail_are_numbered_by_tenant(door: Door, other: Door) -> None:
    for name in ("Anna", "Bernd", "Clara"):
        for each in (door, other, other):
            code = f"{name.upper()}-{len(await each.rows('SELECT 1 FROM partners'))}"
            made = await each.api("POST", "partners", {"code": code, "name": f"{name} Muster"})
            assert made.status_code == 201, made.text
    first = (await door.http.get("/api/v1/audit?limit=2", headers={"X-API-Key": door.approver})).json()
    total = len(await door.rows("SELECT 1 FROM audit_entries WHERE tenant_id = $1", door.tenant.id))
    numbers = [entry["number"] for entry in first["items"]]
    while first["next_cursor"]:
        # The cursor is one of the tenant's own numbers, too.
        assert int(first["next_cursor"]) == numbers[-1]
        address = f"/api/v1/audit?limit=2&cursor={first['next_cursor']}"
        first = (await door.http.get(address, headers={"X-API-Key": door.approver})).json()
        numbers += [entry["number"] for entry in first["items"]]
    assert numbers == list(range(total, 0, -1))
