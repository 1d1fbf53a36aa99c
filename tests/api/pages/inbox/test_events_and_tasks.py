"""Ereignisse and Aufgaben: what arrived, what a replay would change, and what waits for a person."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.booking import provider_reports
from ledger.roles import Role
from ledger.sales.sale_reports import SaleReport
from tests.fixtures.sale_books import Books


async def an_event(books: Books, *, state: str = "failed", provider: str = "lexoffice", **members: Any) -> int:
    resource = str(members.pop("resource_id", uuid4()))
    [row] = await books.rows(
        """
        INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, state,
                            reason, handled_at)
        VALUES ($1, $2, gen_random_uuid()::text, $3, $4, now(), $5, $6, $7, now()) RETURNING id
        """,
        books.firm.tenant.id,
        provider,
        members.pop("event_type", "invoice.status.changed"),
        resource,
        members.pop("body", json.dumps({"resourceId": resource}).encode()),
        state,
        members.pop("reason", "lexoffice hat nicht geantwortet."),
    )
    assert not members
    return int(row["id"])


async def a_task(books: Books, kind: str, subject: str, subject_id: str, *actions: str, **detail: Any) -> UUID:
    [row] = await books.rows(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, detail)
        VALUES ($1, $2, $3, $4, 'Warum.', $5, $6) RETURNING id
        """,
        books.firm.tenant.id,
        kind,
        subject,
        subject_id,
        list(actions),
        detail,
    )
    found: UUID = row["id"]
    return found


async def an_invoice(books: Books, order: str) -> UUID:
    """A paid invoice over 100 € net, fetched and never booked."""
    resource = uuid4()
    organization = uuid4()
    await books.rows("UPDATE provider_connections SET organization_id = $1 WHERE provider = 'lexoffice'", organization)
    document = {
        "id": str(resource), "organizationId": str(organization), "createdDate": "2026-10-02T09:00:00.000+02:00",
        "updatedDate": "2026-10-03T09:00:00.000+02:00", "version": 3, "language": "de", "archived": False,
        "voucherStatus": "paid", "voucherNumber": "RE-2026-0007", "voucherDate": "2026-10-02T00:00:00.000+02:00",
        "address": {"name": "Kunde AG", "countryCode": "DE"}, "lineItems": [],
        "totalPrice": {
            "currency": "EUR", "totalNetAmount": 100.00, "totalGrossAmount": 119.00, "totalTaxAmount": 19.00,
        },
        "taxAmounts": [], "taxConditions": {"taxType": "net"}, "introduction": "", "remark": f"Bestellung: {order}",
    }  # fmt: skip
    payments = {
        "openAmount": 0.00, "currency": "EUR", "paymentStatus": "balanced", "voucherType": "invoice",
        "voucherStatus": "paid", "paidDate": "2026-10-03T00:00:00.000+02:00",
        "paymentItems": [{"paymentItemType": "manualPayment", "postingDate": "2026-10-03T00:00:00.000+02:00",
                          "amount": 119.00, "currency": "EUR"}],
    }  # fmt: skip
    for kind, body in (("invoice", document), ("payments", payments)):
        await books.rows(
            """
            INSERT INTO document_snapshots (tenant_id, resource, resource_id, body, sha256)
            VALUES ($1, $2, $3, $4, ''::bytea)
            """,
            books.firm.tenant.id,
            kind,
            resource,
            json.dumps(body),
        )
    return resource


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", 2), ("status=failed", 1), ("typ=token.revoked", 1), ("anbieter=stripe", 0), ("anbieter=lexoffice", 2),
        ("von=2020-01-01", 2), ("bis=2020-01-01", 0), ("beleg=RE-2026-0007", 1),
    ],
)  # fmt: skip
async def test_the_inbox_is_narrowed_down_by_its_filters(sale_books: Books, query: str, seen: int) -> None:
    resource = uuid4()
    await an_event(sale_books, resource_id=resource)
    await an_event(sale_books, state="skipped", event_type="token.revoked", reason=None)
    await sale_books.rows(
        """
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number)
        VALUES ($1, gen_random_uuid(), 'invoice', $2, 'RE-2026-0007')
        """,
        sale_books.firm.tenant.id,
        resource,
    )
    page = (await sale_books.editor.get(f"/admin/ereignisse?{query}")).text
    assert page.count('type="checkbox"') == seen


async def test_an_event_shows_its_body_and_why_it_failed(sale_books: Books) -> None:
    event = await an_event(sale_books)
    page = await sale_books.read(f"/admin/ereignisse/{event}")
    assert "lexoffice hat nicht geantwortet." in page
    assert "resourceId" in page
    assert "Zu diesem Ereignis wurde kein Beleg geholt." in page


async def test_a_preview_says_what_would_change_and_changes_nothing(sale_books: Books) -> None:
    sale = await sale_books.sale(order_reference="B-7")
    event = await an_event(sale_books, resource_id=await an_invoice(sale_books, "B-7"))
    before = await sale_books.rows(
        "SELECT state, provisional FROM transactions UNION ALL SELECT state, provisional FROM commissions"
    )
    page = await sale_books.read(f"/admin/ereignisse/{event}/vorschau")
    assert "Danach: Verarbeitet" in page
    assert "Status Vorläufig Bezahlt" in page
    assert "Rechnung – RE-2026-0007" in page
    assert "Provision Stufe 1 (ANNA): Status Vorläufig Freigegeben" in page
    assert "gebucht wurde nichts" in page
    after = await sale_books.rows(
        "SELECT state, provisional FROM transactions UNION ALL SELECT state, provisional FROM commissions"
    )
    assert before == after
    [row] = await sale_books.rows("SELECT state, reason, delivery FROM events WHERE id = $1", event)
    assert tuple(row) == ("failed", "lexoffice hat nicht geantwortet.", 1)
    assert (
        await sale_books.rows("SELECT 1 FROM state_changes WHERE subject_id = $1 AND to_state = 'approved'", sale) == []
    )


async def test_a_preview_says_whom_it_would_ask(sale_books: Books) -> None:
    await sale_books.sale()
    event = await an_event(sale_books, resource_id=await an_invoice(sale_books, "-"))
    page = await sale_books.read(f"/admin/ereignisse/{event}/vorschau")
    assert "Eine Person würde gefragt:" in page
    assert await sale_books.rows("SELECT 1 FROM tasks") == []


async def test_without_a_stored_document_the_preview_says_so(sale_books: Books) -> None:
    event = await an_event(sale_books)
    page = await sale_books.read(f"/admin/ereignisse/{event}/vorschau")
    assert "Dieser Beleg wurde noch nie geholt." in page


async def test_events_are_previewed_and_replayed_in_bulk_each_with_its_result(sale_books: Books) -> None:
    first, second = await an_event(sale_books), await an_event(sale_books, event_type="token.revoked")
    chosen = {f"ereignis-{first}": "1", f"ereignis-{second}": "1"}
    preview = await sale_books.send("/admin/ereignisse/vorschau", chosen, status=200)
    assert f"Ereignis {first}" in preview
    assert f"Ereignis {second}" in preview
    refused = await sale_books.send("/admin/ereignisse/verarbeiten", chosen, status=422)
    assert refused.count("Die Buchhaltung ist nicht verbunden") == 2
    await sale_books.rows(
        "UPDATE provider_connections SET secret_encrypted = '\\x00', secret_last4 = 'abcd' WHERE provider = 'lexoffice'"
    )
    await sale_books.send("/admin/ereignisse/verarbeiten", chosen)
    rows = await sale_books.rows("SELECT state, delivery FROM events ORDER BY id")
    assert [tuple(row) for row in rows] == [("received", 2), ("received", 2)]
    assert (await sale_books.firm.actions()).count("event.replayed") == 2
    await sale_books.send("/admin/ereignisse/verarbeiten", {}, status=303)


async def test_an_event_of_stripe_is_previewed_and_booked_from_its_body(sale_books: Books) -> None:
    body = {
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "created": 1_780_000_000,
        "livemode": True,
        "data": {"object": {"id": "pi_1", "amount_received": 11_900, "currency": "eur", "metadata": {}}},
    }
    event = await an_event(
        sale_books, provider="stripe", resource_id="evt_1", event_type=str(body["type"]), body=json.dumps(body).encode()
    )
    address = f"/admin/ereignisse/{event}"
    assert "Zeigen, was sich ändern würde" in await sale_books.read(address)
    preview = await sale_books.read(f"{address}/vorschau")
    assert "wie es von Stripe ankam" in preview
    assert "Beim Verarbeiten wird er neu geholt" not in preview, "there is no document"
    assert await sale_books.rows("SELECT 1 FROM transactions WHERE payment_intent = 'pi_1'") == [], "it was a rehearsal"
    for _ in range(2):
        await sale_books.send(f"{address}/verarbeiten")
        sales = await sale_books.rows("SELECT gross_cents FROM transactions WHERE payment_intent = 'pi_1'")
        assert [row["gross_cents"] for row in sales] == [11_900]
    [row] = await sale_books.rows("SELECT state, delivery FROM events WHERE id = $1", event)
    assert tuple(row) == ("unchanged", 3)


async def test_a_task_is_answered_by_its_own_form(sale_books: Books) -> None:
    sale = await sale_books.sale(partner=None)
    task = await a_task(sale_books, "unknown_partner_code", "transaction", str(sale), "assign_partner", "done")
    assert "Unbekannter Partnercode" in await sale_books.read("/admin/aufgaben")
    page = await sale_books.read(f"/admin/aufgaben/{task}")
    assert "Diesem Partner geben" in page
    wrong = await sale_books.editor.post(
        f"/admin/aufgaben/{task}", {"action": "assign_partner", "partner_code": "NIEMAND"}
    )
    assert wrong.status_code == 422
    assert 'value="NIEMAND"' in wrong.text
    await sale_books.send(f"/admin/aufgaben/{task}", {"action": "assign_partner", "partner_code": "ANNA"})
    assert "Unbekannter Partnercode" not in await sale_books.read("/admin/aufgaben")
    assert "Unbekannter Partnercode" in await sale_books.read("/admin/aufgaben?status=erledigt")
    [row] = await sale_books.rows("SELECT partner_id IS NOT NULL AS given FROM transactions WHERE id = $1", sale)
    assert row["given"]


async def test_the_rate_of_another_currency_is_given_in_a_form(sale_books: Books) -> None:
    async with sale_books.firm.parts.ledger.transaction(sale_books.firm.tenant) as tx:
        told = SaleReport(payment_intent="pi_7", gross_cents=11_900, currency="usd", sold_at=datetime.now(UTC))
        await provider_reports.record_sale(tx, told)
    [row] = await sale_books.rows("SELECT id FROM tasks WHERE kind = 'foreign_currency'")
    page = await sale_books.read(f"/admin/aufgaben/{row['id']}")
    assert "wurden 119 USD bezahlt" in page
    answer = {"action": "convert", "rate": "1,19", "rate_day": "2026-11-02", "rate_source": ""}
    wrong = await sale_books.editor.post(f"/admin/aufgaben/{row['id']}", answer)
    assert (wrong.status_code, 'value="1,19"' in wrong.text) == (422, True)
    await sale_books.send(f"/admin/aufgaben/{row['id']}", answer | {"rate_source": "EZB"})
    assert await sale_books.rows("SELECT 1 FROM tasks WHERE kind = 'foreign_currency' AND state = 'open'") == []


async def test_an_answer_that_needs_a_reason_is_refused_without_one(sale_books: Books) -> None:
    sale = await sale_books.sale()
    await sale_books.rows(
        "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, 'own_purchase')",
        sale_books.firm.tenant.id,
        sale,
    )
    task = await a_task(sale_books, "own_purchase", "transaction", str(sale), "release", "keep_held")
    assert "Grund" in await sale_books.send(f"/admin/aufgaben/{task}", {"action": "release"}, status=422)
    await sale_books.send(f"/admin/aufgaben/{task}", {"action": "release", "reason": "Für einen Kunden"})
    again = await sale_books.send(f"/admin/aufgaben/{task}", {"action": "release", "reason": "x"}, status=422)
    assert "bereits erledigt" in again


async def test_what_concerns_a_payout_needs_the_right_to_approve(sale_books: Books) -> None:
    await sale_books.fit_to_be_paid()
    await sale_books.approved_sale()
    await sale_books.send("/admin/partner/ANNA/auszahlung")
    [payout] = await sale_books.rows("SELECT number FROM payouts")
    task = await a_task(sale_books, "payout_blocked", "payout", payout["number"], "retry")
    await sale_books.send(f"/admin/aufgaben/{task}", {"action": "retry"}, status=403)
    assert "wer Auszahlungen freigeben darf" in await sale_books.read(f"/admin/aufgaben/{task}")
    approver = await sale_books.firm.person(Role.APPROVER)
    await sale_books.send(f"/admin/aufgaben/{task}", {"action": "retry"}, browser=approver)


async def test_the_sale_of_an_invoice_is_chosen_among_those_that_fit(sale_books: Books) -> None:
    sale = await sale_books.sale(order_reference="B-1")
    task = await a_task(
        sale_books, "invoice_without_reference", "document", str(uuid4()), "assign", "book_new",
        candidates=[{"transaction_id": str(sale)}],
    )  # fmt: skip
    page = (await sale_books.editor.get(f"/admin/aufgaben/{task}")).text
    assert f'type="radio" name="transaction_id" value="{sale}"' in page


async def test_a_document_that_deviates_shows_both_versions(sale_books: Books) -> None:
    task = await a_task(
        sale_books, "document_deviates", "payout", "PO-2026-0001", "done",
        approved={"net_cents": 100}, fetched={"net_cents": 90}, differences=["net_cents"],
    )  # fmt: skip
    assert "net_cents 100 90" in await sale_books.read(f"/admin/aufgaben/{task}")


async def test_a_kind_without_words_is_still_shown(sale_books: Books) -> None:
    task = await a_task(sale_books, "something_new", "event", "1", "done")
    assert "Warum." in await sale_books.read(f"/admin/aufgaben/{task}")


@pytest.mark.parametrize(
    "path", ["/admin/ereignisse", "/admin/ereignisse?status=failed", "/admin/aufgaben", "/admin/zahlungsanbieter",
             "/admin/partner/ANNA", "/admin/transaktionen/{sale}"],
)  # fmt: skip
async def test_a_page_that_shows_states_asks_for_itself_again(sale_books: Books, path: str) -> None:
    address = path.format(sale=await sale_books.sale())
    page = (await sale_books.editor.get(address)).text
    assert f'hx-get="{address}"' in page
    assert "data-renew=" in page


LATER = {"code": "from_a_later_version", "params": {"cents": 1, "more": [{}]}}


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_reason_of_a_later_version_is_shown_as_its_code(sale_books: Books, language: str) -> None:
    event = await an_event(sale_books)
    task = await a_task(sale_books, "unknown_partner_code", "sale", str(uuid4()), "done")
    for table, row in (("events", event), ("tasks", task)):
        await sale_books.rows(
            f"UPDATE {table} SET reason_code = $2, reason_params = $3 WHERE id = $1", row, *LATER.values()
        )
    browser = await sale_books.firm.person(Role.ADMIN)
    await browser.post("/sprache", {"sprache": language, "weiter": "/admin/konto"}, shown_at="/admin/konto")
    for address in ("/admin/ereignisse", f"/admin/ereignisse/{event}", "/admin/aufgaben", f"/admin/aufgaben/{task}"):
        answer = await browser.get(address)
        assert answer.status_code == 200, address
        assert "from_a_later_version" in answer.text, address
