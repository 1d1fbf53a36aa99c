"""What of a new OpenAPI document would break a caller who was written by an old one.

Of our own, 150 lines, because oasdiff needs a compiler of Go or a binary from elsewhere, and a checkout is tested with
Bash and Python alone; and because two rules here are ours: the API refuses members that it does not know, so that a
member which is no longer taken breaks whoever sends it, and values of an enum in answers may become more.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
METHODS: Final = ("get", "put", "post", "patch", "delete")
_AT_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_AT_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_DEEPEST: Final = 12


def breaking(old: Schema, new: Schema) -> list[str]:
    """Each change that breaks a caller, in words; empty where there is none."""
    return list(_Comparison(old, new).all())


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old
        self._new = new

    def all(self) -> Iterator[str]:
        for path, methods in self._old.get("paths", {}).items():
            for method, before in methods.items():
                if method not in METHODS:
                    continue
                name = f"{method.upper()} {path}"
                after = self._new.get("paths", {}).get(path, {}).get(method)
                if after is None:
                    yield f"{name}: is gone"
                    continue
                if before.get("operationId") != after.get("operationId"):
                    yield f"{name}: is called {after.get('operationId')} and not {before.get('operationId')}"
                yield from self._parameters(name, before, after)
                yield from self._request(name, before, after)
                yield from self._answers(name, before, after)
        for type, methods in self._old.get("webhooks", {}).items():
            after = self._new.get("webhooks", {}).get(type, {}).get("post")
            if after is None:
                yield f"webhook {type}: is gone"
            else:
                told, tells = _content(methods["post"]["requestBody"]), _content(after["requestBody"])
                yield from self._in_answers(told, tells, f"webhook {type}")

    def _parameters(self, name: str, before: Schema, after: Schema) -> Iterator[str]:
        old = {(one["in"], one["name"]): one for one in before.get("parameters", ())}
        new = {(one["in"], one["name"]): one for one in after.get("parameters", ())}
        for key, parameter in old.items():
            at = f"{name} {key[0]}.{key[1]}"
            if key not in new:
                yield f"{at}: is not taken any more"
            else:
                if new[key].get("required") and not parameter.get("required"):
                    yield f"{at}: is required now"
                yield from self._in_requests(parameter.get("schema", {}), new[key].get("schema", {}), at)
        for key, parameter in new.items():
            if key not in old and parameter.get("required"):
                yield f"{name} {key[0]}.{key[1]}: is new and required"

    def _request(self, name: str, before: Schema, after: Schema) -> Iterator[str]:
        old, new = before.get("requestBody"), after.get("requestBody")
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield f"{name} body: is required now"
        if old is not None and new is None:
            yield f"{name} body: is not taken any more"
        elif old is not None and new is not None:
            if set(old["content"]) - set(new["content"]):
                yield f"{name} body: another media type"
            else:
                yield from self._in_requests(_content(old), _content(new), f"{name} body")

    def _answers(self, name: str, before: Schema, after: Schema) -> Iterator[str]:
        for status, answer in before["responses"].items():
            if not status.startswith("2"):
                continue
            now = after["responses"].get(status)
            if now is None:
                yield f"{name} {status}: is not answered any more"
            elif set(answer.get("content", {})) - set(now.get("content", {})):
                yield f"{name} {status}: another media type"
            elif "application/json" in answer.get("content", {}):
                yield from self._in_answers(_content(answer), _content(now), f"{name} {status}")

    def _in_requests(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        """What a caller may have sent and we would refuse."""
        return _lacking(_Side(new, self._new), _Side(old, self._old), at, answers=False)

    def _in_answers(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        """What we would answer and a caller does not expect."""
        return _lacking(_Side(old, self._old), _Side(new, self._new), at, answers=True)


class _Side:
    """A schema within its document, references followed."""

    def __init__(self, schema: Schema, document: Schema) -> None:
        self._document = document
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        self.schema: Schema = schema

    def variants(self) -> list["_Side"]:
        for several in ("anyOf", "oneOf"):
            if several in self.schema:
                return [found for part in self.schema[several] for found in self.part(part).variants()]
        return [self]

    def part(self, schema: Schema) -> "_Side":
        return _Side(schema, self._document)

    @property
    def types(self) -> set[str]:
        kind = self.schema.get("type")
        if kind is None and "const" in self.schema:
            kind = {str: "string", int: "integer", bool: "boolean"}.get(type(self.schema["const"]))
        return {kind} if isinstance(kind, str) else set(kind or ())

    @property
    def values(self) -> list[Any] | None:
        return [self.schema["const"]] if "const" in self.schema else self.schema.get("enum")


def _lacking(wide: _Side, narrow: _Side, at: str, *, answers: bool, depth: int = 0) -> Iterator[str]:
    """What `narrow` allows and `wide` does not."""
    if depth > _DEEPEST:
        return
    takes = wide.variants()
    for variant in narrow.variants():
        found = [list(_of_one(taken, variant, at, answers=answers, depth=depth)) for taken in takes]
        yield from min(found, key=len)


def _of_one(wide: _Side, narrow: _Side, at: str, *, answers: bool, depth: int) -> Iterator[str]:
    if not _is_of_type(wide.types, narrow.types):
        yield f"{at}: {_named(narrow.types)} against {_named(wide.types)}"
        return
    if wide.schema.get("format") not in (None, narrow.schema.get("format")):
        yield f"{at}: another format"
    if not answers:
        yield from _narrower_values(wide, narrow, at)
    yield from _members(wide, narrow, at, answers=answers, depth=depth)
    if "items" in wide.schema:
        items = narrow.part(narrow.schema.get("items", {}))
        yield from _lacking(wide.part(wide.schema["items"]), items, f"{at}[]", answers=answers, depth=depth + 1)


def _narrower_values(wide: _Side, narrow: _Side, at: str) -> Iterator[str]:
    if wide.values is not None:
        lost = [one for one in narrow.values or () if one not in wide.values]
        if narrow.values is None or lost:
            yield f"{at}: does not take {', '.join(map(str, lost)) or 'every value'} any more"
    for bound in _AT_MOST:
        if bound in wide.schema and wide.schema[bound] < narrow.schema.get(bound, float("inf")):
            yield f"{at}: {bound} is smaller"
    for bound in _AT_LEAST:
        if wide.schema.get(bound, float("-inf")) > narrow.schema.get(bound, float("-inf")) and wide.schema[bound] > 0:
            yield f"{at}: {bound} is larger"
    if wide.schema.get("pattern") not in (None, narrow.schema.get("pattern")):
        yield f"{at}: another pattern"


def _members(wide: _Side, narrow: _Side, at: str, *, answers: bool, depth: int) -> Iterator[str]:
    takes, gives = wide.schema.get("properties", {}), narrow.schema.get("properties", {})
    counted_on, there = (takes, gives) if answers else (gives, takes)
    # Without `additionalProperties: false` what is not named is taken all the same.
    if answers or wide.schema.get("additionalProperties") is False:
        yield from (f"{at}.{name}: is gone" for name in counted_on if name not in there)
    for name in wide.schema.get("required", ()):
        if name not in narrow.schema.get("required", ()) and (name in gives or not answers):
            yield f"{at}.{name}: {'may be missing' if answers else 'is required'} now"
    for name in takes.keys() & gives.keys():
        yield from _lacking(
            wide.part(takes[name]), narrow.part(gives[name]), f"{at}.{name}", answers=answers, depth=depth + 1
        )


def _is_of_type(wide: set[str], narrow: set[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= (wide | ({"integer"} if "number" in wide else set())))


def _named(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _content(holder: Schema) -> Schema:
    content: Mapping[str, Any] = holder.get("content", {})
    for media in content.values():
        found: Schema = media.get("schema", {})
        return found
    return {}
