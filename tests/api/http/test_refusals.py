"""What a refusal says: a code that stays, a reason with parameters, and words in the language that was asked for."""

from typing import Any

import pytest

from api.http.problems import _CODE_OF_REASON
from tests.api.v1.test_json_api import PARTNER
from tests.fixtures.door import Door
from words import is_known, sentence


def test_a_coarser_code_belongs_to_a_reason_that_exists() -> None:
    assert not [reason for reason in _CODE_OF_REASON if not is_known(reason)]


async def refused(door: Door, method: str, path: str, body: Any = None, language: str = "") -> dict[str, Any]:
    headers = {"Accept-Language": language} if language else {}
    answer = await door.api(method, path, body, **headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["vary"] == "Accept-Language"
    problem: dict[str, Any] = answer.json()
    assert problem["detail"] == sentence(problem["reason"], problem["params"], answer.headers["content-language"])
    return problem


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("", "Nicht gefunden.", "Auszahlung nicht gefunden."),
        ("de-AT, en;q=0.5", "Nicht gefunden.", "Auszahlung nicht gefunden."),
        ("en-GB, de;q=0.5", "Not found.", "Payout not found."),
        ("fr", "Nicht gefunden.", "Auszahlung nicht gefunden."),
    ],
)
async def test_words_follow_the_language_and_codes_do_not(door: Door, language: str, title: str, detail: str) -> None:
    problem = await refused(door, "GET", "payouts/PO-2026-9999", language=language)
    assert (problem["title"], problem["detail"]) == (title, detail)
    assert (problem["code"], problem["type"]) == ("not_found", "urn:partnerdesk:problem:not_found")
    assert problem["reason"] == "payout_not_found"


async def test_what_is_named_in_the_words_is_there_for_machines_too(door: Door) -> None:
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    plan = {"levels": [{"level": 2, "percent": "5", "tiers": [{"from_cents": 100, "percent": "6"}]}]}
    problem = await refused(door, "POST", "campaigns/sommer/plans", plan, "en")
    assert (problem["code"], problem["params"]) == ("tier_mode_missing", {"level": 2})
    assert problem["detail"] == "Level 2 has tiers; the plan does not say of which kind."


async def test_a_constraint_that_refuses_says_it_in_both_languages(door: Door) -> None:
    await door.api("POST", "partners", PARTNER)
    assert (await refused(door, "POST", "partners", PARTNER))[
        "detail"
    ] == "Einen Partner mit diesem Code gibt es schon."
    again = await refused(door, "POST", "partners", PARTNER, "en")
    assert (again["code"], again["detail"]) == ("partner_code_taken", "There already is a partner with this code.")


async def test_what_no_route_takes_and_what_no_key_opens_is_said_in_english_too(door: Door) -> None:
    assert (await refused(door, "PUT", "payouts", {}, "en"))["detail"] == "There is no such method here."
    answer = await door.api("GET", "me", **{"X-API-Key": "pdk_", "Accept-Language": "en"})
    assert answer.json()["detail"] == "The access is unknown or not valid."


async def test_a_line_of_a_plan_file_is_refused_in_the_language_of_its_reader(door: Door) -> None:
    csv = "kampagne;stufe;prozent\nstandard;1;zwanzig\nstandard;2;-1\n"
    problem = await refused(door, "POST", "campaigns/import-plans", {"csv": csv}, "en")
    assert problem["code"] == "plan_file_not_acceptable"
    assert problem["detail"].startswith("Line 2: “prozent” is no percentage such as 12,5")
    assert problem["detail"].endswith("(and 1 more)")
    first = problem["errors"][0]
    assert (first["line"], first["reason"], first["params"]) == (2, "column_no_percent", {"column": "prozent"})
    assert first["sentence"].startswith("“prozent” is no percentage")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_reason_of_a_later_version_is_told_as_its_code(door: Door, language: str) -> None:
    rows = {
        "tasks": "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
        " SELECT id, 'x', 'y', 'z', 'Warum.', '{done}' FROM tenants RETURNING id",
        "events": "INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, reason)"
        " SELECT id, 'stripe', 'x', 'y', '{}', 'failed', 'Warum.' FROM tenants RETURNING id",
    }
    for table, insert in rows.items():
        await door.rows(insert)
        await door.rows(
            f"UPDATE {table} SET reason_code = 'from_a_later_version', reason_params = $1 RETURNING id", {"n": [1]}
        )
        answer = await door.api("GET", table, **{"Accept-Language": language})
        assert [one["reason"] for one in answer.json()["items"]] == ["from_a_later_version"], answer.text
