"""The OpenAPI document in the language that is asked for: what the framework writes of the doors, errors as they really
are (RFC 9457), and for each operation an example of request, answer and error.

German texts stand in the code, at what they describe; english.toml has the English ones by the same places.
"""

import copy
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api.http.examples import Examples, refusal_of
from api.http.language import language
from api.http.problems import ProblemBody
from words import ENGLISH

METHODS = ("get", "put", "post", "patch", "delete")
_JSON, _PROBLEM_JSON = "application/json", "application/problem+json"
_OF_BODIES = {
    "400": "Der Inhalt ist kein JSON",
    "413": "Der Inhalt ist zu groß",
}
_SUCCESS = "Successful Response"
_OF_QUOTA: dict[str, tuple[str, str]] = {
    "RateLimit": ("Was dieser Schlüssel noch darf: `r` Anfragen, und in `t` Sekunden wieder alle", '"key";r=1187;t=42'),
    "RateLimit-Policy": ("Was ein Schlüssel darf: `q` Anfragen in `w` Sekunden", '"key";q=1200;w=60'),
}
_GERMAN_EXAMPLES: dict[str, str] = {
    "reason": "Mit dem Partner geklärt.",
    "sentence": "Der Kunde hat noch nicht bezahlt.",
}


@cache
def english() -> dict[str, Any]:
    """English texts: `operations`, `parameters`, `answers`, `members`, `examples`, `groups`, `about`."""
    return tomllib.loads((Path(__file__).parent / "english.toml").read_text(encoding="utf-8"))


def describe(app: FastAPI) -> None:
    """Every answer from 400 on has one shape, those of the edge included."""
    written = app.openapi
    made: dict[str, dict[str, Any]] = {}

    def openapi() -> dict[str, Any]:
        spoken = language()
        if spoken not in made:
            made[spoken] = _described(copy.deepcopy(written()), spoken)
        return made[spoken]

    app.openapi = openapi  # type: ignore[method-assign]


def _described(document: dict[str, Any], spoken: str) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    schemas["ProblemBody"] = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schemas["ProblemBody"].pop("$defs", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}, "example": example}
        for name, (text, example) in _OF_QUOTA.items()
    }
    for schema in schemas.values():
        _hide_position(schema)
    operations = [
        (path, operation)
        for path, methods in [*document["paths"].items(), *document.get("webhooks", {}).items()]
        for method, operation in methods.items()
        if method in METHODS
    ]
    for path, operation in operations:
        if path in document["paths"]:
            _describe_errors(operation)
        else:
            _describe_told(operation)
    if spoken == ENGLISH:
        _translate(document, [operation for _path, operation in operations])
    else:
        # What a class says of itself is written for whoever reads the code, in English.
        for schema in schemas.values():
            schema.pop("description", None)
    examples = Examples(document, spoken, english()["examples"] if spoken == ENGLISH else _GERMAN_EXAMPLES)
    for path, operation in operations:
        _show_examples(examples, path, operation)
        if path in document["paths"]:
            _show_refusal(examples, path, operation)
            _describe_quota(path, operation)
        else:
            operation["requestBody"]["content"][_JSON]["example"]["type"] = path
    return document


def _describe_errors(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "requestBody" in operation:
        for status, text in _OF_BODIES.items():
            answers.setdefault(status, {"description": text})
    if answers.get("422", {}).get("description") == "Validation Error":
        answers["422"]["description"] = "Angaben fehlen oder sind nicht zulässig"
    answers["default"] = {"description": "Jeder andere Fehler"}
    for status, answer in answers.items():
        if (status == "default" or int(status) >= 400) and _is_of_framework(answer.get("content")):
            answer["content"] = {_PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
        if answer["description"] == _SUCCESS:
            answer["description"] = "Erfolg"


def _describe_told(operation: dict[str, Any]) -> None:
    """Of an event that others are told: they answer as they like, and not with errors of ours."""
    operation["responses"].pop("422", None)
    # All three headers come with every call; where one is missing it is not ours.
    operation["requestBody"]["required"] = True


def _describe_quota(path: str, operation: dict[str, Any]) -> None:
    """Which headers answers of the JSON API have (api/http/quota.py, api/http/etags.py)."""
    if path.startswith("/api/v1/"):
        for status, answer in operation["responses"].items():
            if status.startswith("2") or status == "429":
                answer.setdefault("headers", {}).update(
                    {name: {"$ref": f"#/components/headers/{name}"} for name in _OF_QUOTA}
                )


def _hide_position(schema: dict[str, Any]) -> None:
    """`seq` is the cursor's business, and no answer shows it (api/v1/answers.py)."""
    if schema.get("properties", {}).pop("seq", None) and "seq" in schema.get("required", ()):
        schema["required"].remove("seq")


def _is_of_framework(content: Any) -> bool:
    """It writes our errors, and its own that we never send, as `application/json`."""
    schema = (content or {}).get(_JSON, {}).get("schema", {}).get("$ref", "")
    return not content or schema.endswith(("/ProblemBody", "/HTTPValidationError"))


def _show_examples(examples: Examples, path: str, operation: dict[str, Any]) -> None:
    body = operation.get("requestBody", {}).get("content", {}).get(_JSON)
    if body is not None:
        body["example"] = examples.request({**body.get("schema", {}), "examples": list(_given(body))})
    for status, answer in operation["responses"].items():
        if status.startswith("2") and (content := answer.get("content", {}).get(_JSON)) and content.get("schema"):
            content["example"] = examples.answer(content["schema"])


def _show_refusal(examples: Examples, path: str, operation: dict[str, Any]) -> None:
    error = examples.problem(refusal_of(operation["operationId"], path))
    answer = operation["responses"].get(str(error["status"]), operation["responses"]["default"])
    if _PROBLEM_JSON in answer.get("content", {}):
        answer["content"][_PROBLEM_JSON]["example"] = error
    operation["x-error"] = error


def _given(body: dict[str, Any]) -> list[Any]:
    """Examples that stand at the door itself."""
    return body.get("examples") or body.get("schema", {}).get("examples") or []


def _translate(document: dict[str, Any], operations: list[dict[str, Any]]) -> None:
    said = english()
    document["info"]["description"] = said["about"]["description"]
    for operation in operations:
        name = operation["operationId"]
        for part, text in zip(("summary", "description"), said["operations"].get(name, ()), strict=False):
            operation[part] = text
        operation["tags"] = [said["groups"].get(group, group) for group in operation["tags"]]
        for parameter in operation.get("parameters", ()):
            if parameter.get("description"):
                parameter["description"] = _at(said["parameters"], name, parameter["name"], parameter["description"])
                parameter.get("schema", {}).pop("description", None)
        for status, answer in operation["responses"].items():
            answer["description"] = _at(said["answers"], name, status, answer["description"])
    for name, header in document["components"]["headers"].items():
        header["description"] = said["headers"][name]
    for model, schema in document["components"]["schemas"].items():
        for member, described in schema.get("properties", {}).items():
            if described.get("description"):
                described["description"] = _at(said["members"], _bare(model), member, described["description"])


def _at(texts: dict[str, str], where: str, name: str, german: str) -> str:
    """The text of this place, else the one that all places of this name share; what lacks one stays as it is."""
    return texts.get(f"{where}.{name}") or texts.get(name, german)


def _bare(model: str) -> str:
    """The framework tells models of one name apart by their modules, and requests from answers."""
    return re.sub(r"-(Input|Output)$", "", model.rpartition("__")[2])
