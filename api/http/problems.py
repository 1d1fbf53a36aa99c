"""Every error that a caller sees, in one place and one shape: application/problem+json (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.http.language import language, say
from engine.connect import EngineAway
from ledger.connections.oauth_tokens import GrantLost
from ledger.refusals import AlreadyExists, Blocked, NotAcceptable, NotAllowedNow, NotFound, NothingDue, Refused
from ledger.vault import CannotDecrypt

RETRY_AFTER_S = 10

_STATUS_OF_REFUSAL: dict[type[Refused], int] = {
    NotFound: 404,
    AlreadyExists: 409,
    NotAllowedNow: 409,
    NothingDue: 409,
    Blocked: 409,
    NotAcceptable: 422,
}

_CODE_OF_KIND: dict[type[Refused], str] = {
    GrantLost: "oauth_connection_broken",
    NotFound: "not_found",
    NothingDue: "nothing_due",
}
_CODE_OF_REASON = {
    "answer_missing": "reason_missing",
    "cancel_requested_before": "cancel_requested",
    "cut_off_missing": "cut_off_not_acceptable",
    "day_or_moment_not_acceptable": "day_not_acceptable",
    "day_out_of_range": "day_not_acceptable",
    "document_taken": "not_allowed_now",
    "expiry_missing": "expiry_not_acceptable",
    "final_settlement_under_way": "final_settlement_unchanged",
    "first_admin_is_you": "own_role",
    "has_account_elsewhere": "not_only_here",
    "invoice_not_writable": "not_acceptable",
    "invoice_without_customer": "not_acceptable",
    "key_name_not_acceptable": "name_not_acceptable",
    "lexoffice_away_while_connecting": "lexoffice_away",
    "line_amount_not_acceptable": "amount_not_acceptable",
    "no_access_stored": "not_connected",
    "no_final_settlement": "final_settlement_unchanged",
    "no_payout_number": "not_acceptable",
    "not_a_source_message": "not_an_event",
    "not_a_stripe_event": "not_an_event",
    "not_put_back": "not_allowed_now",
    "not_returned": "not_allowed_now",
    "oauth_connection_refused": "oauth_connection_broken",
    "oauth_not_offered": "oauth_not_set_up",
    "objection_reason_missing": "reason_missing",
    "outcome_not_unclear": "not_allowed_now",
    "own_account_decided": "account_decided",
    "paid_on_unreadable": "paid_on_not_acceptable",
    "partner_gets_no_mail": "not_allowed_now",
    "payout_approved": "not_allowed_now",
    "payout_awaits_approval": "not_allowed_now",
    "payout_cancelled": "not_allowed_now",
    "payout_has_credit_note": "not_allowed_now",
    "payout_has_no_document": "not_allowed_now",
    "payout_held": "not_allowed_now",
    "payout_outcome_unclear": "not_allowed_now",
    "payout_paid": "not_allowed_now",
    "payout_rejected": "not_allowed_now",
    "payout_returned": "not_allowed_now",
    "payout_settled_manually": "not_allowed_now",
    "plan_file_lines_not_acceptable": "plan_file_not_acceptable",
    "put_back_before": "not_allowed_now",
    "put_back_too_late": "not_allowed_now",
    "reason_length": "reason_missing",
    "sale_refunded": "not_allowed_now",
    "second_person_confirms": "second_person_needed",
    "tenant_name_not_acceptable": "name_not_acceptable",
    "token_not_ascii": "weak_token",
    "token_too_long": "weak_token",
    "token_too_short": "weak_token",
    "token_uniform": "weak_token",
}
"""The member `code` of an answer never changes once machines read it. Reasons that were told under a coarser code, or
under one that another reason has, keep that; every other reason is its own code."""
TITLES = {
    400: "status_400",
    401: "status_401",
    403: "status_403",
    404: "status_404",
    405: "status_405",
    408: "status_408",
    409: "status_409",
    412: "status_412",
    413: "status_413",
    415: "status_415",
    422: "status_422",
    429: "status_429",
    431: "status_431",
    500: "status_500",
    501: "status_501",
    502: "status_502",
    503: "status_503",
}


class FieldProblem(BaseModel):
    field: str = Field(description="Ort der Angabe, etwa `body.levels.0.percent`", examples=["body.code"])
    problem: str = Field(description="Regel, die verletzt ist; für Maschinen", examples=["string_pattern_mismatch"])


class ProblemBody(BaseModel):
    """What each error looks like."""

    type: str = Field(examples=["urn:partnerdesk:problem:nothing_due"])
    title: str
    status: int
    code: str = Field(description="Bleibt gleich; für Maschinen", examples=["nothing_due"])
    reason: str = Field(description="Genauer als `code`; nennt den Satz in `detail`", examples=["nothing_due"])
    params: dict[str, Any] = Field(description="Was in `detail` eingesetzt ist; Beträge in Cent, Tage nach ISO 8601")
    detail: str = Field(
        description="Für Menschen, deutsch oder englisch nach `Accept-Language`",
        examples=["Für diesen Partner ist keine freigegebene Provision offen."],
    )
    fields: list[FieldProblem] | None = None


class Problem(Exception):
    """An error of a door itself. `reason` and `params` name its sentence in `words/`; `more` are members of its own."""

    def __init__(
        self,
        status: int,
        reason: str,
        params: Mapping[str, object] | None = None,
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.params = dict(params or {})
        self.code = code or _CODE_OF_REASON.get(reason, reason)
        self.headers = dict(headers or {})
        self.more = more

    @property
    def detail(self) -> str:
        """In the language of the request."""
        return say(self.reason, self.params)


def unauthorized() -> Problem:
    """The same for every reason, so that nothing can be learned from it."""
    return Problem(401, "unauthorized", headers={"WWW-Authenticate": "Bearer"})


def not_available(reason: str) -> Problem:
    return Problem(503, reason, headers={"Retry-After": str(RETRY_AFTER_S)})


def database_away() -> Problem:
    return not_available("database_away")


def took_too_long() -> Problem:
    return not_available("took_too_long")


def answer(problem: Problem) -> JSONResponse:
    return JSONResponse(
        {
            "type": f"urn:partnerdesk:problem:{problem.code}",
            "title": say(TITLES.get(problem.status, "status_other")),
            "status": problem.status,
            "code": problem.code,
            "reason": problem.reason,
            "params": problem.params,
            "detail": problem.detail,
            **problem.more,
        },
        status_code=problem.status,
        headers={"Content-Language": language(), "Vary": "Accept-Language", **problem.headers},
        media_type="application/problem+json",
    )


def code_of(refused: Refused) -> str:
    """What machines read."""
    if refused.code == "value_taken":  # by the name of the constraint, which says what is taken
        return str(refused.params.get("constraint") or refused.code)
    for kind, code in _CODE_OF_KIND.items():
        if isinstance(refused, kind):
            return code
    return _CODE_OF_REASON.get(refused.code, refused.code)


def of_refusal(refused: Refused) -> Problem:
    status = next((_STATUS_OF_REFUSAL[kind] for kind in type(refused).__mro__ if kind in _STATUS_OF_REFUSAL), 409)
    return Problem(status, refused.code, refused.params, code=code_of(refused))


def of_validation(error: RequestValidationError) -> Problem:
    """Which fields are wrong and why, without the values."""
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Problem(400, "not_json")
    fields = [
        {"field": ".".join(str(step) for step in fault["loc"])[:200], "problem": fault["type"]} for fault in faults[:20]
    ]
    return Problem(422, "invalid_request", fields=fields)


def of_http(error: HTTPException) -> Problem:
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "bad_request")
    reason = TITLES.get(error.status_code, "status_400")
    return Problem(error.status_code, reason, code=code, headers=error.headers)


DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that broke in the middle of an answer, while it is used again
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it starts, stops, crashed, or cut the statement short
    asyncpg.InsufficientResourcesError,  # too many connections; a full disk
    asyncpg.PostgresSystemError,  # a disk that cannot be read
    asyncpg.ReadOnlySQLTransactionError,  # a standby answers, or what was the primary until just now
    asyncpg.TransactionRollbackError,  # a deadlock: the same again will do
)
"""What the pool raises while the database is away, starts, stops, cannot write, or is too busy."""


NOT_STORABLE = (
    asyncpg.DataError,
    asyncpg.CheckViolationError,
    asyncpg.ForeignKeyViolationError,
    OverflowError,
    UnicodeEncodeError,
)
"""Values that pass the shape of a request and not the column: NUL or half a surrogate in a text, a time too far."""


def register(app: FastAPI) -> None:
    """Map each exception type to its answer."""

    async def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)
        return answer(of_refusal(error))

    async def problem(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return answer(error)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer(of_validation(error))

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return answer(of_http(error))

    async def engine_away(_: Request, __: Exception) -> JSONResponse:
        return answer(not_available("engine_away"))

    async def database(_: Request, __: Exception) -> JSONResponse:
        return answer(database_away())

    async def cannot_decrypt(_: Request, __: Exception) -> JSONResponse:
        return answer(not_available("cannot_decrypt"))

    async def not_storable(_: Request, __: Exception) -> JSONResponse:
        return answer(Problem(422, "value_not_acceptable"))

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(EngineAway, engine_away)
    app.add_exception_handler(CannotDecrypt, cannot_decrypt)
    for odd in NOT_STORABLE:
        app.add_exception_handler(odd, not_storable)
    for away in DATABASE_AWAY:
        app.add_exception_handler(away, database)
