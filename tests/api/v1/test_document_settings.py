"""Who writes which document, by the JSON API: choice, books, numbers, turnover, and whence a service is rendered."""

from typing import Any

import pytest

from tests.fixtures.door import Door

DOOR = "document-settings"
HOME = dict.fromkeys(("regular", "small_business", "private"), "own_document")


async def _settings(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = (await door.api("GET", DOOR)).json()
    return found


async def test_a_new_tenant_has_what_there_was_before_there_was_a_choice(door: Door) -> None:
    found = await _settings(door)
    assert found["strategies"] == dict.fromkeys(HOME, "lexoffice_credit_note") | dict.fromkeys(
        ("eu_business", "third_country", "small_business_eu"), "blocked"
    )
    assert (found["books"], found["number_pattern"], found["turnovers"]) == ("lexoffice", "GU-{year}-{number:05}", [])


async def test_what_is_named_is_changed_and_the_rest_stays(door: Door) -> None:
    answer = await door.api("PATCH", DOOR, {"strategies": {"eu_business": "own_document"}})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["strategies"]["eu_business"] == "own_document"
    assert found["strategies"]["regular"] == "lexoffice_credit_note"
    wanted = {
        "books": "none",
        "strategies": HOME,
        "small_business": True,
        "number_pattern": "B{number}",
        "own_document_profile": "xrechnung",
        "buyer_reference": "04011000",
        "reversal_code": "261",
    }
    found = (await door.api("PATCH", DOOR, wanted)).json()
    assert {name: found[name] for name in wanted if name != "strategies"} == {
        name: value for name, value in wanted.items() if name != "strategies"
    }
    assert found == await _settings(door)


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"strategies": {"eu_business": "lexoffice_credit_note"}}, 422, "needs_own_document"),
        ({"books": "none"}, 422, "credit_note_needs_books"),
        ({"number_pattern": "GU"}, 422, "circle_needs_one_number"),
        ({"own_document_profile": "xrechnung"}, 422, "xrechnung_needs_reference"),
        ({"strategies": {"nobody": "own_document"}}, 422, None),
        ({"strategie": {}}, 422, None),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_changed(
    door: Door, wanted: dict[str, Any], status: int, code: str | None
) -> None:
    before = await _settings(door)
    refused = await door.api("PATCH", DOOR, {"reversal_code": "261"} | wanted)
    assert refused.status_code == status
    assert code is None or refused.json()["code"] == code
    assert await _settings(door) == before


async def test_the_question_about_the_turnover_is_answered(door: Door) -> None:
    found = (await door.api("PUT", f"{DOOR}/turnovers/2025", {"above_limit": False})).json()
    assert [(one["year"], one["above_limit"]) for one in found["turnovers"]] == [(2025, False)]
    found = (await door.api("PUT", f"{DOOR}/turnovers/2025", {"above_limit": True})).json()
    assert [(one["year"], one["above_limit"]) for one in found["turnovers"]] == [(2025, True)]
    later = await door.api("PUT", f"{DOOR}/turnovers/2199", {"above_limit": True})
    assert (later.status_code, later.json()["code"]) == (422, "turnover_of_a_year_to_come")
    assert (await door.api("PUT", f"{DOOR}/credit-notes-confirmed", {"reason": " "})).status_code == 422
    found = (await door.api("PUT", f"{DOOR}/credit-notes-confirmed", {"reason": "Steuerberatung"})).json()
    assert found["credit_notes_confirmed"]["reason"] == "Steuerberatung"


async def test_a_person_decides_whence_a_service_is_rendered_only_where_it_is_a_question(door: Door) -> None:
    partner = {"code": "ANNA", "name": "Anna", "street": "Ring 1", "zip": "1010", "city": "Wien", "country_code": "AT"}
    await door.api("POST", "partners", partner)
    decision = {"rendered_from": "AT", "reason": "Büro nur in Wien"}
    refused = await door.api("POST", "partners/ANNA/seat", decision)
    assert (refused.status_code, refused.json()["code"]) == (409, "seat_and_number_agree")
    status = {"status": "regular", "valid_from": "2026-01-01", "vat_id": "DE136695976"}
    assert (await door.api("POST", "partners/ANNA/tax-statuses", status)).status_code == 201
    decided = await door.api("POST", "partners/ANNA/seat", decision)
    assert decided.status_code == 201, decided.text
    assert (decided.json()["country_code"], decided.json()["rendered_from"]) == ("AT", "AT")
    assert (await door.api("POST", "partners/NOBODY/seat", decision)).status_code == 404
