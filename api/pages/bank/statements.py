"""Admin → Kontoauszüge: files of the bank are brought here; what each statement tells, and what that proved."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import bank_bookings
from api.http.files import XML, attachment
from api.pages.frame import actor_names
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import booking_words
from bankstatements.models import StatementKind
from ledger.bank import bank_accounts, bank_entries, statement_download, statement_files, statement_list
from ledger.bank.bank_accounts import OwnAccount
from ledger.bank.bank_entries import EntryFilter
from ledger.bank.statement_files import Handed, Outcome
from ledger.bank.statement_list import StatementFilter
from ledger.roles import Permission

PAGE = "/admin/kontoauszuege"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Viewer = Annotated[Visit, may(Permission.SEE_BANK, page=PAGE)]
Bringer = Annotated[Visit, may(Permission.STATEMENTS, page=PAGE)]
Banker = Annotated[Visit, may(Permission.BANK, page=PAGE)]


@router.get("")
async def statements_page(visit: Viewer) -> Response:
    return await _list(visit)


@router.post("")
async def bring(visit: Bringer) -> Response:
    """Each file has its outcome in a row. Sent twice, the second time says that all of it was there.

    Whoever came from another page (`weiter`) goes back to it, unless a file was refused.
    """
    if not visit.files:
        return await _list(visit, wrong=N_("Bitte wählen Sie mindestens eine Datei."))
    handed = [Handed(name=one.name, content=one.content, by=visit.person.actor, how="page") for one in visit.files]
    outcomes = await bank_bookings.bring(visit.doors, visit.tenant, handed)
    onward = visit.onward("")
    if onward and not any(one.refused for one in outcomes):
        return RedirectResponse(onward, status_code=303)
    return await _list(visit, outcomes=outcomes)


@router.get("/dateien")
async def files_page(visit: Viewer) -> Response:
    asked = Asked(visit, f"{PAGE}/dateien")
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        found, following = await statement_files.list_files(tx, after=asked.number, limit=PAGE_LENGTH)
        names = await actor_names.names(tx)
    return visit.page(
        "statement_files.html",
        files=found,
        first=asked.first,
        following=asked.following(following),
        name_of=names,
        how=booking_words.HOW,
        may_download=visit.person.may(Permission.BANK),
    )


@router.post("/dateien/{file}")
async def download(file: UUID, visit: Banker) -> Response:
    """The whole account stands in it, salaries too. By POST, so that no browser fetches it ahead."""
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        kept = await statement_download.download(tx, visit.doors.vault, file, by=visit.person.actor)
    return attachment(kept.content, kept.name, "text/plain" if kept.format == "MT940" else XML)


@router.get("/{statement}")
async def statement_page(statement: UUID, visit: Viewer) -> Response:
    asked = Asked(visit, f"{PAGE}/{statement}")
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        found = await statement_list.get(tx, statement)
        entries, following = await bank_entries.list_bank_entries(
            tx, EntryFilter(statement=statement), after=asked.number, limit=PAGE_LENGTH
        )
        names = await actor_names.names(tx)
    return visit.page(
        "statement.html",
        statement=found,
        entries=entries,
        first=asked.first,
        following=asked.following(following),
        name_of=names,
        words=booking_words,
        may_download=visit.person.may(Permission.BANK),
    )


async def _list(visit: Visit, *, outcomes: Sequence[Outcome] = (), wrong: str | None = None) -> Response:
    asked = Asked(visit, PAGE, "konto", "art", "von", "bis", "offen")
    wanted = StatementFilter(
        account=asked.id("konto"),
        kind=asked.state("art", StatementKind),
        closes_from=asked.first_day("von"),
        closes_before=asked.day_after("bis"),
        only_open=bool(asked.typed["offen"]),
    )
    folder = visit.doors.settings.statement_folder
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, following = (
            ([], None)
            if asked.wrong
            else await statement_list.list_statements(tx, wanted, after=asked.number, limit=PAGE_LENGTH)
        )
        accounts = await bank_accounts.list_accounts(tx)
    return visit.page(
        "statements.html",
        status=422 if wrong or (outcomes and all(one.refused for one in outcomes)) else 200,
        wrong=wrong,
        outcomes=outcomes,
        asked=asked,
        statements=found,
        first=asked.first,
        following=asked.following(following),
        accounts=account_choices(accounts),
        kinds=[(kind, _(word)) for kind, word in booking_words.KINDS.items()],
        words=booking_words,
        may_bring=visit.person.may(Permission.STATEMENTS),
        folder=None if folder is None else str(folder / visit.tenant.slug),
        may_download=visit.person.may(Permission.BANK),
    )


def account_choices(accounts: Sequence[OwnAccount]) -> list[tuple[str, str]]:
    """Own accounts that are or were in force, each IBAN once: id, and what a person knows it by."""
    said = {
        one.masked_iban: (str(one.id), f"{one.account_holder} · {one.masked_iban}")
        for one in reversed(accounts)
        if one.state in ("active", "retired")
    }
    return list(reversed(said.values()))
