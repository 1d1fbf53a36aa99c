"""Numbers that a tenant sees are its own: they tell nothing about how much others do."""

from tests.fixtures.door import Door


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
