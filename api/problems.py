"""Every error that a caller sees, in one place and one shape: application/problem+json (RFC 9457)."""

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.engine import EngineAway
from api.language import said
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

_TITLES = {
    400: "Die Anfrage ist unverständlich.",
    401: "Nicht angemeldet.",
    403: "Nicht erlaubt.",
    404: "Nicht gefunden.",
    405: "Diese Methode gibt es hier nicht.",
    408: "Die Anfrage kam nicht rechtzeitig an.",
    409: "Das geht im jetzigen Zustand nicht.",
    413: "Die Anfrage ist zu groß.",
    415: "Dieses Format wird nicht angenommen.",
    422: "Die Angaben sind nicht zulässig.",
    500: "Unerwarteter Fehler.",
    502: "lexoffice hat nicht wie erwartet geantwortet.",
    503: "Zurzeit nicht verfügbar.",
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
    detail: str = Field(examples=["Für diesen Partner ist keine freigegebene Provision offen."])
    fields: list[FieldProblem] | None = None


class Problem(Exception):
    """An error of a door itself. `detail` is German, for people, without anything from outside."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.more = more


def unauthorized() -> Problem:
    """The same for every reason, so that nothing can be learned from it."""
    return Problem(
        401, "unauthorized", "Der Zugang ist unbekannt oder ungültig.", headers={"WWW-Authenticate": "Bearer"}
    )


def not_available(what: str, code: str) -> Problem:
    return Problem(503, code, what, headers={"Retry-After": str(RETRY_AFTER_S)})


def database_away() -> Problem:
    return not_available("Die Datenbank ist zurzeit nicht erreichbar.", "database_away")


def took_too_long() -> Problem:
    return not_available("Die Antwort dauerte zu lange.", "took_too_long")


def answer(problem: Problem) -> JSONResponse:
    return JSONResponse(
        {
            "type": f"urn:partnerdesk:problem:{problem.code}",
            "title": _TITLES.get(problem.status, "Fehler."),
            "status": problem.status,
            "code": problem.code,
            "detail": problem.detail,
            **problem.more,
        },
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def of_refusal(refused: Refused) -> Problem:
    status = next((_STATUS_OF_REFUSAL[kind] for kind in type(refused).__mro__ if kind in _STATUS_OF_REFUSAL), 409)
    return Problem(status, refused.code, said(refused))


def of_validation(error: RequestValidationError) -> Problem:
    """Which fields are wrong and why, without the values."""
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Problem(400, "not_json", "Der Inhalt ist kein JSON.")
    fields = [
        {"field": ".".join(str(step) for step in fault["loc"])[:200], "problem": fault["type"]} for fault in faults[:20]
    ]
    return Problem(422, "invalid_request", "Angaben fehlen oder sind nicht zulässig.", fields=fields)


def of_http(error: HTTPException) -> Problem:
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "bad_request")
    detail = _TITLES.get(error.status_code, "Die Anfrage ist unverständlich.")
    return Problem(error.status_code, code, detail, headers=dict(error.headers or {}))


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
        return answer(not_available("Die Workflow-Engine ist zurzeit nicht erreichbar.", "engine_away"))

    async def database(_: Request, __: Exception) -> JSONResponse:
        return answer(database_away())

    async def cannot_decrypt(_: Request, __: Exception) -> JSONResponse:
        return answer(
            not_available(
                "Ein hinterlegtes Geheimnis lässt sich nicht entschlüsseln. Bitte neu hinterlegen.", "cannot_decrypt"
            )
        )

    async def not_storable(_: Request, __: Exception) -> JSONResponse:
        return answer(Problem(422, "value_not_acceptable", "Eine Angabe lässt sich so nicht speichern."))

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
