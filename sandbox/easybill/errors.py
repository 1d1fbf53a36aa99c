"""What is answered, and the one shape of a refusal."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    made: int | None = None  # the id that a create made, for the list of calls


class Refused(Exception):
    """`arguments` name the members at fault."""

    def __init__(self, status: int, message: str, **arguments: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.arguments = arguments

    def answer(self) -> Answer:
        told: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.arguments:
            told["arguments"] = [{"name": name, "message": message} for name, message in self.arguments.items()]
        return json_answer(self.status, told)


def json_answer(status: int, value: Any, made: int | None = None) -> Answer:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json"}, made)


def not_found() -> Refused:
    return Refused(404, "Not Found")


def invalid(**arguments: str) -> Refused:
    return Refused(400, "Validation failed.", **arguments)
