"""Sales and payouts that are held or blocked in German, as releases up to 0087 wrote them, through the migrations."""

import json
from datetime import UTC, datetime, timedelta

import httpx
from cryptography.fernet import Fernet

from api.app import create_app
from ledger.access import api_keys
from ledger.roles import Role
from ledger.types import Tenant, TenantId
from settings import Settings
from tests.fixtures.browsers import Firm
from tests.fixtures.unhurried import ANSWER_S
from tests.ledger.old_holds import (
    ACCOUNT,
    BLOCKED,
    JUDGED,
    SALES,
    SOLD,
    STOPPED,
    VOIDED,
    WRITTEN,
    Books,
    bert_has_a_new_account,
    carl_is_stopped,
)


async def test_each_sentence_on_a_sale_becomes_a_row_with_its_code(old_books: Books) -> None:
    await old_books.old.migrate()
    found = await old_books.holds_of_sales()
    assert {name: sorted(of_sale) for name, of_sale in found.items()} == {
        name: of for name, (_, _, of) in SALES.items()
    }


async def test_a_hold_began_when_it_was_asked_about_disputed_or_voided(old_books: Books) -> None:
    await old_books.old.admin.execute("UPDATE tenants SET replacement_window = '3 days'")
    await old_books.old.admin.execute(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, created_at)
        VALUES ($1, 'own_purchase', 'transaction', $2, 'x', '{release}', $3)
        """,
        old_books.tenant,
        str(old_books.sales["both"]),
        WRITTEN,
    )
    await old_books.old.admin.execute(
        """
        INSERT INTO refunds (tenant_id, transaction_id, kind, reference, cents, counts, is_open, as_of)
        VALUES ($1, $2, 'dispute', 'dp_1', 100, false, true, $3)
        """,
        old_books.tenant,
        old_books.sales["both"],
        JUDGED,
    )
    await old_books.old.migrate()
    since = {
        (row["order_reference"], row["code"]): row["since"]
        for row in await old_books.old.admin.fetch(
            "SELECT order_reference, code, since FROM sale_holds h JOIN transactions t ON t.id = h.transaction_id"
        )
    }
    assert since["both", "dispute"] == JUDGED
    assert since["both", "own_purchase"] == WRITTEN
    assert since["own", "own_purchase"] == SOLD, "nothing tells when: not later than the sale"
    assert datetime.now(UTC) - since["voided", "invoice_voided"] < timedelta(days=1, hours=1)


async def test_what_holds_a_payout_becomes_rows_also_what_a_person_had_put_out_of_sight(old_books: Books) -> None:
    await bert_has_a_new_account(old_books)
    await carl_is_stopped(old_books)
    await old_books.payout(1)
    await old_books.payout(2, held="Rückfrage; <b>bald</b>", by="user:3")
    await old_books.payout(3, "BERT", held=ACCOUNT)
    await old_books.payout(4, "CARL", held=STOPPED)
    await old_books.payout(5, "CARL", held="Rückfrage", by="user:3")
    await old_books.payout(6, "BERT", held="Prüfung")
    await old_books.payout(7, "BERT", state="credit_note_open", held=ACCOUNT)
    await old_books.payout(8, "CARL", state="credit_note_open")
    await old_books.old.migrate()
    assert await old_books.holds_of_payouts() == {
        "0001": [],
        "0002": [("put_back", {"reason": "Rückfrage; <b>bald</b>"}, "user:3")],
        "0003": [("account_pending", {}, "migration:0090")],
        "0004": [("partner_stopped", {}, "user:2")],
        "0005": [("partner_stopped", {}, "user:2"), ("put_back", {"reason": "Rückfrage"}, "user:3")],
        "0006": [
            ("account_pending", {}, "migration:0090"),
            ("as_it_was_written", {"text": "Prüfung"}, "migration:0090"),
        ],
        "0007": [("account_pending", {}, "migration:0090")],
        "0008": [],
    }


async def test_what_blocks_a_payout_becomes_a_code_with_what_it_named(old_books: Books) -> None:
    for number, said in enumerate(BLOCKED, start=1):
        await old_books.payout(number, state="approved", blocked=said)
    await old_books.payout(99, state="approved")
    await old_books.old.migrate()
    rows = await old_books.old.admin.fetch(
        "SELECT blocked_reason, blocked_code, blocked_params FROM payouts WHERE blocked_reason IS NOT NULL"
    )
    assert {row[0]: (row[1], json.loads(row[2])) for row in rows} == BLOCKED
    assert await old_books.old.admin.fetchval("SELECT count(*) FROM payouts WHERE blocked_code IS NULL") == 1


async def test_what_an_event_changed_names_codes(old_books: Books) -> None:
    changes = {
        "held_reason": ["Eigenkauf", "Eigenkauf; Zahlungsstreit"],
        "blocked_reason": [None, VOIDED],
        "state": ["pending", "approved"],
    }
    event = await old_books.old.admin.fetchval(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, changes)
        VALUES ($1, 'stripe', 'charge.dispute.created', 'dp_1', '{}', 'processed', $2) RETURNING id
        """,
        old_books.tenant,
        json.dumps(changes),
    )
    await old_books.old.migrate()
    found = json.loads(await old_books.old.admin.fetchval("SELECT changes FROM events WHERE id = $1", event))
    assert [sorted(codes) for codes in found.pop("holds")] == [
        ["own_purchase"],
        ["dispute", "invoice_voided", "own_purchase"],
    ]
    assert found == {"state": ["pending", "approved"]}


async def test_pages_and_the_json_api_show_old_rows_in_the_language_asked_for(old_books: Books) -> None:
    await carl_is_stopped(old_books)
    await old_books.payout(1, "CARL", held="Rückfrage <b>", by="user:3")
    await old_books.payout(2, state="approved", blocked="Der Kleinunternehmer-Status ist für 2027 nicht bestätigt.")
    await old_books.old.migrate()
    settings = Settings(
        database_url=old_books.old.urls.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://127.0.0.1",
        log_level="error",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        firm = Firm(app, Tenant(id=TenantId(old_books.tenant), slug="acme"))
        try:
            await _look_at_pages(firm, old_books)
            await _look_at_the_api(firm, settings, old_books)
        finally:
            await firm.close()


async def _look_at_pages(firm: Firm, old_books: Books) -> None:
    editor = await firm.person(Role.EDITOR)
    page = (await editor.get("/admin/auszahlungen/PO-2026-0001")).text
    assert "Rückfrage &lt;b&gt;" in page
    assert (
        "Der Kleinunternehmer-Status ist für 2027 nicht bestätigt."
        in (await editor.get("/admin/auszahlungen/PO-2026-0002")).text
    )
    overview = (await editor.get("/admin/uebersicht")).text
    assert "Rückfrage &lt;b&gt;" in overview
    assert "für 2027 nicht bestätigt" in overview
    sale = (await editor.get(f"/admin/transaktionen/{old_books.sales['odd']}")).text
    assert "Prüfung &lt;b&gt;; Betrug?" in sale
    editor.http.cookies.set("partnerdesk-language", "en")
    assert "not confirmed for 2027" in (await editor.get("/admin/auszahlungen")).text
    assert "Own purchase" in (await editor.get(f"/admin/transaktionen/{old_books.sales['own']}")).text


async def _look_at_the_api(firm: Firm, settings: Settings, old_books: Books) -> None:
    async with firm.parts.ledger.transaction(firm.tenant) as tx:
        made = await api_keys.create_api_key(
            tx, settings.vault(), api_keys.WantedKey(name="x", scopes=("read", "write")), actor="test"
        )
    headers = {"X-API-Key": made.key.get_secret_value()}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=firm.app),
        base_url="http://127.0.0.1/api/v1",
        timeout=ANSWER_S,
        headers=headers,
    ) as api:
        held = (await api.get("/payouts/PO-2026-0001")).json()
        assert {hold["code"]: hold["sentence"] for hold in held["holds"]} == {
            "partner_stopped": STOPPED,
            "put_back": "Rückfrage <b>",
        }
        assert held["held_reason"] == f"{STOPPED} Rückfrage <b>"
        blocked = (await api.get("/payouts/PO-2026-0002", headers={"Accept-Language": "en"})).json()
        assert blocked["blocked"] == {"code": "small_business_not_confirmed", "params": {"year": 2027}}
        assert blocked["blocked_reason"] == "The status as a small business is not confirmed for 2027."
        listed = (await api.get("/transactions", headers={"Accept-Language": "en-GB"})).json()["items"]
        [voided] = [sale for sale in listed if sale["id"] == str(old_books.sales["all"])]
        assert (voided["held_reason"], voided["blocked_reason"]) == (
            "Dispute",
            "The invoice was voided; a new one may still take its place.",
        )
        released = await api.post(f"/transactions/{old_books.sales['odd']}/release", json={"reason": "geprüft"})
        assert (released.json()["holds"], released.json()["held_reason"]) == ([], None)


# The release before, beside this one. The statements are its own.
