"""Admin → Nicht zugeordnet: bookings that may be about payouts and prove nothing alone. A person says what they are."""

from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import bank_bookings
from api.actions.after import After
from api.http.language import said
from api.pages.bank.statements import account_choices
from api.pages.frame import actor_names
from api.pages.frame.languages import N_, _, money
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from api.pages.words import booking_words, claim_words
from ledger.bank import bank_accounts, bank_entries, unassigned
from ledger.bank.bank_entries import BankEntry, EntryFilter, EntryState
from ledger.database import TenantTransaction
from ledger.payouts import claims, payout_list
from ledger.payouts.claims import Claim, ClaimFilter, ClaimState
from ledger.payouts.payout_list import PayoutFilter
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, Refused
from ledger.reports import search
from ledger.roles import Permission
from ledger.types import PayoutNumber, PayoutState

PAGE = "/admin/nicht-zugeordnet"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Viewer = Annotated[Visit, may(Permission.SEE_BANK, page=PAGE)]
Decider = Annotated[Visit, may(Permission.STATEMENTS, page=PAGE)]
_SHOWN = (EntryState.UNRESOLVED, EntryState.SET_ASIDE, EntryState.MATCHED)
_TICK = "vorschlag-"
_PARTNERS_SOUGHT = 5
_CLAIMS_SHOWN = 50
_HINTS = {
    "zugeordnet": N_("Der Umsatz ist zugeordnet."),
    "vorschlaege": N_("Die Vorschläge sind bestätigt."),
    "beiseite": N_("Der Umsatz ist beiseitegelegt."),
    "wieder": N_("Der Umsatz wartet wieder auf eine Entscheidung."),
}


class Candidate(NamedTuple):
    """A payout that a booking can be assigned to."""

    number: PayoutNumber
    state: PayoutState
    partner_code: str
    gross_cents: int
    document_number: str | None


@router.get("")
async def entries_page(visit: Viewer) -> Response:
    return await _list(visit)


@router.post("")
async def confirm_proposals(visit: Decider) -> Response:
    """The proposals that are ticked, or the one whose button was pressed: each as the page showed it."""
    one_entry, _space, one_payout = visit.field("nur").partition(" ")
    wanted = (
        {one_entry: one_payout}
        if one_entry
        else {name.removeprefix(_TICK): value for name, value in visit.form.items() if name.startswith(_TICK)}
    )
    if not wanted:
        return await _list(visit, wrong=N_("Bitte wählen Sie mindestens einen Vorschlag."))
    refused: list[tuple[str, str]] = []
    paid: set[str] = set()
    for entry, payout in wanted.items():
        try:
            if payout in paid:  # whoever ticks all rows has not seen that two of them are about one payout
                raise NotAllowedNow("proposed_twice")
            paid.add(payout)
            await _assign(visit, _id(entry), payout)
        except (NotAcceptable, NotAllowedNow, NotFound) as why:
            refused.append((payout, said(why)))
    if refused:
        return await _list(visit, refused=refused)
    return RedirectResponse(f"{PAGE}?hinweis=vorschlaege", status_code=303)


@router.get("/{entry}")
async def entry_page(entry: UUID, visit: Viewer) -> Response:
    return await _shown(visit, entry)


@router.post("/{entry}/zuordnen")
async def assign(entry: UUID, visit: Decider) -> Response:
    try:
        await _assign(visit, entry, visit.field("auszahlung")[:32])
    except (NotAcceptable, NotAllowedNow) as why:
        return await _shown(visit, entry, wrong=why)
    except NotFound as why:
        if why.code == "payout_not_found":
            return await _shown(visit, entry, wrong=why)
        raise
    return RedirectResponse(f"{PAGE}?hinweis=zugeordnet", status_code=303)


@router.post("/{entry}/forderung")
async def assign_to_claim(entry: UUID, visit: Decider) -> Response:
    """Once: sent twice, the second one finds what the first one did."""
    actor, claim = visit.person.actor, _id(visit.field("forderung"), "claim_not_found")
    try:
        async with visit.doors.ledger.transaction(visit.tenant, cause=actor, person=visit.person.user_id) as tx:
            if all(one.claim != claim for one in (await bank_entries.get(tx, entry)).repayments):
                await unassigned.assign_to_claim(tx, entry, claim, by=actor)
    except NotAllowedNow as why:
        return await _shown(visit, entry, wrong=why)
    return RedirectResponse(f"{PAGE}?hinweis=zugeordnet", status_code=303)


@router.post("/{entry}/beiseite")
async def set_aside(entry: UUID, visit: Decider) -> Response:
    actor = visit.person.actor
    try:
        async with visit.doors.ledger.transaction(visit.tenant, cause=actor, person=visit.person.user_id) as tx:
            if (await bank_entries.get(tx, entry)).state is not EntryState.SET_ASIDE:  # else it was sent twice
                await unassigned.set_aside(tx, entry, by=actor, reason=visit.field("reason")[:500])
    except (NotAcceptable, NotAllowedNow) as why:
        return await _shown(visit, entry, wrong=why)
    return RedirectResponse(f"{PAGE}?hinweis=beiseite", status_code=303)


@router.post("/{entry}/wieder")
async def take_up_again(entry: UUID, visit: Decider) -> Response:
    actor = visit.person.actor
    try:
        async with visit.doors.ledger.transaction(visit.tenant, cause=actor, person=visit.person.user_id) as tx:
            await unassigned.take_up_again(tx, entry, by=actor)
    except NotAllowedNow as why:
        return await _shown(visit, entry, wrong=why)
    return RedirectResponse(f"{PAGE}/{entry}?hinweis=wieder", status_code=303)


async def _assign(visit: Visit, entry: UUID, payout: str) -> None:
    """Once: sent twice, the second one finds what the first one did. Raises what `unassigned.assign` raises."""
    actor = visit.person.actor
    after = After(visit.doors, visit.tenant)
    async with visit.doors.ledger.transaction(visit.tenant, cause=actor, person=visit.person.user_id) as tx:
        seen = await bank_entries.get(tx, entry)
        if seen.state is EntryState.MATCHED and any(one.payout == payout for one in seen.proofs):
            return
        await bank_bookings.assign(tx, after, entry, payout, by=actor)
    await after.follow()


async def _list(visit: Visit, *, wrong: str | None = None, refused: list[tuple[str, str]] | None = None) -> Response:
    asked = Asked(visit, PAGE, "status", "konto", "vorschlag", "von", "bis")
    state = asked.state("status", EntryState) or EntryState.UNRESOLVED
    wanted = EntryFilter(
        state=state,
        account=asked.id("konto"),
        only_proposed=bool(asked.typed["vorschlag"]),
        booked_from=asked.first_day("von"),
        booked_before=asked.day_after("bis"),
    )
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        found, following = (
            ([], None)
            if asked.wrong
            else await bank_entries.list_bank_entries(tx, wanted, after=asked.number, limit=PAGE_LENGTH)
        )
        accounts = await bank_accounts.list_accounts(tx)
        names = await actor_names.names(tx)
    may_decide = visit.person.may(Permission.STATEMENTS)
    return visit.page(
        "unassigned.html",
        status=422 if wrong or refused else 200,
        wrong=wrong,
        refused=refused or [],
        asked=asked,
        entries=found,
        first=asked.first,
        following=asked.following(following),
        accounts=account_choices(accounts),
        states=[(one.value, _(booking_words.STATES[one][0])) for one in _SHOWN[1:]],
        words=booking_words,
        name_of=names,
        tick=_TICK,
        may_decide=may_decide,
        can_confirm=may_decide and any(one.proposed for one in found),
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
    )


async def _shown(visit: Visit, entry_id: UUID, *, wrong: Refused | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        entry = await bank_entries.get(tx, entry_id)
        typed = visit.request.query_params.get("suche")
        words = _amount(entry) if typed is None else typed.strip()[:200]
        is_open = entry.state is EntryState.UNRESOLVED
        candidates = await _candidates(tx, words) if is_open else []
        open_claims = await _open_claims(tx, entry) if is_open and entry.direction == "credit" else []
        names = await actor_names.names(tx)
    return visit.page(
        "unassigned_entry.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        entry=entry,
        is_open=is_open,
        sought=words,
        candidates=candidates,
        open_claims=open_claims,
        claim_words=claim_words,
        words=booking_words,
        name_of=names,
        may_decide=visit.person.may(Permission.STATEMENTS),
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
    )


def _amount(entry: BankEntry) -> str:
    """What is looked for at first: payouts of the booking's amount."""
    return "" if entry.amount_cents is None else money(entry.amount_cents)


async def _candidates(tx: TenantTransaction, words: str) -> list[Candidate]:
    """Payouts with a document whose number, amount, document or partner the words name."""
    found = await search.search(tx, words)
    named = [
        Candidate(one.number, one.state, one.partner_code, one.gross_cents, one.credit_note_number)
        for one in found.payouts
    ]
    for partner in found.partners[:_PARTNERS_SOUGHT]:
        rows, _following = await payout_list.list_payouts(tx, PayoutFilter(partner_id=partner.id), limit=10)
        named += [
            Candidate(one.number, one.state, partner.code, one.gross_cents, one.credit_note_number) for one in rows
        ]
    return list({one.number: one for one in named if one.state in unassigned.TO_ASSIGN}.values())


async def _open_claims(tx: TenantTransaction, entry: BankEntry) -> list[Claim]:
    """What a credit may repay, the proposed one first."""
    found, _following = await claims.list_claims(tx, ClaimFilter(state=ClaimState.OPEN), limit=_CLAIMS_SHOWN)
    proposed = entry.proposed_claim
    if proposed is not None and all(one.id != proposed for one in found):
        found.append(await claims.get(tx, proposed))
    return sorted(found, key=lambda one: one.id != proposed)


def _id(written: str, unknown: str = "bank_entry_not_found") -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotFound(unknown) from None
