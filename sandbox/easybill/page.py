"""The page for people, in German: accounts, their documents, and the buttons that a person has in easybill."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from . import accounts, customers, delivery, documents, faults
from .accounts import Settings
from .call import Desk
from .clicks import CLICKS, click, offered
from .delivery import Courier
from .errors import Refused
from .store import Store, Thing

TEMPLATES = Path(__file__).parent / "templates"
SHOWN_DOCUMENTS, SHOWN_DELIVERIES = 200, 50
LARGEST_FORM = 20_000
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
KIND = {"INVOICE": "Rechnung", "CREDIT": "Gutschrift", "STORNO": "Storno", "STORNO_CREDIT": "Storno zur Gutschrift"}
SENT = {
    "pending": "unterwegs",
    "delivered": "zugestellt",
    "given_up": "aufgegeben",
    "webhook_gone": "Webhook gelöscht",
    "dropped_by_fault": "verloren (Störung)",
}


class Page:
    def __init__(self, store: Store, courier: Courier, desk_url: str = "") -> None:
        self._store = store
        self._courier = courier
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters["money"] = _money
        self._templates.globals.update(KIND=KIND, SENT=SENT, CLICKS=CLICKS, FAULTS=faults.KINDS, desk_url=desk_url)

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/", self.create_account, methods=["POST"]),
            Route("/page/style.css", self.style),
            Route("/page/accounts/{account:int}", self.account),
            Route("/page/accounts/{account:int}/documents", self.write, methods=["POST"]),
            Route("/page/accounts/{account:int}/faults", self.disturb, methods=["POST"]),
            Route("/page/accounts/{account:int}/documents/{document:int}/{click}", self.click, methods=["POST"]),
        ]

    async def style(self, _: Request) -> Response:
        return Response((TEMPLATES / "style.css").read_text(), media_type="text/css")

    async def home(self, request: Request) -> Response:
        return self._show(request, "accounts.html", accounts=accounts.everyone(self._store))

    async def create_account(self, request: Request) -> Response:
        form = await _form(request)
        try:
            account = accounts.create(self._store, Settings(name=form.get("name", ""), plan=form.get("plan", "")))
        except ValidationError:
            return _back("/", "Bitte Name und Tarif angeben.", bad=True)
        return _back(f"/page/accounts/{account.id}", "Konto angelegt.")

    async def account(self, request: Request) -> Response:
        desk = self._desk(request)
        if desk is None:
            return _back("/", "Dieses Konto gibt es hier nicht.", bad=True)
        held = self._store.all(desk.account.id, "documents")[:SHOWN_DOCUMENTS]
        return self._show(
            request,
            "account.html",
            account=desk.account,
            documents=[(document, self._state(desk, document), offered(desk, document)) for document in held],
            webhooks=self._store.all(desk.account.id, "webhooks"),
            deliveries=delivery.log(self._store, desk.account.id, SHOWN_DELIVERIES),
            faults=faults.of(self._store, desk.account.id),
            name_of=customers.name_of,
        )

    async def write(self, request: Request) -> Response:
        """An invoice or a credit to a new customer, done at once."""
        desk, form = self._desk(request), await _form(request)
        if desk is None:
            return _back("/", "Dieses Konto gibt es hier nicht.", bad=True)
        here = f"/page/accounts/{desk.account.id}"
        try:
            net = Decimal(form.get("net", "").replace(".", "").replace(",", ".")) * 100
            if net != net.to_integral_value() or not 0 < net < 10**11:
                raise InvalidOperation
        except InvalidOperation:
            return _back(here, "Bitte einen Nettobetrag angeben, zum Beispiel 1.000,00.", bad=True)
        customer = customers.create(
            desk,
            {
                "company_name": form.get("customer") or "Kunde",
                "last_name": form.get("customer") or "Kunde",
                "emails": [form["mail"]] if form.get("mail") else [],
                "country": "DE",
                "info_1": form.get("info_1"),
                "info_2": form.get("info_2"),
            },
        )
        item = {"description": "Leistung", "single_price_net": int(net), "vat_percent": 19}
        told = {
            "type": "CREDIT" if form.get("type") == "CREDIT" else "INVOICE",
            "customer_id": customer["id"],
            "order_number": form.get("order_number"),
            "text": form.get("text"),
            "items": [item],
        }
        document = documents.finish(desk, documents.create(desk, told))
        return _back(here, f"{KIND[document['type']]} {document['number']} geschrieben.")

    async def click(self, request: Request) -> Response:
        desk = self._desk(request)
        if desk is None:
            return _back("/", "Dieses Konto gibt es hier nicht.", bad=True)
        here = f"/page/accounts/{desk.account.id}"
        try:
            document = desk.get("documents", request.path_params["document"])
            click(desk, document, request.path_params["click"], {})
        except Refused as refused:
            return _back(here, refused.message, bad=True)
        return _back(here, "Erledigt.")

    async def disturb(self, request: Request) -> Response:
        desk, form = self._desk(request), await _form(request)
        if desk is None:
            return _back("/", "Dieses Konto gibt es hier nicht.", bad=True)
        here = f"/page/accounts/{desk.account.id}"
        if form.get("do") == "clear":
            faults.clear(self._store, desk.account.id)
            return _back(here, "Störungen beendet.")
        times = form.get("times", "")
        try:
            fault = faults.Fault(
                kind=form.get("kind", ""),
                times=int(times) if times.isdecimal() else None,
                delay_ms=5000 if form.get("kind") in ("slow", faults.LIST_LAG) else 0,
            )
        except ValidationError:
            return _back(here, "Diese Störung gibt es nicht.", bad=True)
        faults.add(self._store, desk.account.id, fault)
        return _back(here, "Störung eingeschaltet.")

    def _state(self, desk: Desk, document: Thing) -> tuple[str, str]:
        """The class of the badge, and what it says. easybill itself has no status."""
        if document["is_draft"]:
            return "draft", "Entwurf"
        if documents.cancelling(desk, document):
            return "voided", "Storniert"
        if abs(document["paid_amount"]) >= abs(document["amount"]):
            return "paid", "Bezahlt"
        return "open", "Teilweise bezahlt" if document["paid_amount"] else "Offen"

    def _desk(self, request: Request) -> Desk | None:
        account = accounts.by_id(self._store, request.path_params["account"])
        return None if account is None else Desk(self._store, self._courier, account)

    def _show(self, request: Request, template: str, **shown: Any) -> Response:
        said = request.query_params.get("said", "")
        page = self._templates.get_template(template).render(said=said, bad="bad" in request.query_params, **shown)
        return HTMLResponse(page, headers=HEADERS)


def _back(where: str, said: str, *, bad: bool = False) -> Response:
    return RedirectResponse(f"{where}?{urlencode({'said': said} | ({'bad': '1'} if bad else {}))}", 303)


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    return dict(parse_qsl(body[:LARGEST_FORM].decode("utf-8", "replace")))


def _money(cents: int) -> str:
    text = f"{abs(cents) / 100:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{'−' if cents < 0 else ''}{text} €"
