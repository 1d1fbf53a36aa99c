"""Why something is so: a code with parameters. Its sentence is made where it is shown, from `words/`."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from ledger.types import Frozen

CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class Reason(Frozen):
    """`params` is plain JSON: what the sentence of this code names."""

    code: str
    params: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **params: object) -> Self:
        """Days, moments, rates and ids may be given as they are."""
        return cls(code=code, params={name: plain(value) for name, value in params.items()})

    @classmethod
    def of_word(cls, word: str, **params: object) -> Self:
        """Of a code; what an older release said as a sentence stays as it was written."""
        return cls.of(word, **params) if CODE.fullmatch(word) else cls.of("as_it_was_written", text=word)

    @classmethod
    def read(cls, code: str | None, params: Mapping[str, Any] | None) -> Self | None:
        """As two columns of a row hold it; None where there is none."""
        return None if code is None else cls(code=code, params=dict(params or {}))


InWords = Callable[[Reason], str]
"""How a door that asks for a whole file of the ledger's writes reasons into it."""


class Hold(Reason):
    """Something that keeps a sale or a payout where it is, until it is released."""

    since: datetime
    set_by: str
    """A person or key (`user:…`, `key:…`), an event, or `engine`."""


def plain(value: object) -> object:
    """As it stands in JSON."""
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value
