"""Copies and erasure of personal data by pages and API: what goes, what the law keeps and until when."""

import json
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from ledger.access import api_keys
from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import NewBankDetails
from ledger.documents.own import delivery
from ledger.payouts import payout_lines, payouts
from ledger.privacy import retention
from ledger.programme import coupons, partner_links, partners
from ledger.programme.partners import PartnerChange
from ledger.roles import Role
from ledger.sales import customers
from ledger.sales.customers import NewCustomer
from ledger.types import BERLIN, PayoutState
from tests.conftest import Database
from tests.fixtures import bank_runs as bank
from tests.fixtures.browsers import Firm
from tests.fixtures.own_documents import of_payout
from tests.fixtures.payout_books import Books
from tests.fixtures.planted_differences import superuser

PAGE = "/admin/datenschutz"
MAIL = "anna@p.example"


async def where(books: Books, word: str) -> set[str]:
    """Tables of this tenant in which the word stands."""
    tables = await books.rows(
        """
        SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND c.relnamespace = 'public'::regnamespace
           AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1
        """
    )
    told = f"%{word}%"
    hexed = f"%{word.encode().hex()}%"
    return {
        row["name"]
        for row in tables
        if await books.rows(f"SELECT 1 FROM {row['name']} t WHERE t::text LIKE $1 OR t::text LIKE $2", told, hexed)
    }


async def _lived(books: Books) -> None:
    """What gathers about a partner: another address, a link, an account that was never used."""
    anna = books.partner["ANNA"].id
    async with books.ledger.transaction(books.tenant, cause="test") as tx:
        await partners.change(tx, anna, PartnerChange(email="neu@p.example"), by="user:1")
        await partner_links.make(tx, books.firm.parts.vault, anna, by="user:1")
        await coupons.add(tx, anna, "Aderlass10", by="user:1")
        new = NewBankDetails(account_holder="Anna Ader", iban=SecretStr("DE02120300000000202051"))
        await partner_accounts.save_bank_details(tx, books.firm.parts.vault, anna, new, by="user:1")


async def test_what_vouchers_need_is_kept_with_paragraph_and_end_and_all_else_goes(
    payout_books: Books, firm: Firm
) -> None:
    admin = await firm.person(Role.ADMIN)
    await payout_books.account()
    await payout_books.paid(await payout_books.asked_for(10_000), on=date(2026, 11, 2))
    await _lived(payout_books)
    page = (await admin.get(f"{PAGE}/partner/ANNA")).text
    assert "Anna Ader" in page
    silent = await admin.post(f"{PAGE}/partner/ANNA/loeschen", {"grund": "Antrag", "bestaetigung": "BERT"})
    assert (silent.status_code, "noch einmal" in silent.text) == (422, True)
    done = await admin.post(f"{PAGE}/partner/ANNA/loeschen", {"grund": "Antrag vom 1.12.", "bestaetigung": "anna"})
    assert done.status_code == 200, done.text
    for told in ("§ 147 Abs. 1 Nr. 4, Abs. 3 AO", "§ 257 Abs. 1 Nr. 4, Abs. 4 HGB", "§ 14b Abs. 1 UStG", "31.12.2034"):
        assert told in done.text
    for unreached in ("Sicherungen der Datenbank", "Temporals Verläufe", "Buchhaltung:", "Mails, die schon gesendet"):
        assert unreached in done.text
    assert await where(payout_books, MAIL) == set()
    assert await where(payout_books, "neu@p.example") == set()
    assert await where(payout_books, "202051") == set()
    assert "partners" in await where(payout_books, "Anna Ader"), "vouchers name the partner"
    [row] = await payout_books.rows("SELECT status, erased_at FROM partners WHERE code = 'ANNA'")
    assert (row["status"], row["erased_at"] is not None) == ("inactive", True)
    assert not await payout_books.rows("SELECT 1 FROM partner_links")
    assert "31.12.2034" in (await admin.get(PAGE)).text
    assert "partner.erased" in await firm.actions()

    # The duty ends: the rest goes by itself.
    async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
        await retention.forget(tx, today=date(2034, 12, 31))
    assert "partners" in await where(payout_books, "Anna Ader")
    async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
        await retention.forget(tx, today=date(2035, 1, 1))
    assert await where(payout_books, "Anna Ader") == set()
    assert await where(payout_books, "ADERLASS10") == set()
    assert not await payout_books.rows("SELECT 1 FROM partner_bank_details WHERE iban_last4 = '3000'")
    [past] = await payout_books.rows("SELECT DISTINCT finished_at IS NULL AS open FROM erasures")
    assert past["open"] is False


async def test_after_the_duty_no_bank_run_names_who_was_paid(
    payout_books: Books, firm: Firm, database: Database
) -> None:
    admin, vault = await firm.person(Role.ADMIN), firm.parts.vault
    await bank.own_account(payout_books, vault)
    payout = await bank.open_payout(payout_books, vault, holder="Jürgen Groß")
    run = await bank.draft(payout_books, vault, payout)
    await bank.approve(payout_books, vault, run)
    await bank.download(payout_books, vault, run)
    async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
        now = await payouts.lock(tx, payout.number)
        await payouts.change_state(tx, now, PayoutState.PAID, payment_reference="x", paid_on=date(2026, 11, 2))
        await payout_lines.pay(tx, now.id)
    form = {"grund": "Antrag", "bestaetigung": "ANNA"}
    done = await admin.post(f"{PAGE}/partner/ANNA/loeschen", form)
    assert (done.status_code, "Bankverbindungen, auf die gezahlt wurde" in done.text) == (200, True)
    assert await where(payout_books, "Juergen Gross") | await where(payout_books, "Jürgen Groß")
    async with superuser(database) as everywhere:
        await everywhere.execute(
            "UPDATE bank_runs SET file_made_at = now() - interval '10 years' WHERE tenant_id = $1",
            payout_books.tenant.id,
        )
    async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
        await retention.forget(tx, today=date(2036, 1, 1))
    assert await where(payout_books, "Juergen Gross") | await where(payout_books, "Jürgen Groß") == set()
    page = f"/admin/zahlungslaeufe/{run.number}"
    again = await admin.post(f"{page}/datei", shown_at=page)
    assert (again.status_code, "Ende der Aufbewahrung" in again.text) == (422, True)


async def test_own_documents_are_given_out_kept_for_eight_years_and_then_their_content_goes(
    payout_books: Books, firm: Firm
) -> None:
    admin = await firm.person(Role.ADMIN)
    payout = await payout_books.asked_for(10_000)
    await payout_books.rows("UPDATE partners SET email = $1 WHERE code = 'ANNA'", MAIL)
    row = await of_payout(payout_books.ledger, payout_books.tenant, payout.number)
    async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
        await delivery.note_mail_end(
            tx, (await tx.fetchval("SELECT id FROM mails WHERE about = $1", row.number)), row.number, "sent"
        )
        await delivery.note_bounce(tx, number=row.number, by="user:1", why=f"550 <{MAIL}>")
        now = await payouts.lock(tx, payout.number)
        await payouts.change_state(tx, now, PayoutState.PAID, payment_reference="x", paid_on=date(2026, 11, 2))
        await payout_lines.pay(tx, now.id)
    copy = json.loads((await admin.get(f"{PAGE}/partner/ANNA/auskunft")).content)
    assert copy["records"]["own_documents"][0]["content"]["seller"]["name"] == "Anna Beispiel"
    assert copy["records"]["own_document_deliveries"][0]["number"] == row.number
    await admin.post(f"{PAGE}/partner/ANNA/loeschen", {"grund": "Antrag", "bestaetigung": "ANNA"})
    assert await where(payout_books, MAIL) == set()
    assert "own_documents" in await where(payout_books, "Anna Beispiel")
    async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
        await retention.forget(tx, today=date(row.issued_on.year + 9, 1, 1))
    assert await where(payout_books, "Anna Beispiel") == set()
    [left] = await payout_books.rows("SELECT number, gross_cents, pdf, xml, pdf_sha256 FROM own_documents")
    assert (left["number"], left["gross_cents"], left["pdf"], left["xml"]) == (row.number, 11_900, None, None)
    assert left["pdf_sha256"] == row.pdf_sha256
    assert row.number in (await admin.get(f"/admin/auszahlungen/{payout.number}")).text
    assert (await admin.get(f"/admin/belege/{row.id}.pdf")).status_code == 404


async def test_who_was_never_paid_leaves_nothing_but_rows(payout_books: Books, firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    await _lived(payout_books)
    done = await admin.post(f"{PAGE}/partner/ANNA/loeschen", {"grund": "Antrag", "bestaetigung": "ANNA"})
    assert (done.status_code, "Das Gesetz verlangt" in done.text) == (200, False)
    for word in ("Anna Ader", MAIL, "neu@p.example"):
        assert await where(payout_books, word) == set(), word
    assert (await admin.get("/admin/partner/ANNA")).status_code == 404
    assert (await admin.get("/admin/partner")).status_code == 200


async def test_a_partner_with_open_money_is_not_erased(payout_books: Books, firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    await payout_books.asked_for(10_000)
    refused = await admin.post(f"{PAGE}/partner/ANNA/loeschen", {"grund": "Antrag", "bestaetigung": "ANNA"})
    assert (refused.status_code, "Schlussabrechnung" in refused.text) == (422, True)
    assert "partners" in await where(payout_books, MAIL)


async def _customer(books: Books, *, state: str = "approved") -> str:
    """Who bought once through Stripe, and what was told about it."""
    async with books.ledger.transaction(books.tenant, cause="test") as tx:
        new = NewCustomer(name="Karla Kunde", email="karla@k.example", external_id="cus_karla")
        made = await customers.create(tx, new, by="user:1")
        await tx.execute(
            """
            INSERT INTO transactions (tenant_id, source, state, payment_intent, customer_id, customer_email, base_cents,
                                      gross_cents, provisional, sold_at, address)
            VALUES ($1, 'stripe', 'pending', 'pi_karla', $2, 'karla@k.example', 100, 119, false, now(),
                    '{"name": "Karla Kunde"}')
            """,
            books.tenant.id, made.id,
        )  # fmt: skip
        await tx.execute("UPDATE transactions SET state = $1 WHERE state <> $1 AND payment_intent = 'pi_karla'", state)
        for resource, body in (("pi_karla", {"x": 1}), ("ch_9", {"billing_details": {"email": "karla@k.example"}})):
            await tx.execute(
                """
                INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state)
                VALUES ($1, 'stripe', 'payment_intent.succeeded', $2, $3, 'processed')
                """,
                books.tenant.id, resource, json.dumps(body).encode(),
            )  # fmt: skip
    return str(made.id)


async def test_a_customer_goes_from_sales_events_and_the_trail(payout_books: Books, firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    customer = await _customer(payout_books)
    copy = await admin.get(f"{PAGE}/kunde/{customer}/auskunft")
    assert copy.headers["content-disposition"].startswith("attachment; ")
    records = copy.json()["records"]
    assert records["master_data"][0]["email"] == "karla@k.example"
    assert records["sales"][0]["customer_email"] == "karla@k.example"
    form = {"grund": "Antrag", "bestaetigung": customer}
    done = await admin.post(f"{PAGE}/kunde/{customer}/loeschen", form)
    assert done.status_code == 200, done.text
    for word in ("karla@k.example", "Karla Kunde", "cus_karla"):
        assert await where(payout_books, word) == set(), word
    assert len(await payout_books.rows("SELECT 1 FROM transactions WHERE gross_cents = 119")) == 1
    [event] = await payout_books.rows("SELECT id FROM events WHERE resource_id = 'ch_9'")
    again = await admin.post(
        f"/admin/ereignisse/{event['id']}/verarbeiten", shown_at=f"/admin/ereignisse/{event['id']}"
    )
    assert (again.status_code, "gelöscht" in again.text) == (409, True)


async def test_a_customer_whose_sale_waits_is_not_erased(payout_books: Books, firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    customer = await _customer(payout_books, state="pending")
    refused = await admin.post(f"{PAGE}/kunde/{customer}/loeschen", {"grund": "Antrag", "bestaetigung": customer})
    assert (refused.status_code, "warten noch" in refused.text) == (422, True)


async def test_the_copy_of_a_partner_holds_no_secret_and_no_whole_account(payout_books: Books, firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    await payout_books.account()
    await payout_books.paid(await payout_books.asked_for(10_000))
    await _lived(payout_books)
    copy = (await admin.get(f"{PAGE}/partner/ANNA/auskunft")).json()
    records: dict[str, list[dict[str, Any]]] = copy["records"]
    assert records["master_data"][0]["name"] == "Anna Ader"
    assert records["earlier_mail_addresses"][0]["email"] == MAIL
    assert {one["iban_last4"] for one in records["accounts"]} == {"3000", "2051"}
    assert all(
        "hmac" not in name and "encrypted" not in name for rows in records.values() for row in rows for name in row
    )
    assert len(records["payouts"]) == len(records["documents"]) == 1
    assert "unreached_lexoffice" in copy["elsewhere"]


@pytest.fixture
async def key(firm: Firm) -> str:
    wanted = api_keys.WantedKey(name="k", scopes=frozenset({"read", "write"}))
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        made = await api_keys.create_api_key(tx, firm.parts.vault, wanted, actor="test")
    return made.key.get_secret_value()


async def test_the_api_erases_and_says_what_is_kept(payout_books: Books, firm: Firm, key: str) -> None:
    browser = firm.browser().http
    head = {"X-API-Key": key}
    await payout_books.paid(await payout_books.asked_for(10_000))
    copy = await browser.get("/api/v1/partners/ANNA/personal-data", headers=head)
    assert copy.json()["records"]["master_data"][0]["email"] == MAIL
    wanted = {"reason": "Antrag", "confirm": "BERT"}
    silent = await browser.post("/api/v1/partners/ANNA/erase", json=wanted, headers=head)
    assert (silent.status_code, silent.json()["code"]) == (422, "erasure_not_confirmed")
    done = await browser.post("/api/v1/partners/ANNA/erase", json=wanted | {"confirm": "ANNA"}, headers=head)
    assert done.status_code == 200, done.text
    told = done.json()
    end = date(datetime.now(BERLIN).year + 8, 12, 31).isoformat()
    assert {one["until"] for one in told["kept"]} == {end}
    assert all("§ 14b Abs. 1 UStG" in one["paragraphs"] for one in told["kept"])
    assert told["is_finished"] is False
    assert await where(payout_books, MAIL) == set()


async def _event(books: Books, state: str, days: int) -> int:
    [row] = await books.rows(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, received_at)
        VALUES ($1, 'stripe', 'x', $2, '{"mail": "karla@k.example"}', $3, now() - make_interval(days => $4))
        RETURNING id
        """,
        books.tenant.id, str(uuid4()), state, days,
    )  # fmt: skip
    return int(row["id"])


async def test_bodies_go_after_the_days_that_the_tenant_chose(payout_books: Books, firm: Firm, key: str) -> None:
    admin = await firm.person(Role.ADMIN)
    young, ignored, handled, old = [
        await _event(payout_books, state, days)
        for state, days in (("ignored", 10), ("ignored", 31), ("processed", 31), ("processed", 731))
    ]

    async def erased() -> set[int]:
        async with payout_books.ledger.transaction(payout_books.tenant, cause="test") as tx:
            while await retention.forget(tx, today=datetime.now(BERLIN).date()):
                pass
        rows = await payout_books.rows("SELECT id FROM events WHERE body_erased_at IS NOT NULL AND body = '{}'")
        return {row["id"] for row in rows}

    assert await erased() == {ignored, old}
    assert (await admin.post(PAGE, {"ignored_events": "9"}, shown_at=PAGE)).status_code == 303
    assert await erased() == {ignored, old, young}
    http, head = firm.browser().http, {"X-API-Key": key}
    rules = (await http.patch("/api/v1/retention", json={"days": {"event_bodies": 30}}, headers=head)).json()["rules"]
    assert {rule["kind"]: rule["days"] for rule in rules}["event_bodies"] == 30
    assert await erased() == {ignored, old, young, handled}
    for days in ({"event_bodies": 1}, {"document_copies": 100}, {"unknown": 5}):
        assert (await http.patch("/api/v1/retention", json={"days": days}, headers=head)).status_code == 422, days
    refused = await admin.post(PAGE, {"document_copies": "365"}, shown_at=PAGE)
    assert refused.status_code == 422
    assert "retention.changed" in await firm.actions()


async def test_another_firm_neither_copies_nor_erases(payout_books: Books, other_firm: Firm) -> None:
    stranger = await other_firm.person(Role.ADMIN)
    for path in ("", "/auskunft"):
        assert (await stranger.get(f"{PAGE}/partner/ANNA{path}")).status_code == 404
    form = {"grund": "Neugier", "bestaetigung": "ANNA"}
    assert (await stranger.post(f"{PAGE}/partner/ANNA/loeschen", form)).status_code == 404
    assert "partners" in await where(payout_books, MAIL)
