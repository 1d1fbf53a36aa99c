"""An admin chooses who writes which document, and answers what the law asks."""

from ledger.roles import Role
from ledger.types import TaxCase
from tests.fixtures.browsers import Firm

PAGE = "/admin/belegregeln"
OWN = {str(case): "own_document" for case in TaxCase}
GOOD = OWN | {
    "buchhaltung": "none",
    "selbst": "no",
    "nummernkreis": "GU-{year}-{number:04}",
    "profil": "en16931",
    "leitweg": "",
    "storno": "389",
}


async def test_the_whole_choice_is_one_form(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    shown = (await admin.get(PAGE)).text
    assert '<option value="lexoffice_credit_note" selected>' in shown
    assert (await admin.post(PAGE, GOOD)).status_code == 303
    rows = await firm.rows("SELECT tax_case, strategy FROM document_strategies WHERE tenant_id = $1", firm.tenant.id)
    assert {row["tax_case"]: row["strategy"] for row in rows} == OWN
    [row] = await firm.rows("SELECT books, small_business FROM tenants WHERE id = $1", firm.tenant.id)
    assert tuple(row) == ("none", False)
    assert 'value="GU-{year}-{number:04}"' in (await admin.get(PAGE)).text


async def test_books_in_easybill_are_chosen_with_the_words_that_an_admin_confirms(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    told = {"buchhaltung": "easybill", "selbst": "no", "wort-regular": "taxed", "wort-private": "nStb"}
    assert (await admin.post(PAGE, told)).status_code == 303
    shown = (await admin.get(PAGE)).text
    assert '<option value="easybill" selected>' in shown
    assert '<option value="nStb" selected>' in shown
    rows = await firm.rows(
        "SELECT tax_case, option, confirmed_by FROM tax_options WHERE tenant_id = $1", firm.tenant.id
    )
    assert {(row["tax_case"], row["option"]) for row in rows} == {("regular", "taxed"), ("private", "nStb")}
    assert (await admin.post(PAGE, told | {"wort-regular": "smallBusiness"})).status_code == 422


async def test_a_choice_that_cannot_be_is_refused_in_words_and_what_was_typed_stays(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    refused = await admin.post(PAGE, GOOD | {"regular": "lexoffice_credit_note"})
    assert refused.status_code == 422
    assert "Ohne Buchhaltung gibt es keine Gutschrift in der Buchhaltung" in refused.text
    assert '<option value="none" selected>' in refused.text
    assert (await admin.post(PAGE, GOOD | {"private": "whoever"})).status_code == 422
    assert not await firm.rows("SELECT 1 FROM document_strategies WHERE tenant_id = $1", firm.tenant.id)


async def test_the_turnover_is_answered_and_the_reason_for_2028_is_kept(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert "noch keine Antwort" in (await admin.get(PAGE)).text
    assert (await admin.post(f"{PAGE}/umsatz", {"jahr": "2025", "antwort": "nein"})).status_code == 303
    assert (await admin.post(f"{PAGE}/umsatz", {"jahr": "2025", "antwort": "vielleicht"})).status_code == 422
    [row] = await firm.rows(
        "SELECT year, above_limit, answered_by FROM turnover_answers WHERE tenant_id = $1", firm.tenant.id
    )
    assert (row["year"], row["above_limit"]) == (2025, False)
    assert (await admin.post(f"{PAGE}/ab-2028", {"grund": ""})).status_code == 422
    assert (await admin.post(f"{PAGE}/ab-2028", {"grund": "Auskunft der Steuerberatung"})).status_code == 303
    assert "Auskunft der Steuerberatung" in (await admin.get(PAGE)).text


async def test_only_who_sets_the_firm_up_may_choose(firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    assert (await editor.get(PAGE)).status_code == 403
    assert (await editor.post(PAGE, GOOD)).status_code == 403
