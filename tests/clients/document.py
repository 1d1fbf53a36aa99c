"""The OpenAPI document as callers get it: the JSON API alone, in English, schemas under names that code can have."""

import hashlib
import json
import re
from typing import Any, Final

from tests.fixtures.described_api import document
from words import ENGLISH

_SPOKEN_FOR: Final = {"Mapping": "PostingMapping"}
"""Names that generated code has for something else."""
_SCHEMA: Final = "#/components/schemas/"


def for_callers() -> dict[str, Any]:
    """What clients are made from."""
    whole = document(ENGLISH)
    names = _plain_names(list(whole["components"]["schemas"]))
    served = {path: methods for path, methods in whole["paths"].items() if path.startswith("/api/v1/")}
    made: dict[str, Any] = _renamed({**whole, "paths": served}, names)
    schemas = made["components"]["schemas"]
    made["components"]["schemas"] = {names[name]: _untitled(one) for name, one in schemas.items()}
    return made


def shape(described: dict[str, Any]) -> dict[str, Any]:
    """What of a document a caller's program depends on: neither words nor examples."""
    left_out = {"summary", "description", "example", "examples", "title", "tags", "x-error", "info"}

    def bare(node: Any, *, names: bool = False) -> Any:
        if isinstance(node, dict):
            # Under these a member may be called as it likes.
            return {
                name: bare(value, names=name in ("properties", "schemas", "paths", "webhooks"))
                for name, value in node.items()
                if names or name not in left_out
            }
        return [bare(value) for value in node] if isinstance(node, list) else node

    found: dict[str, Any] = bare(described)
    return found


def hash_of(described: dict[str, Any]) -> str:
    """By which a generated file says what it was made from."""
    return hashlib.sha256(json.dumps(described, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain_names(names: list[str]) -> dict[str, str]:
    """`Rate-Input` → `Rate`, `Rate-Output` → `RateShown`, `api__v1__bank_runs__Reason` → `BankRunsReason`."""
    plain: dict[str, str] = {}
    for name in names:
        *modules, bare = name.split("__")
        room = re.sub(r"(?:^|_)([a-z])", lambda found: found[1].upper(), modules[-1]) if modules else ""
        plain[name] = _SPOKEN_FOR.get(name) or room + bare.removesuffix("-Input").replace("-Output", "Shown")
    assert len(set(plain.values())) == len(plain), "two schemas would have one name"
    return plain


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            name: _SCHEMA + names[value.removeprefix(_SCHEMA)]
            if name == "$ref" and str(value).startswith(_SCHEMA)
            else _renamed(value, names)
            for name, value in node.items()
        }
    return [_renamed(value, names) for value in node] if isinstance(node, list) else node


def _untitled(schema: Any) -> Any:
    """Titles are names of our classes, which two schemas may share: a generator would take them for its own."""
    if isinstance(schema, dict):
        return {
            name: _untitled(value) if name != "properties" else {at: _untitled(one) for at, one in value.items()}
            for name, value in schema.items()
            if name != "title"
        }
    return [_untitled(one) for one in schema] if isinstance(schema, list) else schema
