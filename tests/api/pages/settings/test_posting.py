"""Verwaltung → Buchung der Belege: an admin chooses from lexoffice's list, and says what was seen about § 13b."""

from uuid import UUID, uuid4

from ledger.documents.own import posting
from ledger.documents.own.posting import Category
from ledger.roles import Role
from tests.fixtures.browsers import Firm

PAGE = "/admin/buchung"
EXPENSE = Category(id=UUID(int=1), name="Fremdleistungen §13b (EU)", type="outgo", group_name="Fremdleistungen")
INCOME = Category(id=UUID(int=2), name="Provisionserlöse", type="income")


async def list_was_read(firm: Firm, *categories: Category) -> None:
    organization = uuid4()
    await firm.rows("UPDATE provider_connections SET organization_id = $1 WHERE provider = 'lexoffice'", organization)
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        await posting.keep_list(tx, organization, categories)


async def test_only_an_expense_of_lexoffices_list_can_be_chosen(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    refused = await admin.post(f"{PAGE}/regular/kategorie", {"kategorie": str(EXPENSE.id)})
    assert refused.status_code == 422
    assert "noch nicht aus der Buchhaltung geholt" in refused.text
    await list_was_read(firm, EXPENSE, INCOME)
    shown = (await admin.get(PAGE)).text
    assert "Fremdleistungen §13b (EU)" in shown
    assert "Provisionserlöse" not in shown
    refused = await admin.post(f"{PAGE}/regular/kategorie", {"kategorie": str(INCOME.id)})
    assert "„Provisionserlöse“ ist eine Einnahme" in refused.text
    for nothing in ("", "x", str(uuid4())):
        assert (
            "gibt es in der Buchhaltung nicht"
            in (await admin.post(f"{PAGE}/regular/kategorie", {"kategorie": nothing})).text
        )
    saved = await admin.post(f"{PAGE}/regular/kategorie", {"kategorie": str(EXPENSE.id)})
    assert saved.headers["location"] == f"{PAGE}?hinweis=gespeichert"
    assert "posting_category.chosen" in await firm.actions()


async def test_what_the_voranmeldung_shows_is_confirmed_for_the_category_that_is_chosen(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    other = EXPENSE.model_copy(update={"id": UUID(int=3), "name": "Andere"})
    await list_was_read(firm, EXPENSE, other)
    case = f"{PAGE}/reverse_charge_eu"
    await admin.post(f"{case}/kategorie", {"kategorie": str(EXPENSE.id)})
    assert (await admin.post(f"{case}/bestaetigung", {"beleg": "T-1", "voranmeldung": " "})).status_code == 422
    await admin.post(f"{case}/bestaetigung", {"beleg": "T-1", "voranmeldung": "Kz 46 und 47"})
    assert "Kz 46 und 47" in (await admin.get(PAGE)).text
    await admin.post(f"{case}/kategorie", {"kategorie": str(other.id)})
    assert "Kz 46 und 47" not in (await admin.get(PAGE)).text, "another category books otherwise"
    assert (await admin.post(f"{PAGE}/regular/bestaetigung", {"beleg": "x", "voranmeldung": "x"})).status_code == 422


async def test_asking_for_the_list_of_a_firm_without_books_is_refused_in_words(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert "Buchhaltung" in (await admin.post(f"{PAGE}/liste")).text
    await list_was_read(firm, EXPENSE)
    assert (await admin.post(f"{PAGE}/liste")).headers["location"] == f"{PAGE}?hinweis=geholt"
    assert "gerade geholt" in (await admin.get(PAGE)).text or "Stand" in (await admin.get(PAGE)).text
