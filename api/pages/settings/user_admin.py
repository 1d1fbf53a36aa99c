"""Admin → Benutzer: who works in this tenant, and as what."""

from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.frame.words import ROLES
from ledger.access import api_keys, memberships, users
from ledger.access.api_keys import ApiKey
from ledger.access.memberships import Member
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.roles import Permission, Role
from ledger.types import UserId

PAGE = "/admin/benutzer"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)


class KeysOf(NamedTuple):
    """What is asked before somebody gets a new link: which keys of this person are kept."""

    member: Member
    keys: list[ApiKey]
    second_factor: bool


UserAdmin = Annotated[Visit, may(Permission.USERS, page=PAGE)]


@router.get("")
async def users_page(visit: UserAdmin) -> Response:
    return await _listed(visit)


@router.post("")
async def invite(visit: UserAdmin) -> Response:
    """Somebody new gets a link, shown once. Whom another tenant may let in, only the operator lets in here, too."""
    doors, person, tenant = visit.doors, visit.person, visit.tenant
    try:
        role = _role(visit)
        user, _ = await users.add(doors.ledger, visit.field("email"), name=visit.field("name"))
        async with doors.ledger.transaction(tenant, person=person.user_id) as tx:
            await memberships.refuse_people_of_others(tx, user)
            await memberships.add(tx, user, role, by=person.user_id, actor=person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _listed(visit, wrong=said(refused))
    if await users.has_password(doors.ledger, user):
        return await _listed(visit, message=N_("Diese Person hat bereits ein Konto und kann sich damit anmelden."))
    return await _listed(visit, link=await _link(visit, user, "invite"))


@router.post("/{user}/rolle")
async def change_role(user: UUID, visit: UserAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await memberships.change_role(tx, UserId(user), _role(visit), by=visit.person.user_id, actor=visit.person.actor)
    return _back(visit)


@router.post("/{user}/sperren")
async def disable(user: UUID, visit: UserAdmin) -> Response:
    return await _set_disabled(visit, UserId(user), disabled=True)


@router.post("/{user}/entsperren")
async def enable(user: UUID, visit: UserAdmin) -> Response:
    return await _set_disabled(visit, UserId(user), disabled=False)


@router.post("/{user}/abmelden")
async def log_out_everywhere(user: UUID, visit: UserAdmin) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await memberships.log_out_everywhere(tx, UserId(user), actor=visit.person.actor)
    return _back(visit)


@router.post("/{user}/link")
async def new_link(user: UUID, visit: UserAdmin) -> Response:
    """A way in for somebody who lost the password. With it the second factor starts anew, too.

    Keys of this person are shown first, and end unless somebody keeps them.
    """
    doors, tenant = visit.doors, visit.tenant
    async with doors.ledger.transaction(tenant, person=visit.person.user_id) as tx:
        member = await memberships.get(tx, UserId(user))
        if not await memberships.may_give_access(tx, member.user_id) or not member.is_active:
            raise NotAllowedNow("not_only_here")
        keys = await api_keys.list_made_by(tx, member.user_id)
        if keys and not visit.field("keys_seen"):
            return await _listed(visit, about_keys=KeysOf(member, keys, bool(visit.field("second_factor"))))
        kept = [key.id for key in keys if visit.field(f"keep_{key.id}")]
        await api_keys.revoke_made_by(tx, member.user_id, keep=kept, actor=visit.person.actor)
        await users.note(
            tx,
            member.user_id,
            "member.link_made",
            actor=visit.person.actor,
            second_factor_removed=bool(visit.field("second_factor")),
        )
    doors.api_keys.forget()
    if visit.field("second_factor"):
        await users.remove_second_factor(doors.ledger, member.user_id)
    return await _listed(visit, link=await _link(visit, member.user_id, "reset"))


async def _set_disabled(visit: Visit, user: UserId, *, disabled: bool) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        await memberships.set_disabled(tx, user, disabled=disabled, by=visit.person.user_id, actor=visit.person.actor)
    # Keys that this person made are recognised from memory for up to 30 s; here at least they end at once.
    visit.doors.api_keys.forget()
    return _back(visit)


async def _link(visit: Visit, user: UserId, purpose: str) -> str:
    doors = visit.doors
    token = await users.make_link(doors.ledger, doors.vault, user, purpose=purpose, actor=visit.person.actor)
    await doors.announcer.mails_to(user)
    return f"{doors.settings.public_url}/reset/{token.get_secret_value()}"


async def _listed(
    visit: Visit,
    *,
    wrong: str | None = None,
    message: str | None = None,
    link: str | None = None,
    about_keys: KeysOf | None = None,
) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        members = await memberships.list_members(tx)
    return visit.page(
        "users.html",
        status=422 if wrong else 200,
        members=members,
        roles=ROLES,
        wrong=wrong,
        message=message,
        link=link,
        about_keys=about_keys,
        minutes=users.LINK_MINUTES,
    )


def _role(visit: Visit) -> Role:
    try:
        return Role(visit.field("role"))
    except ValueError:
        raise NotAcceptable("unknown_role") from None


def _back(visit: Visit) -> Response:
    visit.doors.api_keys.forget()
    return RedirectResponse(PAGE, status_code=303)
