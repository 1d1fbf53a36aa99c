"""Admin → Suche: one field in the head of every page, over numbers, names, mail addresses and amounts."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.http.book_pages import page_of_document
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger import search_terms
from ledger.reports import search
from ledger.reports.search import Found
from ledger.roles import Permission

PAGE = "/admin/suche"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]


@router.get(PAGE)
async def search_page(visit: Reader) -> Response:
    words = visit.request.query_params.get("q", "").strip()[:100]
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        found = await search.search(tx, words)
    if address := _find_only(found, words):
        return RedirectResponse(address, status_code=303)
    settings = visit.doors.settings
    return visit.page(
        "search.html",
        words=words,
        found=found,
        too_short=len(words) < search.SHORTEST,
        documents=[
            (one, page_of_document(settings, "invoice" if one.kind == "invoice" else "credit-note", one.resource_id))
            for one in found.documents
        ],
    )


def _find_only(found: Found, words: str) -> str | None:
    """Who types a whole number or code means that one thing."""
    word, number = words.upper(), search_terms.bare_number(words)
    for payout in found.payouts:
        if number in (
            search_terms.bare_number(payout.number),
            search_terms.bare_number(payout.credit_note_number or ""),
        ):
            return f"/admin/auszahlungen/{payout.number}"
    for sale in found.sales[:1]:
        if words == sale.order_reference or number == search_terms.bare_number(sale.invoice_number or ""):
            return f"/admin/transaktionen/{sale.id}"
    if found.partners and found.partners[0].code == word and not (found.sales or found.payouts):
        return f"/admin/partner/{word}"
    return None
