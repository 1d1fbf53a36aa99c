"""Admin → Buchung der Belege: what vouchers of own documents are booked to, and what was seen about § 13b."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import posting_categories
from api.http.language import said
from api.pages.frame import actor_names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.database import TenantTransaction
from ledger.documents.own import posting, posting_rules
from ledger.documents.own.posting import PostingCase
from ledger.refusals import NotAcceptable, Refused
from ledger.roles import Permission

PAGE = "/admin/buchung"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]

_CASES = {
    PostingCase.REGULAR: N_("Partner mit Umsatzsteuer"),
    PostingCase.UNTAXED: N_("Kleinunternehmer und Privatpersonen"),
    PostingCase.REVERSE_CHARGE_EU: N_("§ 13b: Unternehmen in der EU"),
    PostingCase.REVERSE_CHARGE_THIRD_COUNTRY: N_("§ 13b: Unternehmen in Drittländern"),
}
_HINTS = {
    "geholt": N_("Die Liste wird aus der Buchhaltung geholt. Das dauert einige Sekunden."),
    "gespeichert": N_("Gespeichert."),
}


@router.get("")
async def posting_page(visit: SettingsAdmin) -> Response:
    return await _shown(visit, message=_HINTS.get(visit.request.query_params.get("hinweis", "")))


@router.post("/liste")
async def read_list(visit: SettingsAdmin) -> Response:
    async def wanted(tx: TenantTransaction) -> None:
        await posting.want_list(tx)

    answer = await _act(visit, wanted, "geholt")
    await visit.doors.announcer.sweep(visit.tenant)
    return answer


@router.post("/{posting_case}/kategorie")
async def choose(posting_case: PostingCase, visit: SettingsAdmin) -> Response:
    async def chosen(tx: TenantTransaction) -> None:
        try:
            category = UUID(visit.field("kategorie"))
        except ValueError:
            raise NotAcceptable("category_unknown") from None
        await posting_categories.choose(tx, posting_case, category, by=visit.person.actor)

    return await _act(visit, chosen, "gespeichert")


@router.post("/{posting_case}/bestaetigung")
async def confirm(posting_case: PostingCase, visit: SettingsAdmin) -> Response:
    async def confirmed(tx: TenantTransaction) -> None:
        number, shown = visit.field("beleg"), visit.field("voranmeldung")
        await posting_categories.confirm(tx, posting_case, voucher_number=number, shown=shown, by=visit.person.actor)

    return await _act(visit, confirmed, "gespeichert")


@router.post("/{posting_case}/zuruecknehmen")
async def withdraw(posting_case: PostingCase, visit: SettingsAdmin) -> Response:
    async def withdrawn(tx: TenantTransaction) -> None:
        await posting_rules.withdraw(tx, posting_case, by=visit.person.actor)

    return await _act(visit, withdrawn, "gespeichert")


async def _act(visit: Visit, act: Callable[[TenantTransaction], Awaitable[None]], hint: str) -> Response:
    """A refusal is said on the page itself."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await act(tx)
    except Refused as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}?hinweis={hint}", status_code=303)


async def _shown(visit: Visit, *, message: str | None = None, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await posting_categories.show(tx)
        name_of = await actor_names.names(tx)
    return visit.page(
        "posting.html",
        status=422 if wrong else 200,
        message=message,
        wrong=wrong,
        cases=found.cases,
        titles=_CASES,
        listed=found.listed,
        groups=_groups(found.listed.outgo),
        name_of=name_of,
    )


def _groups(categories: list[posting.Category]) -> dict[str, list[posting.Category]]:
    groups: dict[str, list[posting.Category]] = {}
    for one in categories:
        groups.setdefault(one.group_name or "", []).append(one)
    return groups
