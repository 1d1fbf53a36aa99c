"""JSON as providers write it, read and written without loss."""

import json
from decimal import Decimal
from typing import Any, NoReturn


class NotJson(ValueError):
    """A body that cannot be read as JSON."""


def read_json(body: bytes) -> Any:
    """Parse a body; numbers with a fraction become Decimal and never pass through a float.

    NUL and lone surrogates, which JSON can carry but neither PostgreSQL nor UTF-8 can, become U+FFFD.
    Raises NotJson, and nothing else, for whatever bytes.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
        return _storable(value) if b"\\u" in body else value
    except (ValueError, ArithmeticError, RecursionError):
        # ArithmeticError: an exponent beyond what Decimal holds.
        raise NotJson from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are Python's own addition to JSON


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {storable_text(key): _storable(item) for key, item in value.items()}
    return value


def storable_text(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "\ufffd")


def write_json(value: object) -> bytes:
    """Render a body; a Decimal becomes a JSON number with exactly its digits (json.dumps knows floats only)."""
    return _rendered(value).encode("utf-8")


def _rendered(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_rendered(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_rendered(item) for item in value) + "]"
    if isinstance(value, str | bool | int | None):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{type(value).__name__} has no agreed form in a request")


def without_none(**members: object) -> dict[str, object]:
    """A JSON object of the members that have a value."""
    return {name: value for name, value in members.items() if value is not None}
