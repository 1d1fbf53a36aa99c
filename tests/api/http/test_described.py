"""What /docs and /openapi.json say: in the language that is asked for, with examples that the API itself would take."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

import ledger
from api.http import problems
from api.http.codes import ANSWERS
from api.http.described import METHODS, english
from api.v1 import told_events
from ledger import refusals
from ledger.audit.event_types import EVENT_TYPES, PING
from ledger.refusals import Refused
from tests.fixtures.described_api import api, document
from tests.words import sources
from words import ENGLISH, GERMAN, LANGUAGES
from words.catalogue import templates

_GERMAN = re.compile(r"[äöüÄÖÜß]|\b(der|die|das|und|oder|nicht|ist|wird|eine?[nrms]?|Tag|nur)\b")


def operations(language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those that are served."""
    for path, methods in document(language)["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, operation


def told(language: str) -> dict[str, dict[str, Any]]:
    """What others are told, by type."""
    return {type: methods["post"] for type, methods in document(language)["webhooks"].items()}


async def page(language: str, address: str = "/docs") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api()), base_url="http://localhost") as client:
        return await client.get(address, headers={"Accept-Language": language})


def texts(node: Any) -> Iterator[str]:
    """Summaries and descriptions; examples hold names and addresses as they are."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("summary", "description") and isinstance(value, str):
                yield value
            elif name not in ("example", "examples", "x-error"):
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def test_the_english_description_says_nothing_in_german() -> None:
    assert len(list(texts(document(ENGLISH)))) > 400
    assert [text for text in texts(document(ENGLISH)) if _GERMAN.search(text)] == []


def test_the_german_description_says_nothing_in_english() -> None:
    said = [text for text in texts(document(GERMAN)) if re.search(r"\b(the|of|is|and|what|which)\b", text)]
    assert said == []


def test_both_describe_the_same_operations_and_answers() -> None:
    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            left_out = ("summary", "description", "tags", "example", "x-error")
            return {name: bare(value) for name, value in node.items() if name not in left_out}
        return [bare(value) for value in node] if isinstance(node, list) else node

    assert bare(document(GERMAN)["paths"]) == bare(document(ENGLISH)["paths"])


def test_no_english_text_is_left_without_its_place() -> None:
    said = english()
    named = {operation["operationId"] for _path, operation in operations(GERMAN)}
    named |= {operation["operationId"] for operation in told(GERMAN).values()}
    assert said["operations"].keys() == named
    assert said["groups"].keys() == set(chain(*(operation["tags"] for _path, operation in operations(GERMAN))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_operation_shows_an_example_of_its_request_its_answer_and_an_error(language: str) -> None:
    lacking = []
    for _path, operation in operations(language):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None and body.get("schema") and not body.get("example"):
            lacking.append((operation["operationId"], "request"))
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json", {})
            if status.startswith("2") and content.get("schema") and "example" not in content:
                lacking.append((operation["operationId"], status))
        if operation["x-error"]["code"] not in {code for _status, code, _reason in ANSWERS}:
            lacking.append((operation["operationId"], "error"))
    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_that_others_are_told_is_described_with_its_body_and_signature(language: str) -> None:
    assert set(told(language)) == {*EVENT_TYPES, PING}
    for type, operation in told(language).items():
        headers = {one["name"] for one in operation["parameters"] if one["required"]}
        assert headers == {"webhook-id", "webhook-timestamp", "webhook-signature"}
        example = operation["requestBody"]["content"]["application/json"]["example"]
        model = told_events.model_of(type)
        assert model.model_validate(example).model_dump().keys() == example.keys()
        assert example["type"] == type
        assert set(operation["responses"]) == {"204", "410"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_to_a_key_says_how_often_it_may_ask(language: str) -> None:
    headers = document(language)["components"]["headers"]
    for path, operation in operations(language):
        if path.startswith("/api/v1/"):
            for status, answer in operation["responses"].items():
                if status.startswith("2") or status == "429":
                    assert set(answer["headers"]) == set(headers) == {"RateLimit", "RateLimit-Policy"}, path


def routes() -> list[APIRoute]:
    return [route for route in api().routes if isinstance(route, APIRoute) and route.include_in_schema]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_example_of_a_request_is_one_that_its_door_would_take(language: str) -> None:
    shown = {operation["operationId"]: operation for _path, operation in operations(language)}
    for route in routes():
        if route.body_field is not None and route.operation_id:
            content = shown[route.operation_id]["requestBody"]["content"]["application/json"]
            kind: Any = route.body_field.field_info.annotation
            TypeAdapter(kind).validate_python(json.loads(json.dumps(content["example"])), strict=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_example_of_an_answer_has_the_shape_of_the_answer(language: str) -> None:
    shown = {operation["operationId"]: operation for _path, operation in operations(language)}
    checked = 0
    for route in routes():
        if route.response_model is not None and route.operation_id:
            for status, answer in shown[route.operation_id]["responses"].items():
                content = answer.get("content", {}).get("application/json", {})
                if status.startswith("2") and "example" in content:
                    shape: set[str] = set(content["example"]) if isinstance(content["example"], dict) else set()
                    required = set(_schema(content["schema"], language).get("required", ()))
                    assert required <= shape or not required, route.operation_id
                    checked += 1
    assert checked > 60


def _schema(schema: dict[str, Any], language: str) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document(language)["components"]["schemas"][name] if name else schema
    return found


@pytest.mark.parametrize(("asked", "language"), [("de", "de"), ("en-GB, de;q=0.5", "en"), ("fr", "de"), ("", "de")])
async def test_docs_and_document_are_in_the_language_that_is_asked_for(asked: str, language: str) -> None:
    found = await page(asked)
    assert found.status_code == 200
    assert f'<html lang="{language}">' in found.text
    assert found.headers["content-language"] == language
    assert ("Einen Partner anlegen" in found.text, "Create a partner" in found.text) == (
        language == "de",
        language == "en",
    )
    described = (await page(asked, "/openapi.json")).json()
    summary = described["paths"]["/api/v1/partners"]["post"]["summary"]
    assert summary == ("Create a partner" if language == "en" else "Einen Partner anlegen")


async def test_a_link_of_the_page_asks_for_the_other_language() -> None:
    assert 'href="/docs?language=en"' in (await page("de")).text
    assert '<html lang="en">' in (await page("de", "/docs?language=en")).text
    assert '<html lang="de">' in (await page("de", "/docs?language=xx")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_shows_every_code_and_every_example(language: str) -> None:
    text = (await page(language)).text
    assert [code for _status, code, _reason in ANSWERS if f"<code>{code}</code>" not in text] == []
    count = len(list(operations(language)))
    heading = {"de": "<h4>Beispiel eines Fehlers</h4>", "en": "<h4>Example of an error</h4>"}[language]
    assert text.count(heading) == count
    answered = {"de": "<h4>Beispiel einer Antwort</h4>", "en": "<h4>Example of an answer</h4>"}[language]
    assert text.count(answered) > 80


_OF_THE_FRAMEWORK = {(404, "not_found", "status_404"), (405, "method_not_allowed", "status_405")}


def refused_by_the_source() -> Iterator[tuple[int, str, str]]:
    """(status, code, reason) of each refusal and problem that is written down in what the API stands on."""
    _all_of_the_ledger()
    kinds = {kind.__name__: kind for kind in _kinds(Refused)}
    for where, tree in sources.modules().items():
        path = str(where.relative_to(sources.ROOT))
        if not path.startswith(("ledger/", "api/http", "api/v1", "api/actions", "api/webhooks", "activities/creation")):
            continue
        constants = sources.constants(tree)
        for kind, node in chain(_raised(tree, kinds), _raised_by_themselves(tree, kinds)):
            for reason in sources.named(node, constants):
                yield _answered(kind, reason)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            match ast.unparse(call.func), call.args:
                case "Problem", [ast.Constant(value=int() as status), of_problem, *_]:
                    for reason in sources.named(of_problem, constants):
                        yield status, problems.Problem(status, reason).code, reason
                case "not_available", [of_absence]:
                    for reason in sources.named(of_absence, constants):
                        yield 503, reason, reason
                case "BlockedBy", []:
                    for given in call.keywords:
                        yield from ((409, reason, reason) for reason in sources.named(given.value, constants))
    for kind, reason in refusals.BY_SQLSTATE.values():
        yield _answered(kind, reason)


def _raised(tree: ast.Module, kinds: dict[str, type[Refused]]) -> Iterator[tuple[type[Refused], ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in kinds:
                yield kinds[name], node.args[0]


def _raised_by_themselves(
    tree: ast.Module, kinds: dict[str, type[Refused]]
) -> Iterator[tuple[type[Refused], ast.expr]]:
    """Those whose code is in their constructor, or is its default."""
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef) and one.name in kinds:
            for node in ast.walk(one):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and node.args:
                    yield kinds[one.name], node.args[0]
                if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                    for default in node.args.defaults:
                        yield kinds[one.name], default


def _all_of_the_ledger() -> None:
    """A kind of refusal is known once its module is loaded."""
    for module in pkgutil.walk_packages(ledger.__path__, "ledger."):
        importlib.import_module(module.name)


def _kinds(kind: type[Refused]) -> Iterator[type[Refused]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def _answered(kind: type[Refused], reason: str) -> tuple[int, str, str]:
    refused = kind.__new__(kind)
    refused.code, refused.params = reason, {}
    problem = problems.of_refusal(refused)
    return problem.status, problem.code, reason


def test_the_list_of_codes_is_what_the_source_refuses() -> None:
    assert set(ANSWERS) == set(refused_by_the_source()) | _OF_THE_FRAMEWORK
    assert list(ANSWERS) == sorted(set(ANSWERS))
    assert {reason for _status, _code, reason in ANSWERS} <= templates(GERMAN).keys()
