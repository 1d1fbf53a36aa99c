"""Admin → Übernahme: files of partners, balances, customers and sales, how their columns are read, what they would do,
and a second person's word on bank details and balances that came with them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from api.actions import taking_over
from api.actions.rechecks import announce_rechecks
from api.actions.taking_over import Room
from api.http.files import CSV, attachment
from api.http.language import in_words, language, said
from api.pages.frame import actor_names
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.words import import_words
from ledger.imports import confirming, files
from ledger.imports.columns import Kind
from ledger.imports.confirming import Decision
from ledger.imports.files import Brought
from ledger.imports.rows import Mapping, RowProblem
from ledger.imports.taking_over import MOST_AT_ONCE, Wish
from ledger.refusals import NotAcceptable, NotAllowedNow, Refused, require_reason
from ledger.roles import Permission

PAGE = "/admin/uebernahme"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Viewer = Annotated[Visit, may(Permission.WRITE, Permission.CONFIRM_BANK, page=PAGE)]
Writer = Annotated[Visit, may(Permission.WRITE, page=PAGE)]
SecondPerson = Annotated[Visit, may(Permission.CONFIRM_BANK, page=PAGE)]
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]

_HINTS = {
    "uebernommen": N_("Die Datei ist übernommen."),
    "verworfen": N_("Die Datei ist verworfen."),
    "bestaetigt": N_("Bestätigt."),
    "abgelehnt": N_("Abgelehnt."),
}


@router.get("")
async def imports_page(visit: Viewer) -> Response:
    return await _list(visit)


@router.post("")
async def bring(visit: Writer) -> Response:
    """Each file is looked at and kept; nothing is taken over yet."""
    if not visit.files:
        return await _list(visit, wrong=N_("Bitte wählen Sie mindestens eine Datei."))
    kind = Kind(visit.field("art")) if visit.field("art") in list(Kind) else None
    brought = []
    for one in visit.files:
        try:
            told = Brought(name=one.name, content=one.content, kind=kind, by=visit.person.actor)
            brought.append(await taking_over.bring(_room(visit), told))
        except NotAcceptable as refused:
            return await _list(visit, wrong=f"{one.name}: {said(refused)}")
    return RedirectResponse(f"{PAGE}/{brought[0].id}" if len(brought) == 1 else PAGE, status_code=303)


@router.get("/{import_id}")
async def import_page(import_id: UUID, visit: Viewer) -> Response:
    return await _shown(visit, import_id)


@router.post("/{import_id}/spalten")
async def choose_columns(import_id: UUID, visit: Writer) -> Response:
    """Which column is what, kept for the next file with these headings."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            found = await files.get(tx, import_id)
            await files.choose_columns(tx, import_id, _mapping(visit, len(found.header)), by=visit.person.actor)
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, import_id, wrong=refused)
    return RedirectResponse(f"{PAGE}/{import_id}", status_code=303)


@router.post("/{import_id}/uebernehmen")
async def take_over(import_id: UUID, visit: Writer) -> Response:
    """Bank details need the right to record them, and a fresh second factor."""
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await files.get(tx, import_id)
    may_bank = visit.person.may(Permission.BANK) and "iban" in found.mapping.columns
    if may_bank:
        await require_fresh(visit, page=f"{PAGE}/{import_id}")
    wish = Wish(
        by=visit.person.actor,
        seen=visit.field("seen") or None,
        leave_out_wrong=bool(visit.field("auslassen")),
        most=MOST_AT_ONCE[found.kind],
        may_bank=may_bank,  # not where columns that were chosen meanwhile hold them
    )
    try:
        taken = await taking_over.take_over(_room(visit), import_id, wish)
    except Refused as refused:
        return await _shown(visit, import_id, wrong=refused)
    await announce_rechecks(visit.doors, visit.tenant, taken.payouts)
    if taken.refused:
        return await _shown(visit, import_id, refused=taken.refused)
    return RedirectResponse(f"{PAGE}/{import_id}?hinweis=uebernommen", status_code=303)


@router.post("/{import_id}/verwerfen")
async def discard(import_id: UUID, visit: Writer) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await files.discard(tx, import_id, by=visit.person.actor)
    except NotAllowedNow as refused:
        return await _shown(visit, import_id, wrong=refused)
    return RedirectResponse(f"{PAGE}?hinweis=verworfen", status_code=303)


@router.get("/{import_id}/fehler.csv")
async def wrong_rows(import_id: UUID, visit: Writer) -> Response:
    spoken = "en" if language() == "en" else "de"
    content = await taking_over.wrong_rows(_room(visit), import_id, spoken, in_words)  # type: ignore[arg-type]
    return attachment(content, f"fehler-{import_id}.csv", CSV)


@router.post("/{import_id}/bankverbindungen")
async def confirm_accounts(import_id: UUID, visit: SecondPerson) -> Response:
    """As one batch, all looked at or the sample that was shown."""
    decision = Decision(import_id=import_id, seen=visit.field("seen"), by=visit.person.actor)
    try:
        async with visit.doors.files.transaction(visit.tenant, person=visit.person.user_id) as tx:
            how: confirming.How = "sample" if visit.field("umfang") == "sample" else "whole"
            touched = await confirming.confirm_accounts(tx, visit.doors.vault, decision, how)
    except (NotAllowedNow, NotAcceptable) as refused:
        return await _shown(visit, import_id, wrong=refused)
    await announce_rechecks(visit.doors, visit.tenant, touched)
    return RedirectResponse(f"{PAGE}/{import_id}?hinweis=bestaetigt", status_code=303)


@router.post("/{import_id}/anfangsbestaende")
async def decide_balances(import_id: UUID, visit: Approver) -> Response:
    """All of them count, or with a reason none."""
    decision = Decision(import_id=import_id, seen=visit.field("seen"), by=visit.person.actor)
    confirms = visit.field("do") != "refuse"
    try:
        if not confirms:
            require_reason(visit.field("reason"))
        async with visit.doors.files.transaction(visit.tenant, person=visit.person.user_id) as tx:
            reason = None if confirms else visit.field("reason")
            await confirming.decide_lines(tx, visit.doors.vault, decision, refused_because=reason)
    except (NotAllowedNow, NotAcceptable) as refused:
        return await _shown(visit, import_id, wrong=refused)
    return RedirectResponse(f"{PAGE}/{import_id}?hinweis={'bestaetigt' if confirms else 'abgelehnt'}", status_code=303)


def _room(visit: Visit) -> Room:
    return Room(visit.doors.files, visit.doors.vault, visit.tenant)


def _mapping(visit: Visit, columns: int) -> Mapping:
    told = [visit.field(f"spalte-{place}") or None for place in range(columns)]
    try:
        return Mapping.model_validate(
            {"columns": told, "numbers": visit.field("zahlen") or None, "days": visit.field("tage") or None}
        )
    except ValidationError:
        raise NotAcceptable("mapping_not_of_file") from None


async def _list(visit: Visit, *, wrong: str | None = None) -> Response:
    asked = Asked(visit, PAGE)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, following = await files.list_imports(tx, after=asked.number, limit=PAGE_LENGTH)
        names = await actor_names.names(tx)
    return visit.page(
        "imports.html",
        status=422 if wrong else 200,
        wrong=wrong,
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
        imports=found,
        first=asked.first,
        following=asked.following(following),
        name_of=names,
        words=import_words,
        may_write=visit.person.may(Permission.WRITE),
    )


async def _shown(
    visit: Visit, import_id: UUID, *, wrong: Refused | None = None, refused: Sequence[RowProblem] = ()
) -> Response:
    looked = await taking_over.look(_room(visit), import_id)
    async with visit.doors.files.transaction(visit.tenant) as tx:
        waiting = await confirming.waiting(tx, visit.doors.vault, import_id)
        names = await actor_names.names(tx)
    mended = said(wrong) if wrong else in_words(looked.wrong) if looked.wrong else None
    return visit.page(
        "import.html",
        status=422 if wrong or refused else 200,
        wrong=mended,
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
        file=looked.file,
        preview=looked.preview,
        refused=refused,
        most=MOST_AT_ONCE[looked.file.kind],
        waiting=waiting,
        name_of=names,
        words=import_words,
        columns=import_words.columns(looked.file.kind),
        days=[(day, _(text)) for day, text in import_words.DAYS],
        may_write=visit.person.may(Permission.WRITE),
        may_confirm_bank=visit.person.may(Permission.CONFIRM_BANK),
        may_approve=visit.person.may(Permission.APPROVE),
    )
