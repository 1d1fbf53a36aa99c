"""The page for people, in German: hand in a file, release it, fetch statements, let days pass, break things."""

from datetime import date
from pathlib import Path
from typing import get_args
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .accounts import is_iban, plain
from .bank import Bank
from .books import Fault, FaultKind, PaperKind, Payee, new_account
from .doors import as_download
from .initiation import NotTaken

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_SHOWN = 50
FAULTS: dict[FaultKind, str] = {
    "late": "Auszug kommt später",
    "lost": "Auszug geht verloren",
    "twice": "Auszug kommt doppelt",
    "overlap": "Auszug enthält den vorigen Tag noch einmal",
    "wrong_balance": "Saldo stimmt nicht (Berichtigung folgt)",
    "skip_number": "Auszugsnummer fehlt",
    "book_twice": "Überweisung doppelt gebucht",
    "reverse": "Überweisung gebucht und storniert",
    "reject": "Nächste Datei wird abgelehnt",
}
STATES = {
    "checked": "wartet auf Freigabe",
    "accepted": "angenommen",
    "rejected": "abgelehnt",
    "withdrawn": "storniert",
    "executed": "ausgeführt",
    "waiting": "offen",
    "booked": "gebucht",
    "returned": "zurückgekommen",
}
CHECKS = {"RCVC": "Name stimmt", "RVMC": "Name ähnlich", "RVNM": "Name stimmt nicht", "RVNA": "nicht prüfbar"}


class Page:
    """One page with everything; each form comes back to it with a sentence."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )
        templates.filters.update(euros=euros, day=german)
        self._page = templates.get_template("page.html")

    def routes(self) -> list[Route]:
        return [
            Route("/", self.show),
            Route("/", self.clicked, methods=["POST"]),
            Route("/papers/{file:int}", self.paper),
        ]

    async def show(self, request: Request) -> Response:
        books = self._bank.books
        shown = self._page.render(
            books=books,
            papers=books.papers[: -_SHOWN - 1 : -1],
            orders=books.orders[: -_SHOWN - 1 : -1],
            bookings=books.bookings[: -_SHOWN - 1 : -1],
            ready={paper.id for paper in self._bank.outbox.papers()},
            balances={iban: books.balance(iban) for iban in books.accounts},
            said=request.query_params.get("said"),
            faults=FAULTS,
            states=STATES,
            checks=CHECKS,
            paper_kinds=get_args(PaperKind),
        )
        return HTMLResponse(shown, headers=_HEADERS)

    async def paper(self, request: Request) -> Response:
        for paper in self._bank.outbox.papers():
            if paper.id == request.path_params["file"]:
                return as_download(paper)
        return JSONResponse({"error": "Diese Datei gibt es nicht."}, 404)

    async def clicked(self, request: Request) -> Response:
        if (origin := request.headers.get("origin")) and urlsplit(origin).netloc != request.url.netloc:
            return JSONResponse({"error": "no other origin"}, 403)
        async with request.form() as form:
            try:
                said = await self._do(form)
            except ValueError as refused:
                said = str(refused)
        self._bank.keep()
        return RedirectResponse(f"/?{urlencode({'said': said})}", 303)

    async def _do(self, form: FormData) -> str:
        match _typed(form, "do"):
            case "hand_in":
                return await self._hand_in(form)
            case "release":
                self._bank.release(int(_typed(form, "order")))
                return "Die Datei ist freigegeben."
            case "withdraw":
                self._bank.withdraw(int(_typed(form, "order")))
                return "Die Datei ist storniert."
            case "days":
                self._bank.close_days(min(int(_typed(form, "days") or 1), 400))
                return f"Heute ist der {german(self._bank.books.today)}."
            case "account":
                new = new_account(_typed(form, "iban"), _typed(form, "holder"), 0)
                new.opening_cents = _cents(_typed(form, "balance") or "0")
                self._bank.open_account(new)
                return "Das Konto ist eröffnet."
            case "payee":
                self._bank.know_payee(_payee(form))
                return "Der Empfänger ist eingetragen."
            case "ask":
                self._bank.outbox.ask_for(int(_typed(form, "paper")))
                return "Die Datei liegt bereit."
            case "noise":
                self._bank.noise(_typed(form, "account"), self._bank.books.references)
                return "Andere Buchungen sind eingetragen."
            case "reverse":
                self._bank.reverse(_typed(form, "booking"))
                return "Die Buchung ist storniert."
            case "fault":
                typed = {"kind": _typed(form, "kind"), "of": _typed(form, "of"), "days": _typed(form, "days") or 2}
                self._bank.go_wrong(Fault.model_validate(typed))
                return "Die Störung ist eingeschaltet."
            case "clear":
                self._bank.go_right()
                return "Alle Störungen sind aus."
            case _:
                return "Diesen Knopf gibt es nicht."

    async def _hand_in(self, form: FormData) -> str:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise NotTaken("Bitte wählen Sie eine Datei.")
        order = self._bank.hand_in(await file.read(), check_names=_typed(form, "check") == "1")
        if order is None:
            return "Die Datei ist abgelehnt; der Grund steht im Bericht (pain.002)."
        if order.state == "checked":
            return "Die Empfängerprüfung hat Abweichungen gefunden. Die Datei wartet auf Ihre Freigabe."
        return f"Die Datei ist {STATES[order.state]}. Ausgeführt wird am {german(order.execute_on)}."


def _typed(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _payee(form: FormData) -> Payee:
    iban = plain(_typed(form, "iban"))
    if not is_iban(iban):
        raise ValueError("Das ist keine IBAN.")
    return Payee(
        iban=iban,
        holder=_typed(form, "holder") or None,
        checkable=_typed(form, "checkable") != "0",
        rejected=_typed(form, "rejected").upper() or None,
        returned=_typed(form, "returned").upper() or None,
        after_days=int(_typed(form, "days") or 2),
    )


def _cents(text: str) -> int:
    euros, _, cents = text.replace(".", "").partition(",")
    if not euros.removeprefix("-").isdecimal() or (cents and not cents.isdecimal()) or len(cents) > 2:
        raise ValueError("Bitte den Betrag so: 1.234,50")
    whole = int(euros.removeprefix("-")) * 100 + int(cents.ljust(2, "0"))
    return -whole if euros.startswith("-") else whole


def euros(cents: int) -> str:
    """`1.234,50 €`."""
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{whole},{abs(cents) % 100:02} €"


def german(day: date) -> str:
    return f"{day:%d.%m.%Y}"
