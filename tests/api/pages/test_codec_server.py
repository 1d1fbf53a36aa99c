"""The codec server: Temporal's UI shows what is encrypted to operators who are logged in here, and to nobody else."""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from google.protobuf import json_format
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload, Payloads

from api.app import create_app
from engine.payloads import data_converter
from ledger.roles import Role
from settings import Settings, UnusableSettings
from tests.fixtures.browsers import Browser, Firm, new_firm

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))
UI = "http://temporal.example"


@pytest.fixture(scope="module")
async def sealed_app(people_settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(
        people_settings.model_copy(update={"codec_server": True, "payload_key": SecretStr(f"{NEW},{OLD}")})
    )
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def sealed_firm(sealed_app: FastAPI) -> AsyncIterator[Firm]:
    made = await new_firm(sealed_app)
    yield made
    await made.close()


async def asked(browser: Browser, payloads: Sequence[Payload], **headers: str) -> httpx.Response:
    """As the UI's page sends it: fetch with credentials, from its own origin."""
    return await browser.http.post(
        "/codec/decode",
        content=json_format.MessageToJson(Payloads(payloads=payloads)),
        headers={"Origin": UI, "Content-Type": "application/json", "X-Namespace": "default"} | headers,
    )


async def written(key: str, value: Any) -> Payload:
    (payload,) = await data_converter(key).encode([value])
    return payload


def values(answer: httpx.Response) -> list[Any]:
    found = answer.json()["payloads"]
    return [json.loads(base64.b64decode(one["data"])) for one in found]


async def test_an_operator_reads_what_was_written_under_the_new_key_and_the_old_one(sealed_firm: Firm) -> None:
    operator = await sealed_firm.platform_admin()
    about = {"tenant": {"id": str(sealed_firm.tenant.id), "slug": sealed_firm.tenant.slug}, "number": "PO-2026-0001"}
    answer = await asked(operator, [await written(OLD, about), await written(NEW, "Freigegeben")])
    assert answer.status_code == 200
    assert values(answer) == [about, "Freigegeben"]
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_who_read_stands_in_the_tenants_trail_once_an_hour(sealed_firm: Firm) -> None:
    operator = await sealed_firm.platform_admin()
    payload = await written(
        NEW, {"gathered": {"tenant": {"id": str(sealed_firm.tenant.id), "slug": sealed_firm.tenant.slug}}}
    )
    for _ in range(3):
        assert (await asked(operator, [payload])).status_code == 200
    entries = await sealed_firm.rows("SELECT actor FROM audit_entries WHERE action = 'engine.payloads_read'")
    assert [entry["actor"] for entry in entries] == [f"user:{operator.user}"]


async def test_what_no_key_opens_stays_as_it_is_beside_what_opens(sealed_firm: Firm) -> None:
    operator = await sealed_firm.platform_admin()
    lost, plain = await written(LOST, "Geheim"), Payload(metadata={"encoding": b"json/plain"}, data=b'"offen"')
    answer = await asked(operator, [lost, plain, await written(NEW, "Wort")])
    shown = json_format.Parse(answer.text, Payloads()).payloads
    assert list(shown[:2]) == [lost, plain]
    assert shown[2].data == b'"Wort"'


@pytest.mark.parametrize("who", ["stranger", "admin", "operator without second factor"])
async def test_nobody_else_reads_anything(sealed_firm: Firm, who: str) -> None:
    payload = await written(NEW, "Geheim")
    match who:
        case "stranger":
            browser = sealed_firm.browser()
        case "admin":
            browser = await sealed_firm.person(Role.ADMIN)
        case _:
            browser = await sealed_firm.platform_admin()
            await browser.get("/logout")
            await browser.log_in()
    answer = await asked(browser, [payload])
    assert answer.status_code == 401
    assert "Geheim" not in answer.text
    assert answer.headers["access-control-allow-origin"] == UI, "the UI can show why"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://elsewhere.example"}, {"Origin": "null"}, {"X-Namespace": "another"}],
    ids=["page-of-a-stranger", "no-page", "namespace"],
)
async def test_no_other_page_and_no_other_namespace_is_answered(sealed_firm: Firm, headers: dict[str, str]) -> None:
    operator = await sealed_firm.platform_admin()
    answer = await asked(operator, [await written(NEW, "Geheim")], **headers)
    assert answer.status_code == 401
    if "Origin" in headers:
        assert not any(name.startswith("access-control-") for name in answer.headers)


async def test_the_browsers_question_before_is_answered_for_the_ui_alone(sealed_firm: Firm) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-namespace"}
    http = sealed_firm.browser().http
    allowed = await http.options("/codec/decode", headers={"Origin": UI, **asks})
    assert allowed.status_code == 204
    assert {"content-type", "x-namespace"} <= set(allowed.headers["access-control-allow-headers"].split(", "))
    refused = await http.options("/codec/decode", headers={"Origin": "http://elsewhere.example", **asks})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


async def test_what_is_no_json_is_refused(sealed_firm: Firm) -> None:
    operator = await sealed_firm.platform_admin()
    headers = {"Origin": UI, "X-Namespace": "default"}
    for body in (b"", b"{", b'{"payloads": 3}', b"\xff"):
        answer = await operator.http.post("/codec/decode", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "not_json")


async def test_where_it_is_off_there_is_nothing(firm: Firm) -> None:
    operator = await firm.platform_admin()
    assert (await asked(operator, [])).status_code == 404


def test_it_is_not_switched_on_without_a_key_and_the_uis_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("PARTNERDESK_DATABASE_URL", "postgresql://here/db"),
        ("PARTNERDESK_SECRET_KEY", Fernet.generate_key().decode()),
        ("PARTNERDESK_CODEC_SERVER", "1"),
    ):
        monkeypatch.setenv(name, value)
    with pytest.raises(UnusableSettings, match="PARTNERDESK_PAYLOAD_KEY"):
        Settings.from_environment()
