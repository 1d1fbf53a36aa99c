"""What would be refused after the approval is refused where it is entered: countries, mails, accounts, secrets."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.door import Door
from tests.fixtures.stripe_shop import SECRET

SWISS = "CH9300762011623852957"

COUNTRIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "partner": ("POST", "partners", {"code": "DORA", "name": "Dora"}),
    "partner's change": ("PATCH", "partners/ANNA", {}),
    "tenant": ("PATCH", "tenant", {}),
    "invoice": ("POST", f"transactions/{uuid4()}/invoice", {"name": "Kunde"}),
}
MAILS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "partner": ("POST", "partners", {"code": "DORA", "name": "Dora"}),
    "partner's change": ("PATCH", "partners/ANNA", {}),
    "customer": ("POST", "customers", {"external_id": "k1"}),
}


@pytest.mark.parametrize("country", ["UK", "EU", "XX", "XK", "AN"])
@pytest.mark.parametrize("where", COUNTRIES)
async def test_a_country_that_lexoffice_would_refuse_is_refused_at_the_door(
    stocked: Door, where: str, country: str
) -> None:
    method, path, body = COUNTRIES[where]
    answer = await stocked.api(method, path, body | {"country_code": country})
    assert (answer.status_code, answer.json()["code"]) == (422, "country_unknown")
    assert country in answer.json()["detail"]


@pytest.mark.parametrize("country", ["GB", "GR", "CH", "AX"])
async def test_a_country_of_iso_3166_is_taken(stocked: Door, country: str) -> None:
    changed = await stocked.api("PATCH", "partners/ANNA", {"country_code": country})
    assert (changed.status_code, changed.json()["country_code"]) == (200, country)


@pytest.mark.parametrize(
    "mail",
    [
        "anna",
        "anna@",
        "@example.com",
        "anna@example",
        "a b@example.com",
        "anna@exa mple.com",
        "anna@-x.de",
        "a..b@x.de",
    ],
)
@pytest.mark.parametrize("where", MAILS)
async def test_what_is_no_mail_address_is_refused_at_the_door(stocked: Door, where: str, mail: str) -> None:
    method, path, body = MAILS[where]
    answer = await stocked.api(method, path, body | {"email": mail})
    assert (answer.status_code, answer.json()["code"]) == (422, "email_not_acceptable")


@pytest.mark.parametrize("mail", ["chef@straße.de", "o'neill+abo@sub.example.co.uk", "anna@xn--mnchen-3ya.de"])
async def test_mail_addresses_as_people_have_them_are_taken(stocked: Door, mail: str) -> None:
    changed = await stocked.api("PATCH", "partners/ANNA", {"email": mail})
    assert (changed.status_code, changed.json()["email"]) == (200, mail)


async def test_an_account_beyond_the_eea_asks_for_its_bic(stocked: Door) -> None:
    details = {"account_holder": "Anna", "iban": SWISS}
    refused = await stocked.api("PUT", "partners/ANNA/bank-details", details)
    assert (refused.status_code, refused.json()["code"]) == (422, "bic_needed_beyond_eea")
    own = await stocked.api("POST", "bank-accounts", details)
    assert (own.status_code, own.json()["code"]) == (422, "bic_missing")
    taken = await stocked.api("PUT", "partners/ANNA/bank-details", details | {"bic": "UBSWCHZH80A"})
    assert taken.status_code == 200, taken.text


async def test_nobody_guesses_a_bic_inside_the_eea(stocked: Door) -> None:
    details = {"account_holder": "Anna", "iban": "DE89370400440532013000"}
    taken = await stocked.api("PUT", "partners/ANNA/bank-details", details)
    assert (taken.status_code, taken.json()["bic"]) == (200, None)
    own = await stocked.api("POST", "bank-accounts", details)
    assert (own.status_code, own.json()["batch_booking"]) == (201, False)


@pytest.mark.parametrize(
    "secret", ["x", "whsec_", "sk_live_abcdefghijklmnop", "whsec_abc def ghi", "WHSEC_abcdefghijk"]
)
async def test_a_secret_that_cannot_be_one_of_stripe_is_refused(stocked: Door, secret: str) -> None:
    answer = await stocked.api("PUT", "providers/stripe", {"signing_secret": secret})
    assert (answer.status_code, answer.json()["code"]) == (422, "secret_not_acceptable")


async def test_a_secret_waits_for_its_first_event(stocked: Door) -> None:
    assert (await stocked.api("GET", "providers/stripe")).json()["waits_for_first_event"] is False
    stored = await stocked.api("PUT", "providers/stripe", {"signing_secret": SECRET})
    assert (stored.json()["state"], stored.json()["waits_for_first_event"]) == ("connected", True)
    await stocked.rows(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, handled_at)
        SELECT id, 'stripe', 'charge.succeeded', 'ch_1', '{}', 'ignored', now() FROM tenants
         WHERE slug = $1
        """,
        stocked.tenant.slug,
    )
    assert (await stocked.api("GET", "providers/stripe")).json()["waits_for_first_event"] is False
