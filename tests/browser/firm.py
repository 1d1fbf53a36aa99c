"""A firm in the middle of its month: an object of every kind that a page can show, made through the product's doors."""

import base64
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ledger import clock
from ledger.bank.bank_days import next_target_day
from ledger.payouts import objections
from ledger.programme import partner_links
from ledger.roles import Role
from tests.browser.desks import Colleague, hired, operator
from tests.fixtures.bank_runs import iban
from tests.fixtures.bank_statements import Line, camt
from tests.fixtures.house import House, Shop, until

NAMES = {"CLARA": "Clara Conrad", "BERND": "Bernd Brandt", "ANNA": "Anna Albrecht"}


@dataclass
class Month:
    shop: Shop
    admin: Colleague
    approver: Colleague
    viewer: Colleague
    operator: Colleague
    link: str
    """A partner's personal link that nobody has opened."""
    names: dict[str, str] = field(default_factory=dict)
    """What an address can name, as tests/fixtures/premises.py calls it: parameter → object."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Payouts by state."""


async def open_for_business(house: House, slug: str = "", name: str = "") -> Shop:
    """Connected, with partners CLARA ← BERND ← ANNA whose accounts are in force."""
    shop = await house.shop(slug=slug, name=name)
    await shop.rows("UPDATE tenants SET bank_quarantine = interval '0'")
    await shop.api("POST", "/campaigns", {"slug": "herbst", "name": "Herbstaktion"})
    await shop.api("POST", "/campaigns/herbst/plans", {"levels": LEVELS})
    sponsor = None
    for code, called in NAMES.items():
        await shop.partner(code, name=called, email=f"{code.lower()}@partner.example", sponsor_code=sponsor)
        sponsor = code
    return shop


LEVELS = [{"level": 1, "percent": "10"}, {"level": 2, "percent": "5"}, {"level": 3, "percent": "2"}]


async def a_month_of(house: House) -> Month:
    shop = await open_for_business(house, "nordlicht", "Nordlicht Kurse GmbH")
    month = Month(
        shop,
        admin=await hired(shop, Role.ADMIN, "inga.harms"),
        approver=await hired(shop, Role.APPROVER, "ole.petersen"),
        viewer=await hired(shop, Role.VIEWER, "mia.vogt"),
        operator=await operator(shop),
        link="",
    )
    for gross, tax in ((119_000, 19_000), (476_000, 76_000), (59_500, 9_500)):
        await shop.approved_sale(gross=gross, tax=tax)
    paid = await _paid_payout(shop, "ANNA")
    await _sale_of(shop, gross=238_000, tax=38_000)
    opened = await _opened_payout(shop, "ANNA")
    transferred = await _opened_payout(shop, "BERND")
    run = await _bank_run(shop, transferred)
    await _statement(shop, paid)
    await _sale_of(shop, gross=357_000, tax=57_000)
    waiting = await shop.api("POST", "/payouts", {"partner": "ANNA"})
    rejected = await shop.api("POST", "/payouts", {"partner": "CLARA"})
    await shop.api("POST", f"/payouts/{rejected['number']}/reject", {"reason": "Falscher Monat."}, key="approve")
    await shop.payout_when(rejected["number"], "rejected")
    month.numbers = {
        "paid": paid,
        "credit_note_open": opened,
        "awaiting_approval": waiting["number"],
        "rejected": rejected["number"],
        "transferred": transferred,
    }
    await shop.sale(gross=95_200, tax=15_200)  # its invoice is not written yet
    stray = await shop.write_invoice("840.00", customer="Kunde Süd GmbH", remark="Partner: NIEMAND")
    await shop.click(stray["id"], "pay")
    await until(shop.tasks, bool, "a task")
    payout_run = await _rehearsal(shop)
    month.link = await _personal_link(shop, "BERND")
    # Before what it hears: one that is switched off keeps it, and calls nobody.
    endpoint = await shop.api("POST", "/webhook-endpoints", {"url": "https://example.com/hooks"})
    await shop.api("POST", f"/webhook-endpoints/{endpoint['id']}/switch-off")
    await _objection(shop, "ANNA", paid)
    brought = base64.b64encode(b"Partnercode;Name;Ort;Land\nANNA;Anna;Kiel;DE\nNEU;;;XX\n").decode()
    await shop.api("POST", "/imports", {"name": "partner.csv", "kind": "partners", "content": brought})
    month.names = await _names(shop) | {"number": waiting["number"], "run": run, "payout_run": payout_run}
    return month


async def _sale_of(shop: Shop, *, gross: int, tax: int) -> None:
    payment_intent = await shop.sale(gross=gross, tax=tax)
    net = f"{(gross - tax) / 100:.2f}"
    invoice = await shop.write_invoice(net, customer="Werft Meier KG", remark=f"Bestellung: {payment_intent}")
    await shop.click(invoice["id"], "pay")
    await shop.transaction(payment_intent, lambda sale: sale["state"] == "approved")


async def _opened_payout(shop: Shop, partner: str) -> str:
    payout = await shop.api("POST", "/payouts", {"partner": partner})
    await shop.approve(payout)
    await shop.payout_when(payout["number"], "credit_note_open")
    return str(payout["number"])


async def _paid_payout(shop: Shop, partner: str) -> str:
    number = await _opened_payout(shop, partner)
    document = (await shop.api("GET", f"/payouts/{number}"))["credit_note_id"]
    await shop.click(document, "mark-paid")
    await shop.payout_when(number, "paid")
    return number


async def _bank_run(shop: Shop, payout: str) -> str:
    account = await shop.api(
        "POST", "/bank-accounts", {"account_holder": "Nordlicht Kurse GmbH", "iban": "DE89370400440532013000"}
    )
    await shop.api("POST", f"/bank-accounts/{account['id']}/confirm", {}, key="approve")
    made = await shop.api("POST", "/bank-runs", {"payouts": [payout], "execution_date": bank_day().isoformat()})
    return str(made["number"])


async def _statement(shop: Shop, payout: str) -> None:
    """The bank wrote of a transfer that a person typed, of one to a stranger's account, and of the rent."""
    gross: int = (await shop.api("GET", f"/payouts/{payout}"))["gross_cents"]
    typed = Line(-gross, payout, name="Anna Albrecht", text=f"Provision {payout}", reference="20261130001")
    stray = Line(-gross, payout, iban(7), name="A. Albrecht Handel", reference="20261130002")
    rent = Line(-89_000, name="Hafenverwaltung", reference="20261130003")
    content = base64.b64encode(camt(typed, stray, rent, number=231)).decode()
    files = {"files": [{"name": "C53_DE89370400440532013000_231.xml", "content": content}]}
    await shop.api("POST", "/bank-statements", files)

    async def unassigned() -> list[Any]:
        found: list[Any] = (await shop.api("GET", "/bank-entries"))["items"]
        return found

    await until(unassigned, lambda found: len(found) == 2, "bookings that prove nothing alone")


def bank_day() -> date:
    return next_target_day(clock.today() + timedelta(days=2))


async def _rehearsal(shop: Shop) -> str:
    tomorrow = clock.today() + timedelta(days=1)
    begun = await shop.api("POST", "/payout-runs", {"cut_off": tomorrow.isoformat(), "rehearsal": True})

    async def look() -> dict[str, Any] | None:
        answer = await shop.call("GET", f"/payout-runs/{begun['id']}")
        return answer.json() if answer.status_code == 200 else None

    await until(look, lambda run: run is not None and run["state"] == "done", "the end of the rehearsal")
    return str(begun["id"])


async def _personal_link(shop: Shop, code: str) -> str:
    house = shop.house
    async with house.ledger.transaction(shop.tenant, cause="test") as tx:
        partner = await tx.fetchval("SELECT id FROM partners WHERE code = $1", code)
        token = await partner_links.make(tx, house.settings.vault(), partner, by="test")
    return f"/p/{token.get_secret_value()}"


async def personal_cookie(shop: Shop, code: str) -> Any:
    """As the browser keeps it after the link was opened."""
    house = shop.house
    token = (await _personal_link(shop, code)).removeprefix("/p/")
    cookie = await partner_links.open_link(house.ledger, house.settings.vault(), token)
    return {"name": "partnerdesk-partner", "value": cookie.get_secret_value(), "url": house.api_url, "httpOnly": True}


async def _objection(shop: Shop, code: str, number: str) -> None:
    async with shop.house.ledger.transaction(shop.tenant, cause="test") as tx:
        partner = await tx.fetchval("SELECT id FROM partners WHERE code = $1", code)
        await objections.object_to(tx, partner, number, reason="Die Bestellung vom 3. November fehlt.")


async def _names(shop: Shop) -> dict[str, str]:
    [row] = await shop.rows(
        """
        SELECT (SELECT id FROM customers ORDER BY seq DESC LIMIT 1) AS customer_id,
               (SELECT id FROM transactions WHERE state = 'approved' ORDER BY seq LIMIT 1) AS transaction_id,
               (SELECT id FROM tasks WHERE state = 'open' AND subject <> 'objection' ORDER BY seq LIMIT 1) AS task_id,
               (SELECT id FROM events
                 WHERE provider = 'lexoffice' AND snapshot_id IS NOT NULL ORDER BY id LIMIT 1) AS event,
               (SELECT id FROM bank_statements ORDER BY seq LIMIT 1) AS statement,
               (SELECT id FROM statement_files ORDER BY seq LIMIT 1) AS file,
               (SELECT id FROM imports ORDER BY seq LIMIT 1) AS import_id,
               (SELECT id FROM webhook_endpoints ORDER BY seq LIMIT 1) AS endpoint,
               (SELECT id FROM event_deliveries ORDER BY seq LIMIT 1) AS delivery,
               (SELECT id FROM bank_entries WHERE outcome_code = 'paid_without_a_file' LIMIT 1) AS entry
        """
    )
    [claim] = await shop.rows(
        """
        INSERT INTO claims (tenant_id, partner_id, cause, payout_id, amount_cents)
        SELECT tenant_id, partner_id, 'overpaid', id, 1190 FROM payouts WHERE state = 'paid' ORDER BY seq LIMIT 1
        RETURNING id AS claim
        """
    )
    return {name: str(value) for name, value in (*row.items(), *claim.items())} | {
        "code": "ANNA",
        "slug": "herbst",
        "version": "1",
    }
