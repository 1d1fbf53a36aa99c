"""Admin → Freigaberegeln: the four-eyes limit, one approver alone, and the quarantine of new accounts."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.access import memberships, tenants
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.roles import Permission

PAGE = "/admin/freigaberegeln"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]
_EUROS = re.compile(r"(\d{1,3}(?:\.?\d{3}){0,3})(?:,(\d{2}))?", re.ASCII)


@router.get("")
async def rules_page(visit: SettingsAdmin) -> Response:
    return await _shown(visit)


@router.post("")
async def change_rules(visit: SettingsAdmin) -> Response:
    tenant, person = visit.tenant, visit.person
    try:
        changes = _read(visit)
        async with visit.doors.ledger.transaction(tenant, person=person.user_id) as tx:
            if changes["single_approver"] and await memberships.approvers(tx) > 1:
                raise NotAllowedNow("several_approvers")
            profile = await tenants.get_profile(tx)
            if changes["bank_quarantine"].days == profile.bank_quarantine.days:
                # The form shows whole days; what was set in hours stays unless another day is typed.
                del changes["bank_quarantine"]
            await tenants.change(tx, changes, actor=person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(PAGE, status_code=303)


async def _shown(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        profile = await tenants.get_profile(tx)
        approvers = await memberships.approvers(tx)
    limit = f"{Decimal(profile.four_eyes_limit_cents) / 100:.2f}".replace(".", ",")
    return visit.page(
        "approval_rules.html",
        status=422 if wrong else 200,
        wrong=wrong,
        limit=visit.form.get("limit", limit),
        days=visit.form.get("days", str(profile.bank_quarantine.days)),
        single_approver=profile.single_approver,
        approvers=approvers,
    )


def _read(visit: Visit) -> dict[str, Any]:
    euros, days = _EUROS.fullmatch(visit.field("limit")), visit.field("days")
    if euros is None:
        raise NotAcceptable("limit_not_acceptable")
    if not (days.isascii() and days.isdigit() and len(days) < 3 and int(days) <= 90):
        raise NotAcceptable("quarantine_not_acceptable")
    return {
        "four_eyes_limit_cents": int(euros[1].replace(".", "")) * 100 + int(euros[2] or 0),
        "bank_quarantine": timedelta(days=int(days)),
        "single_approver": bool(visit.field("single_approver")),
    }
