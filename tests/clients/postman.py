"""A Postman collection (schema 2.1) of the JSON API, made from the OpenAPI document and its examples."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

METHODS: Final = ("get", "put", "post", "patch", "delete")
SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def collection(document: Mapping[str, Any]) -> dict[str, Any]:
    """One folder a group, one request an operation; `baseUrl` and `apiKey` are variables of the collection."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                asked = [_resolved(document, one) for one in operation.get("parameters", ())]
                groups.setdefault(operation["tags"][0], []).append(_request(path, method, operation, asked))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"].strip(),
            "schema": SCHEMA,
        },
        "auth": {
            "type": "apikey",
            "apikey": [
                {"key": "key", "value": "X-API-Key", "type": "string"},
                {"key": "value", "value": "{{apiKey}}", "type": "string"},
                {"key": "in", "value": "header", "type": "string"},
            ],
        },
        "variable": [
            {"key": "baseUrl", "value": "https://partner.example.com", "type": "string"},
            {"key": "apiKey", "value": "", "type": "string"},
        ],
        "item": [{"name": name, "item": items} for name, items in groups.items()],
    }


def _resolved(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    name = parameter.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return {**parameter, "schema": document["components"]["schemas"][name]} if name else parameter


def _request(
    path: str, method: str, operation: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    in_path = {one["name"]: one for one in parameters if one["in"] == "path"}
    steps = [_step(step, in_path) for step in path.strip("/").split("/")]
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json")
    headers: list[dict[str, Any]] = [{"key": "Accept-Language", "value": "en"}]
    if body is not None:
        headers.append({"key": "Content-Type", "value": "application/json"})
    headers += [
        {"key": one["name"], "value": _written(one), "description": one.get("description", ""), "disabled": True}
        for one in parameters
        if one["in"] == "header"
    ]
    request: dict[str, Any] = {
        "method": method.upper(),
        "header": headers,
        "description": operation.get("description", ""),
        "url": {
            "raw": "{{baseUrl}}/" + "/".join(steps),
            "host": ["{{baseUrl}}"],
            "path": steps,
            "query": [
                {
                    "key": one["name"],
                    "value": _written(one),
                    "description": one.get("description", ""),
                    "disabled": not one.get("required", False),
                }
                for one in parameters
                if one["in"] == "query"
            ],
            "variable": [
                {"key": name, "value": _written(one), "description": one.get("description", "")}
                for name, one in in_path.items()
                if f":{name}" in steps
            ],
        },
    }
    if body is not None:
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(body["example"], ensure_ascii=False, indent=2),
            "options": {"raw": {"language": "json"}},
        }
    elif content:
        request["body"] = {"mode": "file", "file": {}}
    return {"name": operation["summary"], "request": request}


def _step(step: str, in_path: Mapping[str, Any]) -> str:
    """A variable is a whole step of an address; within one stands its example."""
    if step.startswith("{") and step.endswith("}"):
        return f":{step[1:-1]}"
    for name, parameter in in_path.items():
        step = step.replace(f"{{{name}}}", _written(parameter))
    return step


def _written(parameter: Mapping[str, Any]) -> str:
    """An example of the parameter, as it stands in an address."""
    schema = parameter.get("schema", {})
    parts = [schema, *schema.get("anyOf", ())]
    for part in (parameter, *parts):
        if "example" in part:
            return str(part["example"])
        if part.get("examples"):
            return str(part["examples"][0])
    for part in parts:
        if "default" in part and part["default"] is not None:
            return str(part["default"])
        if part.get("enum"):
            return str(part["enum"][0])
        if "minimum" in part:
            return str(part["minimum"])
    return str(_SAMPLES.get(parts[-1].get("format", "") or parts[0].get("format", ""), _by_type(parts)))


_SAMPLES: Final = {
    "uuid": "0b9f6c1e-5a43-4f0e-9d0c-2f6a1f7a7c11",
    "date": "2026-11-30",
    "date-time": "2026-11-30T08:00:00Z",
}


def _by_type(parts: list[Mapping[str, Any]]) -> str:
    return "1" if any(part.get("type") in ("integer", "number") for part in parts) else "ANNA"
