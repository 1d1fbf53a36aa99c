"""A firm that keeps its books in easybill reads nothing of lexoffice where it is not about lexoffice, and no link leads
there."""

import re
from uuid import UUID

import pytest

from api.pages.frame.languages import COOKIE
from ledger.payouts import document_settings
from ledger.payouts.document_settings import DocumentSettingsChange
from ledger.provider_ids import Thing, numbered_id
from ledger.roles import Role
from ledger.types import EASYBILL, TaxCase
from tests.fixtures.browsers import Firm
from tests.fixtures.payout_books import Books
from words import ENGLISH, GERMAN

PAGES = (
    "heute", "monat", "in-lexoffice", "uebersicht", "auszahlungen", "freigaben", "aufgaben", "zahlungslaeufe",
    "auszahlungslaeufe", "transaktionen", "partner/ANNA", "berichte", "abrechnungsregeln", "firma",
)  # fmt: skip
_NO_TEXT = re.compile(r"<(script|style|nav|header|footer)\b.*?</\1>|<[^>]*>", re.DOTALL)
CREDIT: UUID = numbered_id(EASYBILL, Thing.DOCUMENT, 41_007)


def read_out(page: str) -> str:
    """What a person reads of a page, beside the menu."""
    return " ".join(_NO_TEXT.sub(" ", page).split())


@pytest.fixture
async def in_easybill(payout_books: Books, firm: Firm) -> list[str]:
    """Payouts in every state that needs no engine, one paid by the bank and open in easybill; the pages of each."""
    words = {TaxCase.REGULAR: "taxed", TaxCase.SMALL_BUSINESS: "smallBusiness", TaxCase.PRIVATE: "nStb"}
    wanted = DocumentSettingsChange(books="easybill", small_business=False, tax_options=words)
    async with payout_books.ledger.transaction(firm.tenant, cause="test") as tx:
        await document_settings.change(tx, wanted, by="user:admin")
    waiting = await payout_books.asked_for(10_000)
    to_pay = await payout_books.open_credit_note(await payout_books.asked_for(20_000, code="BERT"), "41007")
    await payout_books.rows("UPDATE external_documents SET provider = 'easybill', resource_id = $1", CREDIT)
    await payout_books.rows("UPDATE payouts SET transferred_on = current_date WHERE number = $1", to_pay.number)
    for kind, subject, about in (
        ("payout_blocked", "payout", waiting.number),
        ("document_deviates", "payout", to_pay.number),
        ("credit_note_refused", "payout", waiting.number),
        ("connection_broken", "connection", "easybill"),
    ):
        await payout_books.rows(
            "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, reason_code, actions)"
            " VALUES ($1, $2, $3, $4, '', 'connection_broken', '{retry}')",
            firm.tenant.id,
            kind,
            subject,
            str(about),
        )
    tasks = await payout_books.rows("SELECT id FROM tasks")
    return [
        *PAGES,
        *(f"auszahlungen/{one.number}" for one in (waiting, to_pay)),
        *(f"aufgaben/{row['id']}" for row in tasks),
    ]


@pytest.mark.parametrize("language", [GERMAN, ENGLISH])
async def test_pages_speak_of_the_books(in_easybill: list[str], firm: Firm, language: str) -> None:
    admin = await firm.person(Role.ADMIN)
    admin.http.cookies.set(COOKIE, language)
    wrong = {}
    for page in in_easybill:
        shown = await admin.get(f"/admin/{page}")
        assert shown.status_code == 200, (page, shown.status_code)
        if found := re.findall(r".{60}lexoffice.{40}", read_out(shown.text), re.IGNORECASE):
            wrong[page] = found
        assert "/permalink/" not in shown.text, page
    assert not wrong
