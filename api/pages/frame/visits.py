"""Who visits a page, what was proved, and what that allows.

A page asks for what it needs by its type: `Visiting` for anybody, `LoggedIn`, or `Annotated[Visit, may(…)]`. Every form
that changes something is checked for its session's token here, before the page sees it.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import structlog
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.http.parts import Doors, Parts
from api.http.problems import Problem
from api.pages.frame.rendering import FRAME, RESUMED, GoTo, rendered
from ledger.access import held_forms, passwords, sessions
from ledger.access.sessions import Person
from ledger.roles import DANGEROUS, Permission
from ledger.types import Tenant

_LOCAL = re.compile(r"/admin(/[A-Za-z0-9_.-]+)*(\?[A-Za-z0-9_=&.%+-]*)?")
SECOND_FACTOR = "/second-factor"
HELD = "fortsetzen"
"""The field that takes out the form that a session holds (ledger/access/held_forms.py)."""
PATHS_OF_FILES = ("/admin/kontoauszuege", "/admin/uebernahme")
"""Pages whose form carries files: the only ones that take them."""
_MOST_FILES = 50
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class SentFile(NamedTuple):
    """A file as a browser sent it; what it is called is the sender's word."""

    name: str
    content: bytes


class Visit:
    """One request of a browser."""

    def __init__(self, request: Request, doors: Parts, person: Person | None, secret: str, *, is_known: bool) -> None:
        self.request = request
        self.doors = doors
        self.form: Mapping[str, str] = {}
        self.files: Sequence[SentFile] = ()
        self._person = person
        self._secret = secret
        self._is_known = is_known

    @property
    def anybody(self) -> Person | None:
        return self._person

    @property
    def person(self) -> Person:
        """On pages that ask for one."""
        assert self._person is not None
        return self._person

    @property
    def tenant(self) -> Tenant:
        """On pages of a tenant."""
        assert self.person.tenant is not None
        return self.person.tenant

    @property
    def address(self) -> str:
        return str(self.request.scope["state"]["address"])

    @property
    def csrf(self) -> str:
        """Known to this browser's pages only; bound to its session, or, before one, to a cookie of its own."""
        return self.doors.vault.recognise(f"form:{self._secret}").hex()

    def is_own_form(self, token: str) -> bool:
        known = self.doors.vault.recognise_under_all_keys(f"form:{self._secret}")
        return self._is_known and any(passwords.same(token, one.hex()) for one in known)

    @property
    def frame(self) -> dict[str, Any]:
        """What the frame of every page shows: who is there, where, and what to go back to in the other language."""
        here = _here(self)
        back = here if self.request.method == "GET" else "/p" if here.startswith("/p/") else "/admin"
        return {"person": self._person, "csrf": self.csrf, "here": here, "back": back}

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        answer = rendered(template, status=status, **(self.frame | context))
        if not self._is_known:
            self._set(answer, self._form_cookie, self._secret)
        return answer

    def field(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def onward(self, fallback: str = "/admin") -> str:
        """Where to go after this: an address of ours that was asked for, and no other."""
        wanted = self.form.get("weiter") or self.request.query_params.get("weiter") or ""
        return wanted if _LOCAL.fullmatch(wanted) else fallback

    def begin(self, token: str, address: str, *, by_post: bool = False) -> Response:
        """Go on with a session of this token. `by_post`: the browser sends the form that came here once more."""
        answer = RedirectResponse(address, status_code=307 if by_post else 303)
        self._set(answer, session_cookie(self.doors), token)
        return answer

    def leave(self, address: str) -> Response:
        answer = RedirectResponse(address, status_code=303)
        answer.delete_cookie(
            session_cookie(self.doors), path="/", secure=self.doors.settings.https, httponly=True, samesite="lax"
        )
        return answer

    @property
    def _form_cookie(self) -> str:
        return _cookie(self.doors, "partnerdesk-form")

    def _set(self, answer: Response, name: str, value: str) -> None:
        # Without an age: the browser forgets it when it is closed; the ledger ends the session anyway.
        answer.set_cookie(name, value, path="/", secure=self.doors.settings.https, httponly=True, samesite="lax")


async def _visit(request: Request, doors: Doors) -> Visit:
    token = request.cookies.get(session_cookie(doors))
    person = None if not token else await sessions.recognise(doors.ledger, doors.vault, token)
    if person is not None:
        structlog.contextvars.bind_contextvars(person=str(person.user_id))
        if person.tenant is not None:
            structlog.contextvars.bind_contextvars(tenant=person.tenant.slug)
    form_secret = request.cookies.get(_cookie(doors, "partnerdesk-form"))
    known = token if person is not None else form_secret
    visit = Visit(request, doors, person, known or secrets.token_urlsafe(32), is_known=known is not None)
    if person is not None:
        # An error repeats no address: what is not there and what is somebody else's must look the same.
        request.scope["state"][FRAME] = visit.frame | {"back": "/admin"}
    if request.method in _CHANGES:
        visit.form = await _own_form(visit)
    return visit


async def _own_form(visit: Visit) -> dict[str, str]:
    if visit.request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise _foreign_form()
    kind = visit.request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data") and visit.request.url.path in PATHS_OF_FILES:
        return await _own_form_with_files(visit)
    if not kind.startswith("application/x-www-form-urlencoded"):
        raise Problem(415, "no_form")
    sent = await visit.request.form(max_fields=300)
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    if (held := await _held_form(visit, form.get(HELD, ""))) is not None:
        return held
    if not visit.is_own_form(form.pop("csrf", "")):
        raise _foreign_form()
    return form


async def _own_form_with_files(visit: Visit) -> dict[str, str]:
    """Nothing of it is taken apart for somebody who is not logged in: that costs more than to send it."""
    if visit.anybody is None:
        raise GoTo(_after("/login", _here(visit)))
    try:
        sent = await visit.request.form(max_files=_MOST_FILES, max_fields=20)
    except HTTPException:
        raise Problem(422, "files_unreadable", {"most": _MOST_FILES}) from None
    try:
        form = {name: value for name, value in sent.items() if isinstance(value, str)}
        if not visit.is_own_form(form.pop("csrf", "")):
            raise _foreign_form()
        # A field for files that was left empty is sent as a file without a name.
        visit.files = [
            SentFile(value.filename, await value.read())
            for _, value in sent.multi_items()
            if isinstance(value, UploadFile) and value.filename
        ]
    finally:
        await sent.close()
    return form


async def _held_form(visit: Visit, token: str) -> dict[str, str] | None:
    """What the second factor was asked for. Its token stands for the form's: it was checked when the form was held."""
    if not token or visit.anybody is None or visit.request.url.path == SECOND_FACTOR:
        return None
    doors = visit.doors
    held = await held_forms.take(doors.ledger, doors.vault, visit.anybody, token[:100], address=_here(visit))
    if held is None:
        raise Problem(409, "held_form_over")
    visit.request.scope["state"][RESUMED] = True
    return held.fields


def _foreign_form() -> Problem:
    return Problem(403, "foreign_form")


Visiting = Annotated[Visit, Depends(_visit)]


async def _logged_in(visit: Visiting) -> Visit:
    """Somebody with a password proved; the second factor may be owed."""
    if visit.anybody is None:
        raise GoTo(_after("/login", _here(visit)))
    return visit


LoggedIn = Annotated[Visit, Depends(_logged_in)]


async def _proved(visit: LoggedIn) -> Visit:
    """Somebody who has shown all that the role asks for."""
    if visit.person.owes_second_factor:
        raise GoTo(_after(SECOND_FACTOR, _here(visit)))
    return visit


Proved = Annotated[Visit, Depends(_proved)]


def may(permission: Permission, *others: Permission, page: str = "/admin") -> Any:
    """For people who have this permission, or one of the others, in the tenant that they entered; dangerous ones with a
    fresh second factor.

    `page` is where somebody goes on whose form came too late for that.
    """

    async def allowed(visit: Proved) -> Visit:
        if visit.person.tenant is None and permission is not Permission.TENANTS:
            raise GoTo("/admin/mandant")
        if not any(visit.person.may(one) for one in (permission, *others)):
            raise Problem(403, "not_allowed")
        if permission in DANGEROUS:
            await require_fresh(visit, page=page)
        return visit

    return Depends(allowed)


async def require_fresh(visit: Visit, *, page: str = "/admin") -> None:
    """Where only some acts of a page are dangerous: an approval above the limit. Raises GoTo.

    A form that was sent is held: after the code it goes on (account/login.py).
    """
    if visit.person.is_fresh:
        return
    if visit.request.method == "GET":
        raise GoTo(_after(SECOND_FACTOR, _here(visit)))
    here = _here(visit)
    if not _LOCAL.fullmatch(here):
        raise GoTo(_after(SECOND_FACTOR, page))
    held = await held_forms.hold(visit.doors.ledger, visit.doors.vault, visit.person, here, dict(visit.form))
    raise GoTo(f"{SECOND_FACTOR}?{urlencode({'weiter': page, HELD: held.get_secret_value()})}")


def _here(visit: Visit) -> str:
    url = visit.request.url
    return f"{url.path}?{url.query}" if url.query else url.path


def _after(address: str, then: str) -> str:
    return f"{address}?{urlencode({'weiter': then})}" if _LOCAL.fullmatch(then) else address


def session_cookie(doors: Parts) -> str:
    return _cookie(doors, "partnerdesk")


def _cookie(doors: Parts, name: str) -> str:
    # __Host-: Secure, from this host and for it alone. Browsers take it over https only.
    return f"__Host-{name}" if doors.settings.https else name
