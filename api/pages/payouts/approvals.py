"""Admin → Freigaben: what this person may approve, oldest first; one or many at once, with a result for each."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.language import said
from api.pages.frame.languages import N_, _
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.frame.words import DONE, TROUBLE
from api.pages.payouts.payout_detail import approved, rejected
from api.pages.words import payout_words, waiting_words
from ledger.keyset import position_in_time
from ledger.payouts import approval_queue, payouts
from ledger.payouts.approval_queue import Waiting
from ledger.refusals import Refused
from ledger.reports import waiting_elsewhere
from ledger.roles import Permission
from ledger.types import PayoutNumber

PAGE = "/admin/freigaben"
router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Approver = Annotated[Visit, may(Permission.APPROVE, page=PAGE)]

_PAGE_LENGTH = 25
_ALL = "alle"
"""The query that shows as many as one act can decide, those ticked that have nothing unusual about them."""
_AT_ONCE = 5
"""Decisions of one request: each waits for the engine for up to 2 s when it is away, all at once."""
_CHOSEN = "wahl-"
_MOST_CHOSEN = 250


class Chosen(NamedTuple):
    number: PayoutNumber
    seen_hash: str


class Outcome(NamedTuple):
    number: str
    text: str
    tone: str
    proves: bool = False
    """It would go through with a fresh second factor."""


@router.get("")
async def approvals_page(visit: Approver) -> Response:
    return await _listed(visit)


@router.post("")
async def decide(visit: Approver) -> Response:
    """The first few are decided here; the page sends the rest by itself, or a button does."""
    is_approval = visit.field("entscheidung") != "ablehnen"
    chosen = [
        Chosen(PayoutNumber(name.removeprefix(_CHOSEN)), seen_hash)
        for name, seen_hash in visit.form.items()
        if name.startswith(_CHOSEN)
    ][:_MOST_CHOSEN]
    if not chosen:
        return await _listed(visit, wrong=N_("Bitte wählen Sie mindestens eine Auszahlung."))
    if not is_approval and not visit.field("grund"):
        return await _listed(visit, wrong=N_("Bitte nennen Sie den Grund der Ablehnung."))
    if is_approval and not visit.person.is_fresh and "hx-request" not in visit.request.headers:
        # Before the first of them is decided; the page that sends the rest by itself tells it of each.
        async with visit.doors.ledger.transaction(visit.tenant) as tx:
            seen = await approval_queue.of_numbers(tx, [one.number for one in chosen])
        if any(one.above_limit for one in seen):
            await require_fresh(visit, page=PAGE)
    now, rest = chosen[:_AT_ONCE], chosen[_AT_ONCE:]
    outcomes = await _decided(visit, now, is_approval=is_approval)
    total = visit.field("gesamt")
    return visit.page(
        "approvals_decided.html",
        outcomes=outcomes,
        rest=rest,
        total=int(total) if total.isascii() and total.isdigit() and len(total) < 4 else len(chosen),
        decision=visit.field("entscheidung"),
        reason=visit.field("grund"),
    )


async def _decided(visit: Visit, chosen: Sequence[Chosen], *, is_approval: bool) -> list[Outcome]:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant) as tx:
        seen = {one.number: one for one in await approval_queue.of_numbers(tx, [one.number for one in chosen])}
    outcomes, to_announce = [], []
    for one in chosen:
        above = one.number in seen and seen[one.number].above_limit
        if is_approval and above and not visit.person.is_fresh:
            outcomes.append(
                Outcome(one.number, _("Über der Grenze: Bitte zeigen Sie zuerst Ihren zweiten Faktor."), TROUBLE, True)
            )
            continue
        decide = approved if is_approval else rejected
        try:
            async with visit.doors.ledger.transaction(tenant, person=visit.person.user_id) as tx:
                decision = await decide(tx, visit, one.number, one.seen_hash)
                payout = await payouts.get(tx, one.number)
        except Refused as refused:
            outcomes.append(Outcome(one.number, said(refused), TROUBLE))
        else:
            to_announce.append((payout, decision))
            outcomes.append(Outcome(one.number, _("Freigegeben") if is_approval else _("Abgelehnt"), DONE))
    await asyncio.gather(*(visit.doors.announcer.decision(tenant, *told) for told in to_announce))
    return outcomes


async def _listed(visit: Visit, *, wrong: str | None = None) -> Response:
    cursor, is_all = visit.request.query_params.get("ab", ""), visit.request.query_params.get(_ALL) == "1"
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        waiting, following = await approval_queue.for_person(
            tx, visit.person.user_id, after=position_in_time(cursor), limit=_MOST_CHOSEN if is_all else _PAGE_LENGTH
        )
        everywhere, _cents = await approval_queue.count(tx)
        elsewhere = waiting_words.lines(await waiting_elsewhere.count(tx), visit.person)
    return visit.page(
        "approvals.html",
        status=422 if wrong else 200,
        wrong=wrong,
        typed=visit.form,
        waiting=waiting,
        elsewhere=elsewhere,
        everywhere=everywhere,
        is_whole=not cursor and following is None,
        is_ticked=lambda one: is_all and not one.above_limit and _is_calm(one),
        all_at_once=f"{PAGE}?{_ALL}=1" if following is not None and not is_all else "",
        first=PAGE if cursor else "",
        following=f"{PAGE}?ab={following}" if following is not None else "",
        address=f"{PAGE}?ab={cursor}" if cursor else f"{PAGE}?{_ALL}=1" if is_all else PAGE,
        unusual=payout_words.unusual,
        tax_cases=payout_words.TAX_CASES_IN_SHORT,
        may_see_bank=visit.person.may(Permission.SEE_BANK),
    )


def _is_calm(waiting: Waiting) -> bool:
    return all(tone != TROUBLE for _text, tone in payout_words.unusual(waiting))
