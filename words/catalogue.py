"""One template per code and language, read once from `de.toml` and `en.toml`, and its rendering.

A template has places: `{number}` for what is shown as it is, `{amount:cents}` for what each language writes its own
way. `words.formats.SHAPES` has the types; besides them there are

- `{reason:code}`: a sentence within the sentence. The value is a code, a mapping `{"code": …, "params": {…}}`, or a
  list of them, joined by a comma; by a plus where the type is `sum`, by a semicolon for `clauses`, by nothing for
  `tail`.
- a table `{ one = "…", other = "…" }` instead of a text, chosen by the parameter `n`.

A stored row may name a code or a parameter that this version does not know, or the other way round. That is shown as
well as it can be and never raises: an unknown code is shown as the code, a missing parameter as `…`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from words.formats import ENGLISH, GERMAN, SHAPES

LANGUAGES = (GERMAN, ENGLISH)

Template = str | Mapping[str, str]
"""A text, or its forms `one` and `other`."""
_FORMS = {"one", "other"}
_MISSING = "…"
_JOINED = {"code": ", ", "sum": " + ", "clauses": "; ", "tail": ""}
"""Types of places that hold sentences, with what stands between several."""
_DEEPEST = 5
"""Sentences within sentences. A row that nests deeper was not written by us."""
_FOLDER = Path(__file__).parent
_FORMATTER = Formatter()


def sentence(code: str, params: Mapping[str, object] | None = None, language: str = GERMAN) -> str:
    """The words of a code in a language; German where the language is none of ours. Never raises."""
    return _said(code, params or {}, language if language in LANGUAGES else GERMAN, 0)


def is_known(code: str) -> bool:
    return code in templates(GERMAN)


def load() -> None:
    """Read the files now, where a process starts, instead of in its first answer."""
    for language in LANGUAGES:
        templates(language)


@cache
def templates(language: str) -> Mapping[str, Template]:
    """code → template. Raises ValueError where two areas have the same code."""
    areas = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    found: dict[str, Template] = {}
    for area, entries in areas.items():
        for code, template in entries.items():
            if code in found:
                raise ValueError(f"{language}.toml: {code} stands twice, the second time under [{area}]")
            found[code] = template
    return found


def places(template: Template) -> set[tuple[str, str]]:
    """(name, type) of each place of a template, of all its forms."""
    forms = [template] if isinstance(template, str) else list(template.values())
    return {(name, shape or "") for form in forms for _, name, shape, _ in _FORMATTER.parse(form) if name}


def _said(code: str, params: Mapping[str, object], language: str, depth: int) -> str:
    template = templates(language).get(code)
    if template is None:
        return code
    if not isinstance(template, str):
        template = template["one" if params.get("n") == 1 else "other"]
    said = []
    for text, name, shape, _ in _FORMATTER.parse(template):
        said.append(text)
        if name is not None:
            said.append(_shown(params.get(name), shape or "", language, depth))
    return "".join(said)


def _shown(value: object, shape: str, language: str, depth: int) -> str:
    if value is None:
        return _MISSING
    if shape in _JOINED:
        return _within(value, language, depth + 1, _JOINED[shape])
    show = SHAPES.get(shape)
    if show is None:
        return str(value)
    try:
        return show(value, language)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return str(value)  # what an older version wrote there


def _within(value: object, language: str, depth: int, between: str) -> str:
    if depth > _DEEPEST:
        return _MISSING
    if isinstance(value, list | tuple):
        return between.join(_within(one, language, depth, between) for one in value)
    if isinstance(value, Mapping):
        params = value.get("params")
        return _said(str(value.get("code")), params if isinstance(params, Mapping) else {}, language, depth)
    return _said(str(value), {}, language, depth)
