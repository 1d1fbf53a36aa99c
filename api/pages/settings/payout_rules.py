"""Admin → Abrechnungsregeln: when commissions are paid out, how claw-backs are netted, which agreement counts."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.languages import cents_of
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.access import tenants
from ledger.access.tenants import TenantProfile
from ledger.refusals import NotAcceptable
from ledger.roles import Permission
from ledger.types import PaidBy, WithoutBankDetails

PAGE = "/admin/abrechnungsregeln"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]


@router.get("")
async def rules_page(visit: SettingsAdmin) -> Response:
    return await _shown(visit)


@router.post("")
async def change_rules(visit: SettingsAdmin) -> Response:
    try:
        changes = _read(visit)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            profile = await tenants.get_profile(tx)
            if changes["replacement_window"].days == profile.replacement_window.days:
                # The form shows whole days; what was set in hours stays unless another day is typed.
                del changes["replacement_window"]
            await tenants.change(tx, changes, actor=visit.person.actor)
    except NotAcceptable as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(PAGE, status_code=303)


async def _shown(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        profile = await tenants.get_profile(tx)
    return visit.page(
        "payout_rules.html",
        status=422 if wrong else 200,
        wrong=wrong,
        typed=_written(profile) | ({name: visit.form.get(name, "") for name in _NAMES} if wrong else {}),
    )


_NAMES = (
    "stornofrist",
    "mindestbetrag",
    "prozent",
    "hoechstens",
    "ersatzfrist",
    "ohne-konto",
    "handelsvertreter",
    "bezahlt-laut",
    "fassung",
)


def _written(profile: TenantProfile) -> dict[str, str]:
    most = profile.clawback_limit_cents
    return {
        "stornofrist": str(profile.hold_days),
        "mindestbetrag": _euros(profile.minimum_payout_cents),
        "prozent": str(profile.clawback_limit_percent),
        "hoechstens": "" if most is None else _euros(most),
        "ersatzfrist": str(profile.replacement_window.days),
        "ohne-konto": profile.without_bank_details,
        "handelsvertreter": "yes" if profile.commercial_agents else "no",
        "bezahlt-laut": profile.paid_by,
        "fassung": profile.agreement_version or "",
    }


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _read(visit: Visit) -> dict[str, Any]:
    """The rules that a form describes, by column. Raises NotAcceptable."""
    version, most = visit.field("fassung").strip(), visit.field("hoechstens").strip()
    if len(version) > 100:
        raise NotAcceptable("agreement_version")
    minimum, limit = cents_of(visit.field("mindestbetrag")), cents_of(most) if most else None
    if minimum < 0 or (limit is not None and limit <= 0):
        raise NotAcceptable("amount_not_acceptable")
    return {
        "hold_days": _days(visit, "stornofrist", 0, 365, "hold_not_acceptable"),
        "minimum_payout_cents": minimum,
        "clawback_limit_percent": _days(visit, "prozent", 1, 100, "clawback_limit_not_acceptable"),
        "clawback_limit_cents": limit,
        "replacement_window": timedelta(days=_days(visit, "ersatzfrist", 0, 30, "replacement_window_not_acceptable")),
        "without_bank_details": _rule(visit.field("ohne-konto")),
        "commercial_agents": visit.field("handelsvertreter") != "no",
        "paid_by": _paid_by(visit.field("bezahlt-laut") or PaidBy.LEXOFFICE),
        "agreement_version": version or None,
    }


def _rule(text: str) -> WithoutBankDetails:
    try:
        return WithoutBankDetails(text)
    except ValueError:
        raise NotAcceptable("value_not_acceptable") from None


def _paid_by(text: str) -> PaidBy:
    try:
        return PaidBy(text)
    except ValueError:
        raise NotAcceptable("value_not_acceptable") from None


def _days(visit: Visit, name: str, least: int, most: int, code: str) -> int:
    text = visit.field(name).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= most):
        raise NotAcceptable(code)
    return int(text)
