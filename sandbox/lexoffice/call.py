"""One authenticated call of the public API, as the resources see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from .errors import RegularRefusal
from .faults import StaleReads
from .office import Office
from .organizations import Organization


@dataclass(frozen=True)
class Call:
    office: Office
    organization: Organization
    api_key: str
    method: str
    path: str
    base_url: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    stale: StaleReads

    def json_object(self) -> dict[str, Any]:
        """The body; numbers with a point are Decimal, so that no amount passes through a float."""
        try:
            value = json.loads(self.body, parse_float=Decimal, parse_constant=_no_constant)
            if b"\\u" in self.body:
                json.dumps(value, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
        except (ValueError, ArithmeticError, RecursionError) as error:  # ArithmeticError: 1e99999999999999999999
            raise RegularRefusal(400, "Malformed JSON request body.") from error
        if not isinstance(value, dict):
            raise RegularRefusal(400, "Malformed JSON request body.")
        return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
