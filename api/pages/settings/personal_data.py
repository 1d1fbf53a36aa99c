"""Admin → Datenschutz: copies and erasure of a person's data, and how long each kind of record is kept."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import personal_data
from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger import clock
from ledger.database import TenantTransaction
from ledger.privacy import customer_erasure, erasures, exports, partner_erasure, retention
from ledger.programme import partners
from ledger.programme.partners import Partner
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, Refused
from ledger.roles import Permission
from ledger.sales import customers
from ledger.types import CustomerId

PAGE = "/admin/datenschutz"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Admin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]
KINDS = {
    "ignored_events": N_("Inhalt von Ereignissen, die nichts bewirkt haben"),
    "event_bodies": N_("Inhalt aller anderen Ereignisse"),
    "customers": N_("Kunden ohne Verkauf, seit dem letzten"),
    "unused_accounts": N_("Bankverbindungen, auf die nie gezahlt wurde"),
    "webhooks": N_("Ausgehende Webhooks und was auf sie geantwortet wurde"),
    "api_requests": N_("Anfragen an die API"),
    "trail": N_("Personenbezogene Angaben neben dem Prüfpfad"),
    "document_copies": N_("Abbilder von Rechnungen und Gutschriften"),
}


@router.get("")
async def privacy_page(visit: Admin) -> Response:
    return await _shown(visit)


@router.post("")
async def change_retention(visit: Admin) -> Response:
    try:
        wanted = {kind: _days(visit.field(kind)) for kind in retention.RULES if visit.field(kind)}
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await retention.choose(tx, wanted, by=visit.person.actor)
    except NotAcceptable as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


@router.get("/partner/{code}")
async def partner_page(code: str, visit: Admin) -> Response:
    return await _of_partner(visit, code)


@router.get("/partner/{code}/auskunft")
async def export_partner(code: str, visit: Admin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        return personal_data.file_of(await exports.of_partner(tx, (await _partner(tx, code)).id))


@router.post("/partner/{code}/loeschen")
async def erase_partner(code: str, visit: Admin) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            partner = await _partner(tx, code)
            _require_confirmed(visit, partner.code)
            done = await partner_erasure.erase(
                tx, partner.id, by=visit.person.actor, reason=visit.field("grund")[:500], today=_today()
            )
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _of_partner(visit, code, wrong=refused)
    return visit.page("personal_data_erased.html", done=personal_data.told(done), ends=done.kept)


@router.get("/kunde/{customer}")
async def customer_page(customer: UUID, visit: Admin) -> Response:
    return await _of_customer(visit, CustomerId(customer))


@router.get("/kunde/{customer}/auskunft")
async def export_customer(customer: UUID, visit: Admin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        return personal_data.file_of(await exports.of_customer(tx, CustomerId(customer)))


@router.post("/kunde/{customer}/loeschen")
async def erase_customer(customer: UUID, visit: Admin) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await customers.get(tx, CustomerId(customer))
            _require_confirmed(visit, str(customer))
            done = await customer_erasure.erase(
                tx, CustomerId(customer), by=visit.person.actor, reason=visit.field("grund")[:500], today=_today()
            )
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _of_customer(visit, CustomerId(customer), wrong=refused)
    return visit.page("personal_data_erased.html", done=personal_data.told(done), ends=done.kept)


async def _shown(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        rules = await retention.in_force(tx)
        past = await erasures.list_past(tx)
        name_of = await names(tx)
    return visit.page(
        "personal_data.html",
        status=422 if wrong else 200,
        wrong=wrong,
        message=N_("Gespeichert.") if visit.request.query_params.get("hinweis") == "gespeichert" else None,
        rules=rules,
        kinds=KINDS,
        typed=visit.form if wrong else {},
        past=past,
        name_of=name_of,
    )


async def _of_partner(visit: Visit, code: str, *, wrong: Refused | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        partner = await _partner(tx, code)
    return _of_person(visit, f"partner/{partner.code}", partner.code, partner.name, wrong)


async def _of_customer(visit: Visit, customer_id: CustomerId, *, wrong: Refused | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        customer = await customers.get(tx, customer_id)
    called = customer.name or customer.email or customer.external_id or "–"
    return _of_person(visit, f"kunde/{customer_id}", str(customer_id), called, wrong)


def _of_person(visit: Visit, path: str, confirm: str, called: str, wrong: Refused | None) -> Response:
    return visit.page(
        "personal_data_of.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        base=f"{PAGE}/{path}",
        confirm=confirm,
        called=called,
        typed=visit.form if wrong else {},
    )


async def _partner(tx: TenantTransaction, code: str) -> Partner:
    found = await partners.find_by_code(tx, code[:64])
    if found is None:
        raise NotFound("partner_not_found")
    return found


def _require_confirmed(visit: Visit, named: str) -> None:
    if visit.field("bestaetigung").upper() != named.upper():
        raise NotAcceptable("erasure_not_confirmed")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise NotAcceptable("days_not_acceptable")
    return int(text)


def _today() -> date:
    return clock.today()
