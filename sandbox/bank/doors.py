"""HTTP: what a machine does with the bank, the hooks of tests, and its books for whoever compares."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .accounts import plain
from .bank import Bank
from .books import Fault, Kind, Line, NotNow, Order, Paper, Payee, new_account
from .initiation import NotTaken


class NewAccount(BaseModel):
    iban: str
    holder: str
    cents: int = 0
    with_mt940: bool = False


class Days(BaseModel):
    """One of the two."""

    days: int = Field(default=1, ge=0, le=400)
    until: date | None = None


class Other(BaseModel):
    """A booking that no file ordered; `cents` below zero leaves the account."""

    account: str
    kind: Kind
    cents: int
    name: str = "Jemand"
    iban: str | None = None
    text: str = ""
    end_to_end_id: str | None = None


class Doors:
    """Each change is kept before it is answered."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def routes(self) -> list[Route]:
        return [
            Route("/orders", self.hand_in, methods=["POST"]),
            Route("/orders/{order:int}/{act}", self.decide, methods=["POST"]),
            Route("/files", self.files),
            Route("/files/{file:int}", self.file),
            Route("/files/{file:int}/ask", self.ask_for, methods=["POST"]),
            Route("/accounts/{account}/statements/{year:int}/{number:int}.sta", self.as_mt940),
            Route("/sandbox/books", self.books),
            Route("/sandbox/accounts", self.open_account, methods=["POST"]),
            Route("/sandbox/payees", self.know_payee, methods=["POST"]),
            Route("/sandbox/days", self.close_days, methods=["POST"]),
            Route("/sandbox/bookings", self.book_other, methods=["POST"]),
            Route("/sandbox/bookings/{reference}/reverse", self.reverse, methods=["POST"]),
            Route("/sandbox/faults", self.go_wrong, methods=["POST"]),
            Route("/sandbox/faults", self.go_right, methods=["DELETE"]),
        ]

    async def hand_in(self, request: Request) -> Response:
        check = request.query_params.get("check") == "1"
        try:
            order = self._bank.hand_in(await request.body(), check_names=check)
        except NotTaken as refused:
            return _refused(refused)
        self._bank.keep()
        return JSONResponse({"order": None if order is None else _told(order)}, 201)

    async def decide(self, request: Request) -> Response:
        act = {"release": self._bank.release, "withdraw": self._bank.withdraw}.get(request.path_params["act"])
        if act is None:
            return JSONResponse({"error": "release or withdraw"}, 404)
        try:
            order = act(request.path_params["order"])
        except NotNow as refused:
            return _refused(refused)
        self._bank.keep()
        return JSONResponse({"order": _told(order)})

    async def files(self, _: Request) -> Response:
        return JSONResponse({"files": [_listed(paper) for paper in self._bank.outbox.papers()]})

    async def file(self, request: Request) -> Response:
        for paper in self._bank.outbox.papers():
            if paper.id == request.path_params["file"]:
                return as_download(paper)
        return JSONResponse({"error": "Diese Datei gibt es nicht."}, 404)

    async def ask_for(self, request: Request) -> Response:
        try:
            paper = self._bank.outbox.ask_for(request.path_params["file"])
        except NotNow as refused:
            return _refused(refused)
        self._bank.keep()
        return JSONResponse(_listed(paper))

    async def as_mt940(self, request: Request) -> Response:
        asked = request.path_params
        try:
            text = self._bank.outbox.as_mt940(plain(asked["account"]), asked["number"], asked["year"])
        except NotNow as refused:
            return _refused(refused)
        return Response(text, media_type="text/plain")

    async def books(self, _: Request) -> Response:
        books = self._bank.books
        balances = {iban: books.balance(iban) for iban in books.accounts}
        told = books.model_dump(mode="json", exclude={"papers": {"__all__": {"content"}}})
        return JSONResponse({**told, "balances": balances})

    async def open_account(self, request: Request) -> Response:
        try:
            wanted = NewAccount.model_validate(await _object(request))
            account = new_account(wanted.iban, wanted.holder, wanted.cents)
        except ValueError as wrong:
            return _refused(wrong)
        account.with_mt940 = wanted.with_mt940
        opened = self._bank.open_account(account)
        self._bank.keep()
        return JSONResponse(opened.model_dump(mode="json"), 201)

    async def know_payee(self, request: Request) -> Response:
        try:
            payee = Payee.model_validate(await _object(request))
        except ValidationError as wrong:
            return _refused(wrong)
        self._bank.know_payee(payee.model_copy(update={"iban": plain(payee.iban)}))
        return self._kept()

    async def close_days(self, request: Request) -> Response:
        try:
            wanted = Days.model_validate(await _object(request))
            if wanted.until is None:
                self._bank.close_days(wanted.days)
            else:
                self._bank.close_until(wanted.until)
        except ValueError as wrong:
            return _refused(wrong)
        self._bank.keep()
        return JSONResponse({"today": str(self._bank.books.today)})

    async def book_other(self, request: Request) -> Response:
        try:
            other = Other.model_validate(await _object(request))
            line = Line(
                cents=abs(other.cents),
                name=other.name,
                iban=other.iban,
                end_to_end_id=other.end_to_end_id,
                text=other.text,
            )
            booking = self._bank.book_other(plain(other.account), other.kind, other.cents, line)
        except ValueError as wrong:
            return _refused(wrong)
        self._bank.keep()
        return JSONResponse(booking.model_dump(mode="json"), 201)

    async def reverse(self, request: Request) -> Response:
        try:
            booking = self._bank.reverse(request.path_params["reference"])
        except NotNow as refused:
            return _refused(refused)
        self._bank.keep()
        return JSONResponse(booking.model_dump(mode="json"), 201)

    async def go_wrong(self, request: Request) -> Response:
        try:
            self._bank.go_wrong(Fault.model_validate(await _object(request)))
        except ValidationError as wrong:
            return _refused(wrong)
        return self._kept()

    async def go_right(self, _: Request) -> Response:
        self._bank.go_right()
        return self._kept()

    def _kept(self) -> Response:
        self._bank.keep()
        return Response(status_code=204)


def as_download(paper: Paper) -> Response:
    """As an attachment, never shown by the browser."""
    kind = "text/plain" if paper.kind == "MT940" else "application/xml"
    headers = {"Content-Disposition": f'attachment; filename="{paper.name}"'}
    return Response(paper.content, media_type=kind, headers=headers)


def _listed(paper: Paper) -> dict[str, Any]:
    return paper.model_dump(mode="json", exclude={"content"})


def _told(order: Order) -> dict[str, Any]:
    return order.model_dump(mode="json")


def _refused(why: ValueError) -> Response:
    return JSONResponse({"error": str(why)}, 422)


async def _object(request: Request) -> dict[str, Any]:
    try:
        told = await request.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
