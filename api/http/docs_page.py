"""/docs: the OpenAPI document as a page of our own, without scripts and without anything from another host.

A strict content policy holds for it as for every other answer, and it works where there is no internet.
"""

import json
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape
from starlette.routing import BaseRoute, Route

from api.http.codes import ANSWERS
from api.http.described import METHODS
from api.http.language import asked_for, language, speaking
from api.http.parts import FOR_OPERATORS
from words import ENGLISH, GERMAN, LANGUAGES
from words.catalogue import templates

router = APIRouter(include_in_schema=False, dependencies=[FOR_OPERATORS])

_HERE = Path(__file__).parents[1] / "pages"
_PAGES = Environment(loader=FileSystemLoader(_HERE), autoescape=select_autoescape(default=True), trim_blocks=True)
_CODE, _STRONG = re.compile(r"`([^`]+)`"), re.compile(r"\*\*([^*]+)\*\*")


def _marked_up(text: str) -> Markup:
    """The little Markdown that descriptions use: `code` and **strong**."""
    return Markup(_STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", str(escape(text)))))  # noqa: S704


_PAGES.filters["marked_up"] = _marked_up
_PHRASES = {
    GERMAN: {
        "machines": "Maschinenlesbar",
        "other": "English",
        "parameters": "Parameter",
        "content": "Inhalt",
        "required": "nötig",
        "request": "Beispiel einer Anfrage",
        "answer": "Beispiel einer Antwort",
        "error": "Beispiel eines Fehlers",
        "answers": "Antworten",
        "codes": "Alle Fehler nach `code`",
    },
    ENGLISH: {
        "machines": "For machines",
        "other": "Deutsch",
        "parameters": "Parameters",
        "content": "Content",
        "required": "required",
        "request": "Example of a request",
        "answer": "Example of an answer",
        "error": "Example of an error",
        "answers": "Answers",
        "codes": "All errors by `code`",
    },
}
_PLACE = re.compile(r"\{(\w+)(:\w+)?\}")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """In the language of `Accept-Language`, or the one that a link of the page asks for."""
    return _page(request, request.app)


def _page(request: Request, app: FastAPI) -> HTMLResponse:
    asked = request.query_params.get("language")
    with speaking(asked if asked in LANGUAGES else asked_for(request.headers.get("accept-language", "")[:200])):
        spoken = language()
        described: dict[str, Any] = app.openapi()
        page = _PAGES.get_template("docs.html").render(
            language=spoken,
            other=ENGLISH if spoken == GERMAN else GERMAN,
            phrase=_PHRASES[spoken],
            info=described["info"],
            groups=_groups(described),
            codes=_codes(spoken),
        )
        return HTMLResponse(page, headers={"Content-Language": spoken, "Vary": "Accept-Language"})


def _codes(spoken: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """Each `code` with the status and the sentences under which it is answered, places of the sentence as they are."""
    sentences: dict[str, list[tuple[int, str]]] = {}
    for status, code, reason in ANSWERS:
        sentences.setdefault(code, []).append((status, _bare(templates(spoken).get(reason, reason))))
    return sorted(sentences.items())


def _bare(template: Any) -> str:
    text = template if isinstance(template, str) else template["other"]
    return _PLACE.sub(r"{\1}", text)


def for_operators(app: FastAPI) -> list[BaseRoute]:
    """The same pages at another port."""

    async def page(request: Request) -> Response:
        return _page(request, app)

    async def machine_readable(request: Request) -> Response:
        with speaking(asked_for(request.headers.get("accept-language", "")[:200])):
            return JSONResponse(app.openapi())

    async def look(_: Request) -> Response:
        return await style()

    return [Route("/docs", page), Route("/docs/style.css", look), Route("/openapi.json", machine_readable)]


@router.get("/openapi.json")
async def described(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())


@router.get("/docs/style.css")
async def style() -> Response:
    return Response((_HERE / "docs.css").read_text(encoding="utf-8"), media_type="text/css")


def _groups(described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in described["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                groups.setdefault((operation.get("tags") or ["Weiteres"])[0], []).append(
                    _operation(described, path, method, operation)
                )
    return groups


def _operation(described: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = _resolved(described, content.get("schema", {}))
    return {
        "id": operation.get("operationId", f"{method}-{path}"),
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": operation.get("parameters", []),
        "members": _members(described, body),
        "example": _written(content.get("example")),
        "answer": _written(_example_of_answer(operation["responses"])),
        "error": _written(operation["x-error"]),
        "answers": [
            {
                "status": status,
                "text": answer.get("description", ""),
                "members": _members(
                    described,
                    _resolved(described, answer.get("content", {}).get("application/json", {}).get("schema", {})),
                )
                if status.startswith("2")
                else [],
            }
            for status, answer in sorted(operation.get("responses", {}).items())
        ],
    }


def _written(example: Any) -> str | None:
    return None if example is None else json.dumps(example, ensure_ascii=False, indent=2)


def _example_of_answer(answers: dict[str, Any]) -> Any:
    return next(
        (
            content["example"]
            for status, answer in sorted(answers.items())
            if status.startswith("2")
            for content in answer.get("content", {}).values()
            if "example" in content
        ),
        None,
    )


def _members(described: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "kind": _kind(described, member),
            "required": name in schema.get("required", ()),
            "text": member.get("description", ""),
        }
        for name, member in schema.get("properties", {}).items()
    ]


def _kind(described: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(described, part) for part in schema["anyOf"])
    resolved = _resolved(described, schema)
    if "enum" in resolved:
        return " | ".join(str(word) for word in resolved["enum"])
    if resolved.get("type") == "array":
        return f"[{_kind(described, resolved.get('items', {}))}]"
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    return " ".join(str(resolved[part]) for part in ("type", "format") if part in resolved) or "any"


def _resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = described["components"]["schemas"][name] if name else schema
    return found
