"""Admin → Prüfpfad: who did what, when, from where, before and after."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.pages.frame import actor_names
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import IN_A_FILE, PAGE_LENGTH, Asked, csv_answer, in_batches
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import audit_words
from ledger.audit import audit, audit_chain
from ledger.audit.audit import AuditEntry, AuditFilter
from ledger.roles import Permission
from ledger.types import midnight

PAGE = "/admin/pruefpfad"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Auditor = Annotated[Visit, may(Permission.AUDIT)]
_FILTERS = ("wer", "was", "art", "kennung", "von", "bis")
_LARGEST = 2**63 - 1


@router.get(PAGE)
async def audit_page(visit: Auditor) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    wanted = _wanted(asked)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, following = await audit.list_entries(tx, wanted, after=_cursor(asked.cursor), limit=PAGE_LENGTH)
        name = await actor_names.names(tx)
        actors = await audit.known(tx, "actor")
        actions = await audit.known(tx, "action")
        subjects = await audit.known(tx, "subject")
        head = await audit_chain.head(tx)
    return visit.page(
        "audit_trail.html",
        asked=asked,
        entries=[] if asked.wrong else found,
        first=asked.first,
        following=asked.following(None if asked.wrong else following),
        actors=sorted(((actor, name(actor)) for actor in actors), key=lambda pair: pair[1].lower()),
        actions=sorted(((one, audit_words.action(one)) for one in actions), key=lambda pair: pair[1].lower()),
        subjects=sorted(((one, audit_words.subject(one)) for one in subjects), key=lambda pair: pair[1].lower()),
        head=head,
        name=name,
        words=audit_words,
        sees_personal=_sees_personal(visit),
    )


@router.get(f"{PAGE}.csv")
async def audit_file(visit: Auditor) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    wanted = _wanted(asked)
    if asked.refused:
        raise asked.refused
    sees_personal = _sees_personal(visit)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        name = await actor_names.names(tx)
    header = [
        _(text)
        for text in (
            N_("Nr."), N_("Zeitpunkt"), N_("Wer"), N_("Kennung der Person"), N_("Was"), N_("Aktion"), N_("Art"),
            N_("Kennung"), N_("Einzelheiten"), N_("Herkunft"), N_("Personenbezogen"),
        )
    ]  # fmt: skip

    async def batch(position: int | None) -> tuple[list[Sequence[Any]], int | None]:
        async with visit.doors.files.transaction(visit.tenant) as tx:
            found, following = await audit.list_entries(tx, wanted, after=position, limit=IN_A_FILE)
        return [_line(entry, name(entry.actor), sees_personal) for entry in found], following

    return csv_answer("pruefpfad", header, in_batches(batch))


def _wanted(asked: Asked) -> AuditFilter:
    first, after = asked.first_day("von"), asked.day_after("bis")
    return AuditFilter(
        actor=asked.text("wer"),
        action=asked.text("was"),
        subject=asked.text("art"),
        subject_id=asked.text("kennung"),
        since=None if first is None else midnight(first),
        before=None if after is None else midnight(after),
    )


def _cursor(written: str) -> int | None:
    """None for what is no cursor: the list then begins at its beginning."""
    if not (written.isascii() and written.isdecimal() and len(written) <= 19):
        return None
    return min(int(written), _LARGEST)


def _sees_personal(visit: Visit) -> bool:
    """Operators without a role here see the trail, and not what lies beside it."""
    return visit.person.role is not None


def _line(entry: AuditEntry, name: str, sees_personal: bool) -> Sequence[Any]:
    return (
        entry.number,
        entry.at,
        name,
        entry.actor,
        audit_words.action(entry.action),
        entry.action,
        audit_words.subject(entry.subject),
        entry.subject_id,
        _told(entry.detail),
        entry.origin,
        _told(entry.personal) if sees_personal else None,
    )


def _told(facts: dict[str, Any] | None) -> str:
    return "; ".join(
        f"{line.field}: {line.after}" if line.before is None else f"{line.field}: {line.before} → {line.after}"
        for line in audit_words.lines(facts)
    )
