"""JSON hooks outside `/v1`: accounts, faults, lists for oracles, and what a person does. See README.md."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import calls, chaos, contacts, deliveries, documents, grants, organizations, sales
from .announce import resource_event
from .clock import now, wire
from .corrections import check_preceding
from .desk import Desk, NotOffered
from .document import Document, public
from .drafting import totals_of
from .errors import Refused
from .faults import Fault, FaultBook, Running
from .forms import (
    ClickForm,
    ContactForm,
    ContactPatch,
    EditForm,
    MisreportForm,
    OrganizationForm,
    PayForm,
    UnknownContact,
    UnknownDocument,
    WriteForm,
)
from .kinds import CREDIT_NOTE, DOWN_PAYMENT_INVOICE, INVOICE, Kind
from .office import Office
from .organizations import Organization, Webhook

Model = TypeVar("Model", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class NoSuchThing(Exception):
    """The path names an organisation, document or contact that is not here."""


class BadForm(Exception):
    """The body is not what this hook takes."""


def hook(endpoint: Endpoint) -> Endpoint:
    """Every refusal of a hook is JSON with one sentence in `error`."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except NoSuchThing as missing:
            return JSONResponse({"error": f"not here: {missing}"}, 404)
        except (UnknownContact, UnknownDocument) as missing:
            return JSONResponse({"error": f"this organisation has no {missing}"}, 404)
        except (NotOffered, organizations.NameTaken) as refused:
            return JSONResponse({"error": str(refused)}, 409)
        except (BadForm, ValueError) as bad:
            return JSONResponse({"error": str(bad)}, 400)
        except Refused as refused:
            answer = refused.answer(request.url.path)
            return Response(answer.body, answer.status, answer.headers)

    return answered


class Hooks:
    def __init__(self, office: Office, faults: FaultBook) -> None:
        self.office = office
        self.faults = faults

    def routes(self) -> list[Route]:
        organization = "/sandbox/organizations/{organization}"
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", "/sandbox/health", self.health),
            ("POST", "/sandbox/organizations", self.create_organization),
            ("GET", "/sandbox/organizations", self.list_organizations),
            ("GET", organization, self.get_organization),
            ("PATCH", organization, self.patch_organization),
            ("POST", f"{organization}/api-keys", self.add_key),
            ("DELETE", organization + "/api-keys/{key}", self.remove_key),
            ("POST", f"{organization}/revoke-connection", self.revoke_connection),
            ("PUT", f"{organization}/webhook", self.put_webhook),
            ("DELETE", f"{organization}/webhook", self.delete_webhook),
            ("POST", f"{organization}/contacts", self.write_contact),
            ("POST", f"{organization}/invoices", self.writer(INVOICE)),
            ("POST", f"{organization}/credit-notes", self.writer(CREDIT_NOTE)),
            ("GET", f"{organization}/documents", self.list_documents),
            ("GET", f"{organization}/calls", self.list_calls),
            ("DELETE", f"{organization}/calls", self.reset_calls),
            ("GET", f"{organization}/notifications", self.list_notifications),
            ("DELETE", f"{organization}/notifications", self.reset_notifications),
            ("POST", f"{organization}/faults", self.add_fault),
            ("GET", f"{organization}/faults", self.list_faults),
            ("DELETE", f"{organization}/faults", self.clear_faults),
            ("DELETE", organization + "/faults/{fault:int}", self.clear_faults),
            ("PUT", f"{organization}/notification-faults", self.put_notification_faults),
            ("DELETE", f"{organization}/notification-faults", self.clear_notification_faults),
            ("PATCH", "/sandbox/contacts/{contact}", self.patch_contact),
            ("GET", "/sandbox/documents/{document}", self.get_document),
            ("POST", "/sandbox/documents/{document}/{click}", self.click),
        ]
        return [Route(path, hook(endpoint), methods=[method]) for method, path, endpoint in table]

    async def health(self, request: Request) -> Response:
        pending = self.office.store.row("SELECT COUNT(*) AS n FROM deliveries WHERE status = 'pending'")
        assert pending is not None
        return JSONResponse({"status": "ok", "pendingNotifications": pending["n"]})

    # Accounts

    async def create_organization(self, request: Request) -> Response:
        form = await read(request, OrganizationForm)
        if form.name is None:
            raise BadForm("name is missing")
        organization, key, is_new = new_organization(self.office, form)
        return JSONResponse(
            {
                "organizationId": organization.organization_id,
                "apiKey": key,
                "connectionId": organization.connection_id,
            },
            201 if is_new else 200,
        )

    async def list_organizations(self, request: Request) -> Response:
        everyone = organizations.everyone(self.office.store)
        return JSONResponse({"content": [self._settings(organization) for organization in everyone]})

    async def get_organization(self, request: Request) -> Response:
        return JSONResponse(self._settings(known_organization(self.office, request)))

    async def patch_organization(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        form = await read(request, OrganizationForm)
        if form.api_key is not None:
            raise BadForm("a key is added by POST …/api-keys")
        changed = Organization.model_validate(organization.model_dump() | form.settings())
        organizations.save(self.office.store, changed)
        return JSONResponse(self._settings(changed))

    async def add_key(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        wanted = (await read(request, OrganizationForm)).api_key
        if wanted is not None and organizations.by_key(self.office.store, wanted) is not None:
            raise NotOffered("Diesen Schlüssel gibt es schon.")
        key = organizations.add_key(self.office.store, organization.organization_id, wanted)
        return JSONResponse({"apiKey": key}, 201)

    async def remove_key(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        key = request.path_params["key"]
        if not organizations.remove_key(self.office.store, organization.organization_id, key):
            raise NoSuchThing("this API key")
        return Response(status_code=204)

    async def revoke_connection(self, request: Request) -> Response:
        """The user takes the connection back: `token.revoked` with its id (§2.2); tokens of OAuth die with it."""
        organization = known_organization(self.office, request)
        living = grants.living(self.office.store, organization.organization_id)
        for connection in living or [organization.connection_id]:
            resource_event(self.office, organization, "token.revoked", connection, now())
            grants.end(self.office.store, connection, "revoked_by_user", by_user=True)
        return JSONResponse({"connectionId": (living or [organization.connection_id])[-1]})

    async def put_webhook(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        webhook = await read(request, Webhook)
        changed = organization.model_copy(update={"webhook": webhook})
        organizations.save(self.office.store, changed)
        return JSONResponse(self._settings(changed))

    async def delete_webhook(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        organizations.save(self.office.store, organization.model_copy(update={"webhook": None}))
        return Response(status_code=204)

    # What a person writes

    async def write_contact(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        form = await read(request, ContactForm)
        contact = contacts.add(self.office, organization, {**contacts.read(form.body()), **form.chapter_members()})
        return JSONResponse(contact, 201)

    async def patch_contact(self, request: Request) -> Response:
        found = contacts.anywhere(self.office.store, request.path_params["contact"])
        organization = organizations.by_id(self.office.store, found["organizationId"]) if found else None
        if found is None or organization is None:
            raise NoSuchThing("this contact")
        form = await read(request, ContactPatch)
        return JSONResponse(contacts.patch(self.office, organization, found, form.members()))

    def writer(self, kind: Kind) -> Endpoint:
        async def write(request: Request) -> Response:
            organization = known_organization(self.office, request)
            form = await read(request, WriteForm)
            return JSONResponse(full(write_by_form(self.office, organization, kind, form)), 201)

        return write

    async def get_document(self, request: Request) -> Response:
        return JSONResponse(full(self._document(request)))

    async def click(self, request: Request) -> Response:
        document = self._document(request)
        organization = organizations.by_id(self.office.store, document.organization_id)
        assert organization is not None
        name = request.path_params["click"]
        if name == "edit":
            edit = await read(request, EditForm)
            desk = Desk(self.office, organization, edit.force)
            return JSONResponse(full(desk.edit(document, edit.values(self.office.store, organization, document))))
        if name == "misreport":
            shown = (await read(request, MisreportForm)).values()
            return JSONResponse(full(documents.misreport(self.office, document, **shown)))
        if name in ("pay", "mark-paid"):
            form = await read(request, PayForm)
            return JSONResponse(full(pay_by_form(Desk(self.office, organization, form.force), document, name, form)))
        desk = Desk(self.office, organization, (await read(request, ClickForm)).force)
        if name == "delete":
            desk.delete(document)
            return JSONResponse({"deleted": document.id})
        clicks = {
            "finalize": desk.finalize,
            "unpay": desk.unpay,
            "void": desk.void,
            "cancel": desk.cancel,
            "reopen": desk.reopen,
        }
        if name not in clicks:
            raise NoSuchThing(f"the click {name!r}")
        return JSONResponse(full(clicks[name](document)))

    # For oracles

    async def list_documents(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        held = documents.of_organization(self.office.store, organization.organization_id)
        return JSONResponse({"content": [full(document) for document in held]})

    async def list_calls(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        return JSONResponse(calls.report(self.office.store, organization.organization_id))

    async def reset_calls(self, request: Request) -> Response:
        calls.reset(self.office.store, known_organization(self.office, request).organization_id)
        return Response(status_code=204)

    async def list_notifications(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        return JSONResponse({"content": deliveries.log(self.office.store, organization.organization_id)})

    async def reset_notifications(self, request: Request) -> Response:
        """Forget what is finished; what is still on its way stays."""
        deliveries.forget_finished(self.office.store, known_organization(self.office, request).organization_id)
        return Response(status_code=204)

    # Faults

    async def add_fault(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        running = self.faults.add(organization.organization_id, await read(request, Fault))
        return JSONResponse(_shown(running), 201)

    async def list_faults(self, request: Request) -> Response:
        organization = known_organization(self.office, request).organization_id
        disturbed = chaos.of(self.office.store, organization)
        return JSONResponse(
            {
                "faults": [_shown(running) for running in self.faults.of(organization)],
                "injected": self.faults.counts(organization),
                "notificationFaults": None if disturbed is None else disturbed.model_dump(by_alias=True),
            }
        )

    async def clear_faults(self, request: Request) -> Response:
        organization = known_organization(self.office, request).organization_id
        self.faults.clear(organization, request.path_params.get("fault"))
        return Response(status_code=204)

    async def put_notification_faults(self, request: Request) -> Response:
        organization = known_organization(self.office, request).organization_id
        disturbing = await read(request, chaos.NotificationFaults)
        chaos.put(self.office.store, organization, disturbing)
        return JSONResponse(disturbing.model_dump(by_alias=True))

    async def clear_notification_faults(self, request: Request) -> Response:
        chaos.put(self.office.store, known_organization(self.office, request).organization_id, None)
        return Response(status_code=204)

    def _document(self, request: Request) -> Document:
        found = documents.load(self.office.store, request.path_params["document"])
        if found is None:
            raise NoSuchThing("this document")
        return found

    def _settings(self, organization: Organization) -> dict[str, Any]:
        settings = organization.model_dump(mode="json", by_alias=True)
        settings["apiKeys"] = organizations.keys(self.office.store, organization.organization_id)
        return settings


def known_organization(office: Office, request: Request) -> Organization:
    """The account that the path names. Raises NoSuchThing."""
    found = organizations.by_id(office.store, request.path_params["organization"])
    if found is None:
        raise NoSuchThing("this organisation")
    return found


async def read(request: Request, model: type[Model]) -> Model:
    raw = await request.body()
    try:
        return model.model_validate(json.loads(raw or b"{}"))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors())
        raise BadForm(wrong) from error


def new_organization(office: Office, form: OrganizationForm) -> tuple[Organization, str, bool]:
    defaults = vars(office.defaults)
    patterns = {**defaults["number_patterns"], **(form.number_patterns or {})}
    organization = Organization.model_validate(
        {**defaults, **organizations.fresh_ids(), "created": now(), **form.settings(), "number_patterns": patterns}
    )
    return organizations.create(office.store, organization, form.api_key)


def write_by_form(office: Office, organization: Organization, kind: Kind, form: WriteForm) -> Document:
    if form.down_payment and kind is INVOICE:
        kind = DOWN_PAYMENT_INVOICE
    draft = form.draft(office.store, organization, kind)
    preceding = None
    if form.preceding_sales_voucher_id is not None:
        preceding = check_preceding(office.store, organization, kind, form.preceding_sales_voucher_id)
    extras = form.extras(office.store, organization, totals_of(draft).gross)
    return sales.write(office, organization, kind, draft, finalize=form.finalize, preceding=preceding, **extras)


def pay_by_form(desk: Desk, document: Document, click: str, form: PayForm) -> Document:
    return desk.pay(
        document,
        amount=None if click == "mark-paid" else form.amount,
        item_type="manualPayment" if click == "mark-paid" else form.item_type,
        reference=form.payment_reference,
        posting_date=form.date,
    )


def full(document: Document) -> dict[str, Any]:
    """Everything that is known of a document: the API's answer, and beside it what the API hides."""
    return {
        **public(document, chapter=True),
        "kind": document.kind_name,
        "openAmount": str(document.open_amount),
        "precedingSalesVoucherId": document.preceding,
        "settledDate": wire(document.settled_at) if document.settled_at else None,
        "payments": [
            {
                "itemType": payment.type,
                "amount": str(payment.amount),
                "date": wire(payment.posting_date),
                "paymentReference": payment.reference,
                "creditNoteId": payment.source,
            }
            for payment in document.payments
        ],
    }


def _shown(running: Running) -> dict[str, Any]:
    return {
        "id": running.id,
        "injected": running.injected,
        **running.fault.model_dump(by_alias=True, exclude_none=True),
    }
