"""An admin sets as whom the tenant stands on documents; numbers and countries that are none are refused with a word."""

from ledger.roles import Role
from tests.fixtures.browsers import Firm

PAGE = "/admin/firma"
ACME = {
    "name": "Acme GmbH",
    "street": "Hauptstr. 1",
    "zip": "10115",
    "city": "Berlin",
    "country_code": "DE",
    "vat_id": "de 136 695 976",
    "tax_number": "1234567890",
    "business_id": "DE136695976",
}


async def test_address_country_and_numbers_are_kept_in_one_form(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    shown = await admin.get(PAGE)
    assert '<option value="CH">Schweiz</option>' in shown.text
    assert (await admin.post(PAGE, ACME)).status_code == 303
    [row] = await firm.rows(
        "SELECT street, country_code, vat_id, tax_number, business_id FROM tenants WHERE id = $1", firm.tenant.id
    )
    assert tuple(row) == ("Hauptstr. 1", "DE", "DE136695976", "12/345/67890", "DE136695976-00001")


async def test_a_wrong_number_is_named_and_what_was_typed_stays(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    refused = await admin.post(PAGE, ACME | {"vat_id": "DE136695975"})
    assert refused.status_code == 422
    assert "Die Prüfziffer dieser USt-IdNr. (DE) stimmt nicht" in refused.text
    assert 'value="DE136695975"' in refused.text
    assert "ISO 3166-1" in (await admin.post(PAGE, ACME | {"country_code": "UK"})).text
    assert "1 bis 200 Zeichen" in (await admin.post(PAGE, ACME | {"name": " "})).text


async def test_a_number_of_before_that_is_not_touched_stays_as_it_is(firm: Firm) -> None:
    await firm.rows("UPDATE tenants SET vat_id = 'DE1' WHERE id = $1", firm.tenant.id)
    admin = await firm.person(Role.ADMIN)
    assert (await admin.post(PAGE, ACME | {"vat_id": "DE1"})).status_code == 303
    [row] = await firm.rows("SELECT vat_id, city FROM tenants WHERE id = $1", firm.tenant.id)
    assert tuple(row) == ("DE1", "Berlin")
