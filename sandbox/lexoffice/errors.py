"""The three error bodies of lexoffice (§1.4). Which one comes depends on who refuses, not on what is wrong."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from .clock import now, wire

VALIDATION_FAILED = "Validation failed for request. Please see details list for specific causes."


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    resource: str | None = None  # the id that a create made, for the list of calls


def json_answer(status: int, value: Any, headers: dict[str, str] | None = None, resource: str | None = None) -> Answer:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})}, resource)


def gateway(status: int, message: str | None) -> Answer:
    return json_answer(status, {"message": message})


@dataclass(frozen=True)
class Detail:
    field: str
    violation: str
    message: str


class Refused(Exception):
    """The request is answered with an error; the subclass says in which body."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status

    def answer(self, path: str) -> Answer:
        raise NotImplementedError


class RegularRefusal(Refused):
    """Documents, voucherlist, payments, profile, event subscriptions."""

    def __init__(self, status: int, message: str, details: tuple[Detail, ...] = ()) -> None:
        super().__init__(status)
        self.message = message
        self.details = details

    def answer(self, path: str) -> Answer:
        body: dict[str, Any] = {
            "timestamp": wire(now()),
            "status": self.status,
            "error": HTTPStatus(self.status).phrase,
            "path": path,
            "traceId": secrets.token_hex(6),
            "message": self.message,
            "requestId": secrets.token_hex(16),
        }
        if self.details:
            body["details"] = [
                {"violation": detail.violation, "field": detail.field, "message": detail.message}
                for detail in self.details
            ]
        return json_answer(self.status, body)


@dataclass(frozen=True)
class Issue:
    key: str
    source: str
    type: str = "validation_failure"


class LegacyRefusal(Refused):
    """Contacts and files still answer with an IssueList."""

    def __init__(self, status: int, *issues: Issue) -> None:
        super().__init__(status)
        self.issues = issues

    def answer(self, path: str) -> Answer:
        return json_answer(
            self.status,
            {
                "requestId": secrets.token_hex(16),
                "IssueList": [
                    {
                        "i18nKey": issue.key,
                        "source": issue.source,
                        "type": issue.type,
                        "additionalData": None,
                        "args": None,
                    }
                    for issue in self.issues
                ],
            },
        )


def invalid(*details: Detail) -> RegularRefusal:
    return RegularRefusal(406, VALIDATION_FAILED, details)


def not_found() -> RegularRefusal:
    return RegularRefusal(404, "Resource not found.")
