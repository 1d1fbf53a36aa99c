"""The OpenAPI document: what the framework writes of the doors, and errors as they really are (RFC 9457)."""

from typing import Any

from fastapi import FastAPI

from api.http.problems import ProblemBody

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
_OF_BODIES = {
    "400": "Der Inhalt ist kein JSON",
    "413": "Der Inhalt ist zu groß",
}
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


def describe_problems(app: FastAPI) -> None:
    """Every answer from 400 on has one shape, those of the edge included."""
    written = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = written()
            schemas = document["components"]["schemas"]
            schemas["ProblemBody"] = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schemas["ProblemBody"].pop("$defs", {})
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            for schema in schemas.values():
                _hide_position(schema)
            for path in document["paths"].values():
                for method in _METHODS & path.keys():
                    _describe(path[method])
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _describe(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "requestBody" in operation:
        for status, text in _OF_BODIES.items():
            answers.setdefault(status, {"description": text})
    if not operation.get("parameters") and "requestBody" not in operation:
        answers.pop("422", None)
    if answers.get("422", {}).get("description") == "Validation Error":
        answers["422"]["description"] = "Angaben fehlen oder sind nicht zulässig"
    answers["default"] = {"description": "Jeder andere Fehler"}
    for status, answer in answers.items():
        if (status == "default" or int(status) >= 400) and _is_of_framework(answer.get("content")):
            answer["content"] = _PROBLEM


def _hide_position(schema: dict[str, Any]) -> None:
    """`seq` is the cursor's business, and no answer shows it (api/v1/answers.py)."""
    if schema.get("properties", {}).pop("seq", None) and "seq" in schema.get("required", ()):
        schema["required"].remove("seq")


def _is_of_framework(content: Any) -> bool:
    """It writes our errors, and its own that we never send, as `application/json`."""
    schema = (content or {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    return not content or schema.endswith(("/ProblemBody", "/HTTPValidationError"))
