"""Files by the JSON API: looked at, taken over once, and confirmed by somebody else's key."""

import base64
from typing import Any

from tests.fixtures import import_files
from tests.fixtures.door import Door


def _file(content: bytes | str, **more: str) -> dict[str, str]:
    held = content.encode() if isinstance(content, str) else content
    return {"name": "alt.csv", "content": base64.b64encode(held).decode(), **more}


async def _brought(door: Door, content: bytes | str, **more: str) -> Any:
    answer = await door.api("POST", "imports", _file(content, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_balances_go_from_a_file_to_a_second_person(door: Door) -> None:
    partners = await _brought(door, "Partnercode;Name\nP0000;Null GmbH\nP0001;Eins GmbH\n", kind="partners")
    assert (await door.api("POST", f"imports/{partners['id']}/take-over", {})).status_code == 200
    file = await _brought(door, import_files.balances(2))
    assert (file["kind"], file["preview"]["new"]) == ("opening_balances", 2)
    changed = await door.api("POST", f"imports/{file['id']}/take-over", {"seen": "0" * 64})
    assert (changed.status_code, changed.json()["code"]) == (409, "import_changed")
    taken = await door.api("POST", f"imports/{file['id']}/take-over", {"seen": file["preview"]["seen"]})
    assert (taken.json()["state"], taken.json()["created"]) == ("taken", 2)
    again = await door.api("POST", f"imports/{file['id']}/take-over", {})
    assert (again.status_code, again.json()["code"]) == (409, "import_ended")
    approver = {"X-API-Key": door.approver}
    waiting = (await door.api("GET", f"imports/{file['id']}/balances", **approver)).json()
    assert [line["net_cents"] for line in waiting["lines"]] == [import_files.balance_cents(place) for place in (0, 1)]
    stale = await door.api("POST", f"imports/{file['id']}/balances/confirm", {"seen": "0" * 64}, **approver)
    assert stale.status_code == 409
    done = await door.api("POST", f"imports/{file['id']}/balances/confirm", {"seen": waiting["seen"]}, **approver)
    assert (done.status_code, done.json()["lines"]) == (200, [])


async def test_what_is_wrong_and_what_is_unclear_is_told(door: Door) -> None:
    content = "Partnercode;Name;Mindestauszahlung\nA;Anna;1.234\nB;;\n"
    file = await _brought(door, content, kind="partners")
    assert file["preview"]["asked"] == [
        "„1.234“ kann zwei Beträge bedeuten. Bitte sagen Sie, wie Beträge in dieser Datei geschrieben sind."
    ]
    columns = {"columns": ["code", "name", "minimum_payout_cents"], "numbers": "german"}
    chosen = (await door.api("PUT", f"imports/{file['id']}/columns", columns)).json()
    assert [(one["line"], one["column"], one["code"]) for one in chosen["preview"]["problems"]] == [
        (3, "name", "cell_missing")
    ]
    refused = await door.api("POST", f"imports/{file['id']}/take-over", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "import_rows_wrong")
    rows = await door.api("GET", f"imports/{file['id']}/problems.csv")
    assert rows.text.splitlines()[1].startswith("B;;;Name: ")
    assert (await door.api("POST", f"imports/{file['id']}/take-over", {"leave_out_wrong": True})).status_code == 200
    for body, code in (
        (_file("x"), "csv_empty"),
        (_file(b"PK\x03\x04"), "csv_is_spreadsheet"),
        (_file("a;b\n1;2\n"), "file_kind_unclear"),
    ):
        answer = await door.api("POST", "imports", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
