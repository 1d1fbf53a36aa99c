"""Amounts are what they look like: whole cents, and percents as plain decimals. Nothing is taken for a number."""

from typing import Any

import pytest

from tests.fixtures.door import Door


@pytest.mark.parametrize(
    "level",
    [
        {"fixed_cents": True},
        {"fixed_cents": "1000"},
        {"fixed_cents": "1_000"},
        {"cap_per_sale_cents": 5.0, "percent": "1"},
        {"percent": True},
        {"percent": "١٢"},
        {"percent": "1e1"},
        {"percent": "1_0"},
        {"tiers": [{"from_cents": "1", "percent": "1"}]},
    ],
)
async def test_what_only_looks_like_an_amount_is_refused(door: Door, level: dict[str, Any]) -> None:
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    answer = await door.api("POST", "campaigns/sommer/plans", {"levels": [{"level": 1} | level]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), answer.text


@pytest.mark.parametrize("percent", ["12.5", "10", "0.1250", 12.5, 10])
async def test_a_percent_is_a_text_or_a_number(door: Door, percent: object) -> None:
    await door.api("POST", "campaigns", {"slug": "sommer", "name": "Sommer"})
    levels = [{"level": 1, "percent": percent, "fixed_cents": 150}]
    answer = await door.api("POST", "campaigns/sommer/plans", {"levels": levels})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("minimum", [True, "100", 100.0])
async def test_a_minimum_is_whole_cents(door: Door, minimum: object) -> None:
    assert (await door.api("PATCH", "tenant", {"minimum_payout_cents": minimum})).status_code == 422
