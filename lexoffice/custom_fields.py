"""Key/value pairs that a document or a contact carries, in every shape they have been described in.

The real API has no custom fields. Relays and older descriptions send them as `additionalProperties` or
`customFields`, each an object, a list of `{"key", "value"}` or a list of `{"name", "value"}`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from httpcalls.json_bodies import storable_text
from lexoffice.answers import Fetched

_MEMBERS = ("additionalProperties", "customFields")
_MOST_FIELDS = 200
_LONGEST_KEY = 100
_LONGEST_VALUE = 2000


def normalise_custom_fields(raw: Mapping[str, Any]) -> dict[str, str]:
    """The custom fields of a resource as text by key.

    What is no pair of a key and a text or number is passed over. Of two pairs with one key the first counts,
    `additionalProperties` before `customFields`.
    """
    fields: dict[str, str] = {}
    for member in _MEMBERS:
        for key, value in _pairs(raw.get(member)):
            name, text = _key(key), _text(value)
            if name and text and len(fields) < _MOST_FIELDS:
                fields.setdefault(name, text)
    return fields


class WithCustomFields(Fetched):
    """A resource on which custom fields have been described."""

    custom_fields: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _normalised(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        members = dict(raw)
        ours = members.pop("custom_fields", None)  # the name that the attribute has in Python
        return members | {"customFields": normalise_custom_fields({"customFields": ours, **members})}


def _pairs(shape: object) -> Iterator[tuple[object, object]]:
    if isinstance(shape, Mapping):
        yield from shape.items()
    elif isinstance(shape, list | tuple):
        for entry in shape:
            if isinstance(entry, Mapping):
                yield entry.get("key", entry.get("name")), entry.get("value")


def _key(key: object) -> str | None:
    return _text(key) if isinstance(key, str) and len(key) <= _LONGEST_KEY else None


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        # A plain notation may be a million digits long where the exponent is.
        value = format(value, "f") if abs(value.adjusted()) < _LONGEST_KEY else str(value)
    elif isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        return None
    return storable_text(value).strip() or None
