"""The client of VIES against the sandbox's, over HTTP: yes, no, and nobody who answers are three things."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from sandbox.processes import free_port
from sandbox.vies_server import ViesServer
from vies import client
from vies.answers import Match, ViesAnswer, ViesQuestion
from vies.client import ViesClient
from vies.errors import ViesAway, ViesRefused

ASKED = ViesQuestion(vat_id="ATU13585627", requester="DE136695976", name="Muster AG", city="Wien")


@pytest.fixture(scope="module")
async def vies_address(stack_state: Path) -> AsyncIterator[str]:
    server = ViesServer(stack_state / "vies-of-its-own", free_port())
    yield await server.start()
    await server.stop()


@pytest.fixture
async def vies_hooks(vies_address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=vies_address, trust_env=False) as hooks:
        yield hooks
        await hooks.delete("/sandbox/faults")


async def ask(address: str, question: ViesQuestion = ASKED) -> ViesAnswer:
    async with ViesClient(base_url=address) as asking:
        return await asking.check(question)


async def test_a_qualified_question_gets_a_consultation_number(
    vies_address: str, vies_hooks: httpx.AsyncClient
) -> None:
    await vies_hooks.post("/sandbox/traders", json={"vat_id": "ATU13585627", "name": "Muster AG", "address": "Ring 1"})
    answer = await ask(vies_address)
    assert answer.valid
    assert answer.request_identifier is not None
    assert answer.request_identifier.startswith("WAPI")
    assert isinstance(answer.request_date, date)
    assert (answer.name, answer.address) == ("Muster AG", "Ring 1")
    assert (answer.trader_name_match, answer.trader_city_match) == (Match.VALID, Match.NOT_PROCESSED)
    [*_, last] = (await vies_hooks.get("/sandbox/asked")).json()
    assert last["asked"] == {
        "countryCode": "AT",
        "vatNumber": "U13585627",
        "requesterMemberStateCode": "DE",
        "requesterNumber": "136695976",
        "traderName": "Muster AG",
        "traderCity": "Wien",
    }


async def test_without_a_requester_there_is_no_consultation_number(vies_address: str) -> None:
    answer = await ask(vies_address, ViesQuestion(vat_id="DE129273398"))
    assert answer.valid
    assert (answer.request_identifier, answer.name) == (None, None)


async def test_a_no_is_an_answer(vies_address: str, vies_hooks: httpx.AsyncClient) -> None:
    await vies_hooks.post("/sandbox/traders", json={"vat_id": "FR40303265045", "valid": False})
    answer = await ask(vies_address, ViesQuestion(vat_id="FR40303265045", requester="DE136695976"))
    assert (answer.valid, answer.request_identifier, answer.name) == (False, None, None)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("MS_UNAVAILABLE", "MS_UNAVAILABLE"),
        ("SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"),
        ("TIMEOUT", "TIMEOUT"),
        ("GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ"),
        ("MS_MAX_CONCURRENT_REQ_TIME", "MS_MAX_CONCURRENT_REQ_TIME"),
        ("html_502", "status_502"),
        ("garbage", "no_answer"),
        ("reset", "not_reached"),
    ],
)
async def test_nobody_who_answers_is_no_no(
    vies_address: str, vies_hooks: httpx.AsyncClient, kind: str, code: str
) -> None:
    await vies_hooks.post("/sandbox/faults", json={"kind": kind, "times": 1})
    with pytest.raises(ViesAway) as away:
        await ask(vies_address)
    assert away.value.code == code
    assert (await ask(vies_address)).valid


@pytest.mark.parametrize("kind", ["INVALID_INPUT", "INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED"])
async def test_a_question_that_is_not_taken_is_not_asked_again(
    vies_address: str, vies_hooks: httpx.AsyncClient, kind: str
) -> None:
    await vies_hooks.post("/sandbox/faults", json={"kind": kind, "times": 1})
    with pytest.raises(ViesRefused, match=kind):
        await ask(vies_address)


async def test_one_that_hangs_is_given_up(
    vies_address: str, vies_hooks: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "IN_ALL_SECONDS", 0.3)
    await vies_hooks.post("/sandbox/faults", json={"kind": "hang", "times": 1})
    with pytest.raises(ViesAway, match="no_answer_in_time"):
        await ask(vies_address)


async def test_one_that_cannot_be_reached_is_away(stack_state: Path) -> None:
    with pytest.raises(ViesAway, match="not_reached"):
        await ask(f"http://127.0.0.1:{free_port()}")


async def test_a_number_of_no_state_is_refused_by_the_sandbox_too(vies_address: str) -> None:
    with pytest.raises(ViesRefused, match="INVALID_INPUT"):
        await ask(vies_address, ViesQuestion(vat_id="US123456789"))


async def test_a_person_breaks_it_and_registers_numbers_by_its_page(
    vies_address: str, vies_hooks: httpx.AsyncClient
) -> None:
    await vies_hooks.post("/", data={"do": "fault", "kind": "MS_UNAVAILABLE", "country": "at", "times": "2"})
    assert "MS_UNAVAILABLE AT, noch 2-mal" in (await vies_hooks.get("/")).text
    with pytest.raises(ViesAway):
        await ask(vies_address)
    await vies_hooks.post("/", data={"do": "clear"})
    await vies_hooks.post("/", data={"do": "trader", "vat_id": "at u13585627", "valid": "nein"})
    assert not (await ask(vies_address)).valid
    await vies_hooks.post("/", data={"do": "trader", "vat_id": "ATU13585627", "valid": "ja", "name": "<b>Muster"})
    page = await vies_hooks.get("/")
    assert "&lt;b&gt;Muster" in page.text
    assert (await vies_hooks.post("/", headers={"Origin": "http://evil.example"})).status_code == 403
