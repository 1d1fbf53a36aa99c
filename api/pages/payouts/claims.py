"""Admin → Forderungen: what partners owe beside their commissions, and what has come of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.language import said
from api.pages.frame.actor_names import names
from api.pages.frame.languages import N_, _, cents_of
from api.pages.frame.list_filters import PAGE_LENGTH, Asked, csv_answer, every_row
from api.pages.frame.rendering import Instead, PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.frame.words import STATES, of_state
from api.pages.words import claim_words
from ledger.csv_writing import Cents
from ledger.database import TenantTransaction
from ledger.payouts import claim_write_offs, claims, set_offs
from ledger.payouts.claims import Claim, ClaimCause, ClaimFilter, ClaimState, PaidBack
from ledger.refusals import NotAcceptable, NotFound, Refused
from ledger.roles import Permission
from ledger.types import BERLIN, business_day

PAGE = "/admin/forderungen"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]
_FILTERS = ("status", "anlass", "partner")
_HINTS = {
    "bezahlt": N_("Die Zahlung ist vermerkt."),
    "ausbuchen": N_("Das Ausbuchen ist verlangt. Über der Vier-Augen-Grenze bestätigt es eine zweite Person."),
}


@router.get("")
async def claims_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
        found, following = (
            ([], None) if asked.wrong else await claims.list_claims(tx, wanted, after=asked.number, limit=PAGE_LENGTH)
        )
    return visit.page(
        "claims.html",
        asked=asked,
        claims=found,
        first=asked.first,
        following=asked.following(following),
        states=[(state, _(word)) for state, (word, _tone) in STATES["claim"].items()],
        causes=[(cause.value, _(word)) for cause, word in claim_words.CAUSES.items()],
        words=claim_words,
    )


@router.get(".csv")
async def claims_file(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, *_FILTERS)
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        wanted = await _filter(tx, asked)
    if asked.refused:
        raise asked.refused
    header = [
        _(text)
        for text in (
            N_("Entstanden"), N_("Status"), N_("Partner"), N_("Anlass"), N_("Beleg"), N_("Auszahlung"), N_("Betrag"),
            N_("Davon erledigt"), N_("Offen"), N_("Beendet am"), N_("Id"),
        )
    ]  # fmt: skip

    return csv_answer("forderungen", header, every_row(visit, claims.list_claims, wanted, _line))


@router.get("/{claim}")
async def claim_page(claim: UUID, visit: Reader) -> Response:
    return await _shown(visit, claim)


@router.post("/{claim}/bezahlt")
async def settle(claim: UUID, visit: Approver) -> Response:
    """Somebody paid it back in a way that no statement of the bank shows."""
    async with _acting(visit, claim) as tx:
        await claims.settle_by_hand(tx, claim, _paid_back(visit), by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{claim}?hinweis=bezahlt", status_code=303)


@router.post("/{claim}/ausbuchen")
async def write_off(claim: UUID, visit: Approver) -> Response:
    """As weighty as an approval: with a fresh second factor."""
    await require_fresh(visit, page=f"{PAGE}/{claim}")
    async with _acting(visit, claim) as tx:
        await claim_write_offs.ask(tx, claim, reason=visit.field("grund")[:500], by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{claim}?hinweis=ausbuchen", status_code=303)


@asynccontextmanager
async def _acting(visit: Visit, claim: UUID) -> AsyncIterator[TenantTransaction]:
    """A refusal shows the claim again, with its reason. Raises Instead."""
    try:
        async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
            yield tx
    except NotFound:
        raise
    except Refused as refused:
        raise Instead(await _shown(visit, claim, wrong=refused)) from None


def _paid_back(visit: Visit) -> PaidBack:
    reference, amount = visit.field("verwendungszweck")[:140], visit.field("betrag")
    if not reference:
        raise NotAcceptable("claim_reference_missing")
    try:
        day = business_day(visit.field("tag"))
    except ValueError:
        raise NotAcceptable("day_not_acceptable") from None
    return PaidBack(day=day, reference=reference, amount_cents=cents_of(amount) if amount else None)


async def _shown(visit: Visit, id: UUID, *, wrong: Refused | None = None) -> Response:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        claim = await claims.get(tx, id)
        parts = await claims.parts_of(tx, id)
        set_off = await set_offs.of_claim(tx, id)
        write_offs = await claim_write_offs.list_of(tx, id)
        name_of = await names(tx)
    return visit.page(
        "claim.html",
        status=409 if wrong else 200,
        wrong=wrong and said(wrong),
        message=_HINTS.get(visit.request.query_params.get("hinweis", "")),
        typed=visit.form if wrong else {},
        claim=claim,
        parts=parts,
        set_offs=set_off,
        write_offs=write_offs,
        words=claim_words,
        name_of=name_of,
        may_decide=visit.person.may(Permission.APPROVE),
    )


async def _filter(tx: TenantTransaction, asked: Asked) -> ClaimFilter:
    return ClaimFilter(
        state=asked.state("status", ClaimState),
        cause=asked.state("anlass", ClaimCause),
        partner_id=await asked.partner(tx, "partner"),
    )


def _line(claim: Claim) -> Sequence[Any]:
    return (
        claim.made_at.astimezone(BERLIN).date(),
        of_state("claim", claim.state),
        claim.partner_code,
        _(claim_words.CAUSES[claim.cause]),
        claim.document_number,
        claim.payout_number,
        Cents(claim.amount_cents),
        Cents(claim.settled_cents),
        Cents(claim.open_cents),
        claim.ended_at and claim.ended_at.astimezone(BERLIN).date(),
        claim.id,
    )
