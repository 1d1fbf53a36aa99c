"""The page for people, in German: accounts, their documents, and the buttons that a person has in lexoffice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from . import chaos, contacts, deliveries, documents, organizations
from .clock import BERLIN, wire
from .desk import OFFERED, Desk, NotOffered
from .document import Document
from .errors import Refused, RegularRefusal
from .faults import AFTER, LAGS, Fault, FaultBook
from .forms import OrganizationForm, PayForm, UnknownContact, UnknownDocument, WriteForm
from .hooks import new_organization, pay_by_form, write_by_form
from .kinds import CREDIT_NOTE, INVOICE, KINDS
from .office import Office
from .organizations import Organization

TEMPLATES = Path(__file__).parent / "templates"
SHOWN_DOCUMENTS = 200
SHOWN_DELIVERIES = 50
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
STATUS = {"draft": "Entwurf", "open": "Offen", "paid": "Bezahlt", "voided": "Storniert"}
SENT = {
    "pending": "unterwegs",
    "delivered": "zugestellt",
    "lost": "verloren",
    "given_up": "aufgegeben",
    "subscription_deleted": "Abo gelöscht",
}
TAX = {"net": "netto", "gross": "brutto", "vatfree": "steuerfrei"}
KIND = {"invoice": "Rechnung", "credit-note": "Gutschrift", "down-payment-invoice": "Anzahlung"}
CLICKS = {
    "finalize": "Abschließen",
    "mark-paid": "Bezahlt markieren",
    "pay": "Teilzahlung",
    "unpay": "Zahlung lösen",
    "void": "Stornieren",
    "reopen": "Wieder öffnen",
    "delete": "Löschen",
}
DONE = {
    "finalize": "abgeschlossen",
    "mark-paid": "als bezahlt markiert",
    "pay": "bezahlt",
    "unpay": "von Zahlungen gelöst",
    "void": "storniert",
    "reopen": "wieder geöffnet",
    "delete": "gelöscht",
}
FAULT_KINDS = (
    "rate_limit_429",
    "throttled_500",
    "unavailable_503",
    "timeout_504_before",
    "reset_before",
    "unauthorized_401",
    "payment_required_402",
    "forbidden_403",
    "conflict_409",
    *AFTER,
    *LAGS,
)


class Misread(Exception):
    """A person typed something that is no amount, date or address; the text says so."""


class Page:
    def __init__(self, office: Office, faults: FaultBook) -> None:
        self.office = office
        self.faults = faults
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters.update(money=money, bare=bare, moment=moment, day=day)
        self._templates.globals.update(
            STATUS=STATUS, SENT=SENT, KIND=KIND, TAX=TAX, CLICKS=CLICKS, offered=offered, permalink=permalink
        )
        self._templates.globals["desk_url"] = office.desk_url.rstrip("/")

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/page/style.css", self.style, methods=["GET"]),
            Route("/page/organizations", self.create_organization, methods=["POST"]),
            Route("/page/organizations/{organization}", self.organization, methods=["GET"]),
            Route("/page/organizations/{organization}/documents", self.write, methods=["POST"]),
            Route("/page/organizations/{organization}/faults", self.add_fault, methods=["POST"]),
            Route("/page/organizations/{organization}/faults/clear", self.clear_faults, methods=["POST"]),
            Route("/page/documents/{document}", self.document, methods=["GET"]),
            Route("/page/documents/{document}/{click}", self.click, methods=["POST"]),
            Route("/permalink/contacts/view/{contact}", self.contact, methods=["GET"]),
            Route("/permalink/{resource}/{mode}/{document}", self.permalink, methods=["GET"]),
        ]

    async def style(self, request: Request) -> Response:
        return Response((TEMPLATES / "style.css").read_text(), media_type="text/css")

    async def home(self, request: Request) -> Response:
        held = [
            (organization, self._count(organization.organization_id))
            for organization in organizations.everyone(self.office.store)
        ]
        return self._show(request, "organizations.html", organizations=held)

    async def organization(self, request: Request) -> Response:
        organization = organizations.by_id(self.office.store, request.path_params["organization"])
        if organization is None:
            return self._back("/", "Diese Organisation gibt es hier nicht.", bad=True)
        return self._show(
            request,
            "organization.html",
            organization=organization,
            keys=organizations.keys(self.office.store, organization.organization_id),
            documents=self._documents(organization),
            total=self._count(organization.organization_id),
            contacts=self._contacts(organization),
            deliveries=deliveries.log(self.office.store, organization.organization_id, SHOWN_DELIVERIES)[::-1],
            faults=self.faults.of(organization.organization_id),
            disturbed=chaos.of(self.office.store, organization.organization_id),
            fault_kinds=FAULT_KINDS,
        )

    async def document(self, request: Request) -> Response:
        return self._document_page(request, documents.load(self.office.store, request.path_params["document"]))

    async def permalink(self, request: Request) -> Response:
        """As in lexoffice: `edit` falls back to the view, and an unknown id leads to the list (§10)."""
        permalinks = {kind.permalink for kind in KINDS.values()} | {"vouchers"}
        resource, mode = request.path_params["resource"], request.path_params["mode"]
        if resource not in permalinks or mode not in ("view", "edit"):
            return self._show(request, "missing.html", 404)
        return self._document_page(request, documents.load(self.office.store, request.path_params["document"]))

    def _document_page(self, request: Request, document: Document | None) -> Response:
        organization = organizations.by_id(self.office.store, document.organization_id) if document else None
        if document is None or organization is None:
            return self._back("/", "Diesen Beleg gibt es hier nicht.", bad=True)
        sent = [
            entry
            for entry in deliveries.log(self.office.store, organization.organization_id)
            if entry["resourceId"] == document.id
        ]
        return self._show(request, "document.html", document=document, organization=organization, deliveries=sent[::-1])

    async def contact(self, request: Request) -> Response:
        contact = contacts.anywhere(self.office.store, request.path_params["contact"])
        organization = organizations.by_id(self.office.store, contact["organizationId"]) if contact else None
        if contact is None or organization is None:
            return self._show(request, "missing.html", 404)
        held = [
            document
            for document in documents.of_organization(self.office.store, organization.organization_id)
            if document.address.contact_id == contact["id"]
        ]
        return self._show(
            request,
            "contact.html",
            contact=contact,
            name=contacts.display_name(contact),
            organization=organization,
            documents=held[::-1],
        )

    async def create_organization(self, request: Request) -> Response:
        typed = await _typed(request)
        try:
            form = OrganizationForm.model_validate({"name": typed.get("name"), "apiKey": typed.get("apiKey")})
            if form.name is None:
                raise Misread("Bitte geben Sie einen Namen an.")
            organization, _, _ = new_organization(self.office, form)
        except (ValidationError, organizations.NameTaken, Misread) as error:
            return self._back("/", _words(error), bad=True)
        return self._back(f"/page/organizations/{organization.organization_id}", f"{organization.name} ist angelegt.")

    async def write(self, request: Request) -> Response:
        organization = organizations.by_id(self.office.store, request.path_params["organization"])
        if organization is None:
            return self._back("/", "Diese Organisation gibt es hier nicht.", bad=True)
        home = f"/page/organizations/{organization.organization_id}"
        typed = await _typed(request)
        kind = CREDIT_NOTE if typed.pop("kind", "") == "credit-note" else INVOICE
        try:
            for member in ("net", "taxRate"):
                if member in typed:
                    typed[member] = str(amount(typed[member]))
            form = WriteForm.model_validate({**typed, "finalize": typed.get("finalize") == "true"})
            document = write_by_form(self.office, organization, kind, form)
        except (ValidationError, ValueError, UnknownContact, UnknownDocument, Refused, Misread) as error:
            return self._back(home, _words(error), bad=True)
        return self._back(permalink(document), f"{document.number} ist geschrieben.")

    async def click(self, request: Request) -> Response:
        document = documents.load(self.office.store, request.path_params["document"])
        organization = organizations.by_id(self.office.store, document.organization_id) if document else None
        if document is None or organization is None:
            return self._back("/", "Diesen Beleg gibt es hier nicht.", bad=True)
        typed = await _typed(request)
        click = request.path_params["click"]
        home = f"/page/organizations/{organization.organization_id}"
        back = home if typed.pop("from", "") == "list" else permalink(document)
        try:
            self._do(Desk(self.office, organization), document, click, typed)
        except (NotOffered, ValidationError, Misread) as error:
            return self._back(back, _words(error), bad=True)
        return self._back(home if click == "delete" else back, f"{document.number} ist {DONE[click]}.")

    def _do(self, desk: Desk, document: Document, click: str, typed: dict[str, str]) -> None:
        if click in ("pay", "mark-paid"):
            if click == "pay":
                if "amount" not in typed:
                    raise Misread("Bitte geben Sie den Betrag der Teilzahlung an.")
                typed["amount"] = str(amount(typed["amount"]))
            pay_by_form(desk, document, click, PayForm.model_validate(typed))
            return
        clicks: dict[str, Any] = {
            "finalize": desk.finalize,
            "unpay": desk.unpay,
            "void": desk.void,
            "reopen": desk.reopen,
            "delete": desk.delete,
        }
        if click not in clicks:
            raise Misread("Diesen Knopf gibt es nicht.")
        clicks[click](document)

    async def add_fault(self, request: Request) -> Response:
        organization = request.path_params["organization"]
        home = f"/page/organizations/{organization}"
        typed: dict[str, Any] = dict(await _typed(request))
        for member in ("times", "delayMs"):
            if member in typed and str(typed[member]).isdecimal():
                typed[member] = int(typed[member])
        try:
            fault = Fault.model_validate(typed)
        except ValidationError as error:
            return self._back(home, _words(error), bad=True)
        if organizations.by_id(self.office.store, organization) is not None:
            self.faults.add(organization, fault)
        return self._back(home, f"Störung {fault.kind} ist eingerichtet.")

    async def clear_faults(self, request: Request) -> Response:
        organization = request.path_params["organization"]
        self.faults.clear(organization)
        chaos.put(self.office.store, organization, None)
        return self._back(f"/page/organizations/{organization}", "Alle Störungen sind aufgehoben.")

    def _documents(self, organization: Organization) -> list[Document]:
        rows = self.office.store.rows(
            "SELECT body FROM documents WHERE organization = ? ORDER BY updated DESC, rowid DESC LIMIT ?",
            organization.organization_id,
            SHOWN_DOCUMENTS,
        )
        return [Document.model_validate_json(row["body"]) for row in rows]

    def _contacts(self, organization: Organization) -> list[tuple[str, str]]:
        rows = self.office.store.rows(
            "SELECT id, body ->> '$.company.name' AS company, body ->> '$.person.firstName' AS first,"
            " body ->> '$.person.lastName' AS last FROM contacts WHERE organization = ? ORDER BY sort_name LIMIT 500",
            organization.organization_id,
        )
        return [(row["id"], row["company"] or f"{row['first'] or ''} {row['last'] or ''}".strip()) for row in rows]

    def _count(self, organization: str) -> int:
        row = self.office.store.row("SELECT COUNT(*) AS n FROM documents WHERE organization = ?", organization)
        assert row is not None
        return int(row["n"])

    def _show(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        said, bad = request.query_params.get("said"), request.query_params.get("bad") == "1"
        text = self._templates.get_template(template).render(said=said, bad=bad, **values)
        return HTMLResponse(text, status, HEADERS)

    def _back(self, to: str, said: str, *, bad: bool = False) -> Response:
        query = urlencode({"said": said} | ({"bad": "1"} if bad else {}))
        return RedirectResponse(f"{to}?{query}", 303)


async def _typed(request: Request) -> dict[str, str]:
    """The fields that a person filled in; empty ones count as absent."""
    async with request.form() as form:
        return {key: value.strip() for key, value in form.items() if isinstance(value, str) and value.strip()}


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors())
    if isinstance(error, UnknownContact):
        return "Diesen Kontakt gibt es hier nicht."
    if isinstance(error, organizations.NameTaken):
        return f"Dieser Schlüssel gehört schon zu {error}."
    if isinstance(error, RegularRefusal):
        return error.message
    return str(error)


def amount(text: str) -> Decimal:
    """`1.234,50` as people write it here, or `1234.50`."""
    plain = text.replace(" ", "").replace("€", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise Misread(f"„{text}“ ist kein Betrag.") from error
    if not value.is_finite() or abs(value) >= 10**10:
        raise Misread(f"„{text}“ ist kein Betrag.")
    return value


def money(value: Decimal, currency: str = "EUR") -> str:
    whole = f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"{whole} {'€' if currency == 'EUR' else currency}"


def bare(value: Decimal | float) -> str:
    """A number without digits that say nothing: 19, not 19.00."""
    return f"{Decimal(str(value)).normalize():f}".replace(".", ",")


def moment(value: datetime | str) -> str:
    instant = datetime.fromisoformat(value if isinstance(value, str) else wire(value))
    return f"{instant.astimezone(BERLIN):%d.%m.%Y %H:%M:%S}"


def day(value: datetime) -> str:
    return f"{value.astimezone(BERLIN):%d.%m.%Y}"


def offered(document: Document) -> list[str]:
    clicks = OFFERED[document.status]
    return [click for click in clicks if click != "unpay" or any(not payment.source for payment in document.payments)]


def permalink(document: Document) -> str:
    return f"/permalink/{document.kind.permalink}/view/{document.id}"
