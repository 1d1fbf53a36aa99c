"""Admin → Belege: who writes the document of each tax case, where it is booked, its numbers, and the turnover."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.languages import N_
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words.payout_words import TAX_CASES
from ledger import clock
from ledger.books import BOOKS as ALL_BOOKS
from ledger.books import NO_BOOKS
from ledger.payouts import document_settings
from ledger.payouts.document_settings import DocumentSettings, DocumentSettingsChange
from ledger.refusals import NotAcceptable, Refused
from ledger.roles import Permission
from ledger.tax import tax_options, turnovers
from ledger.tax.document_rules import RULES
from ledger.types import EASYBILL, LEXOFFICE, DocumentStrategy, TaxCase

PAGE = "/admin/belegregeln"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
SettingsAdmin = Annotated[Visit, may(Permission.SETTINGS, page=PAGE)]

STRATEGIES = {
    DocumentStrategy.LEXOFFICE_CREDIT_NOTE: N_("Gutschrift in der Buchhaltung"),
    DocumentStrategy.OWN_DOCUMENT: N_("eigene Gutschrift"),
    DocumentStrategy.BLOCKED: N_("kein Beleg, keine Auszahlung"),
}
BOOKS = {
    LEXOFFICE: N_("in lexoffice"),
    EASYBILL: N_("in easybill"),
    NO_BOOKS: N_("von Hand oder später, ohne Buchhaltung"),
}
_OWN_STATUS = {"": N_("noch nicht gesagt"), "no": N_("regelbesteuert"), "yes": N_("Kleinunternehmer (§ 19 UStG)")}
_PROFILES = {"en16931": N_("ZUGFeRD, Profil EN 16931"), "xrechnung": N_("XRechnung")}
_SET_OFFS = {"no": N_("nein"), "yes": N_("ja")}
_REVERSALS = {"389": N_("389, mit negativen Mengen"), "261": N_("261, mit positiven Beträgen")}
_NAMES = (
    "buchhaltung",
    "selbst",
    "nummernkreis",
    "profil",
    "leitweg",
    "storno",
    "verrechnen",
    *(str(case) for case in TaxCase),
)
_WORDS = {case: f"wort-{case}" for case in RULES}
"""Fields: what a document of a tax case is called in books that ask for a word."""
_NOBODY_SAID, _TAXED = N_("noch nicht bestätigt"), N_("mit Umsatzsteuer")


@router.get("")
async def settings_page(visit: SettingsAdmin) -> Response:
    return await _shown(visit)


@router.post("")
async def change_settings(visit: SettingsAdmin) -> Response:
    try:
        wanted = _read(visit)
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await document_settings.change(tx, wanted, by=visit.person.actor)
    except Refused as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


@router.post("/umsatz")
async def answer_turnover(visit: SettingsAdmin) -> Response:
    year, answer = visit.field("jahr"), visit.field("antwort")
    try:
        if not (year.isascii() and year.isdigit() and len(year) == 4 and answer in ("ja", "nein")):
            raise NotAcceptable("value_not_acceptable")
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await turnovers.answer(tx, int(year), above_limit=answer == "ja", by=visit.person.actor)
    except Refused as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


@router.post("/ab-2028")
async def confirm_credit_notes(visit: SettingsAdmin) -> Response:
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            await turnovers.confirm_credit_notes(tx, reason=visit.field("grund"), by=visit.person.actor)
    except Refused as refused:
        return await _shown(visit, wrong=said(refused))
    return RedirectResponse(f"{PAGE}?hinweis=gespeichert", status_code=303)


async def _shown(visit: Visit, *, wrong: str | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found, name_of = await document_settings.get(tx), await names(tx)
    year = clock.today().year
    return visit.page(
        "document_settings.html",
        status=422 if wrong else 200,
        wrong=wrong,
        saved=visit.request.query_params.get("hinweis") == "gespeichert",
        found=found,
        typed=_written(found)
        | ({name: visit.form[name] for name in (*_NAMES, *_WORDS.values()) if name in visit.form} if wrong else {}),
        cases=[(case, TAX_CASES[case], _choices(case)) for case in TaxCase],
        books={name: BOOKS.get(name, name) for name in ALL_BOOKS},
        words=[(name, TAX_CASES[case], _words(case)) for case, name in _WORDS.items()],
        own_status=_OWN_STATUS,
        profiles=_PROFILES,
        reversals=_REVERSALS,
        set_offs=_SET_OFFS,
        years=[year, year - 1],
        answers={one.year: one for one in found.turnovers},
        name_of=name_of,
    )


def _choices(case: TaxCase) -> dict[DocumentStrategy, str]:
    """lexoffice knows no credit note for somebody abroad."""
    of_lexoffice = DocumentStrategy.LEXOFFICE_CREDIT_NOTE
    return {strategy: text for strategy, text in STRATEGIES.items() if strategy is not of_lexoffice or case in RULES}


def _words(case: TaxCase) -> dict[str, str]:
    """As the books call them: an admin looks them up there."""
    known = {word: word for row in ALL_BOOKS.values() for word in row.tax_options.get(case, ())}
    return {"": _NOBODY_SAID, **known, **({tax_options.TAXED: _TAXED} if tax_options.TAXED in known else {})}


def _written(found: DocumentSettings) -> dict[str, str]:
    own = {None: "", True: "yes", False: "no"}[found.small_business]
    return {
        "buchhaltung": found.books,
        "selbst": own,
        "nummernkreis": found.number_pattern,
        "profil": found.own_document_profile,
        "leitweg": found.buyer_reference or "",
        "storno": found.reversal_code,
        "verrechnen": "yes" if found.set_off_claims else "no",
        **{str(case): strategy for case, strategy in found.strategies.items()},
        **{name: found.tax_options[case].option if case in found.tax_options else "" for case, name in _WORDS.items()},
    }


def _read(visit: Visit) -> DocumentSettingsChange:
    """What the form says; a field that it lacks stays. Raises NotAcceptable."""
    form = {name: visit.field(name).strip() for name in _NAMES if name in visit.form}
    members: dict[str, object] = {
        "strategies": {str(case): form[case] for case in TaxCase if case in form},
        **{
            member: form[name]
            for member, name in (
                ("books", "buchhaltung"),
                ("number_pattern", "nummernkreis"),
                ("own_document_profile", "profil"),
                ("reversal_code", "storno"),
            )
            if name in form
        },
    }
    if "leitweg" in form:
        members["buyer_reference"] = form["leitweg"] or None
    if form.get("verrechnen"):
        members["set_off_claims"] = form["verrechnen"] == "yes"
    words = {str(case): visit.field(name).strip() for case, name in _WORDS.items() if name in visit.form}
    if form.get("buchhaltung") in ALL_BOOKS and ALL_BOOKS[form["buchhaltung"]].tax_options:
        members["tax_options"] = {case: word for case, word in words.items() if word}
    if form.get("selbst"):
        members["small_business"] = form["selbst"] == "yes"
    try:
        return DocumentSettingsChange.model_validate(members)
    except ValidationError:
        raise NotAcceptable("value_not_acceptable") from None
