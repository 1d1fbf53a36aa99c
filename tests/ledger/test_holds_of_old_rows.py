"""Sales and payouts that are held or blocked in German, as releases up to 0087 wrote them, through the migrations.

And the release before beside this one: what it reads is said to it, what it writes is heard.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet

from api.app import create_app
from ledger.access import api_keys
from ledger.database import TenantTransaction
from ledger.roles import Role
from ledger.sales import sale_holds
from ledger.sales.sale_holds import SaleHold
from ledger.types import Tenant, TenantId, TransactionId
from sandbox.postgres import PostgresAddresses
from settings import Settings
from tests.fixtures.browsers import Firm
from tests.fixtures.unhurried import ANSWER_S
from tests.ledger.old_shape import OldDatabase, old_database

_ACCOUNT = "Eine neue Bankverbindung ist noch nicht in Kraft."
_STOPPED = "Die Auszahlungen an diesen Partner sind angehalten."
_VOIDED = "Die Rechnung wurde storniert; eine neue kann noch an ihre Stelle treten."
_SOLD, _JUDGED, _WRITTEN = (datetime(2026, 10, day, 12, tzinfo=UTC) for day in (1, 5, 9))

SALES: dict[str, tuple[str | None, str | None, list[tuple[str, dict[str, Any]]]]] = {
    "free": (None, None, []),
    "own": ("Eigenkauf", None, [("own_purchase", {})]),
    "disputed": ("Zahlungsstreit", None, [("dispute", {})]),
    "both": ("Eigenkauf; Zahlungsstreit", None, [("dispute", {}), ("own_purchase", {})]),
    "voided": (None, _VOIDED, [("invoice_voided", {})]),
    "all": ("Zahlungsstreit", _VOIDED, [("dispute", {}), ("invoice_voided", {})]),
    "odd": (
        "Prüfung <b>; Eigenkauf; Betrug?",
        None,
        [("as_it_was_written", {"text": "Prüfung <b>; Betrug?"}), ("own_purchase", {})],
    ),
}
"""held_reason, blocked_reason; what they become."""

BLOCKED: dict[str, tuple[str, dict[str, Any]]] = {
    "Der Kleinunternehmer-Status ist für 2027 nicht bestätigt.": ("small_business_not_confirmed", {"year": 2027}),
    "Die Anschrift des Partners ist unvollständig.": ("address_missing", {}),
    "lexoffice ist nicht verbunden; das Steuerprofil fehlt.": ("not_connected", {}),
    "Die Verbindung zu lexoffice ist gestört.": ("connection_broken", {}),
    "lexoffice lehnt den API-Schlüssel ab.": ("credential_rejected", {}),
    "Die Auszahlung ist zurückgestellt.": ("payout_held", {}),
    "Von Hand in die Zeile geschrieben.": ("as_it_was_written", {"text": "Von Hand in die Zeile geschrieben."}),
}


@dataclass
class Books:
    """A tenant of then. ANNA has nothing special, BERT a new account that waits, CARL was stopped."""

    old: OldDatabase
    tenant: UUID
    partners: dict[str, UUID]
    sales: dict[str, UUID]

    async def sale(self, name: str, held: str | None, blocked: str | None) -> None:
        self.sales[name] = await self.old.admin.fetchval(
            """
            INSERT INTO transactions (tenant_id, source, state, order_reference, base_cents, gross_cents, provisional,
                                      sold_at, created_at, held_reason, blocked_reason, replacement_until)
            VALUES ($1, 'api', 'pending', $2, 10000, 11900, false, $3, $3, $4, $5, $6) RETURNING id
            """,
            self.tenant,
            name,
            _SOLD,
            held,
            blocked,
            blocked and datetime.now(UTC) + timedelta(days=2),
        )

    async def payout(
        self,
        number: int,
        code: str = "ANNA",
        *,
        state: str = "awaiting_approval",
        held: str | None = None,
        by: str | None = None,
        blocked: str | None = None,
    ) -> None:
        # Without its lines: rows of then are not what is judged here.
        await self.old.admin.execute("SET session_replication_role = replica")
        await self.old.admin.execute(
            """
            INSERT INTO payouts (tenant_id, number, partner_id, state, tax_case, net_cents, tax_rate, tax_cents,
                                 gross_cents, period_from, period_to, content_hash, requested_by, created_at,
                                 updated_at, held_reason, held_by, held_at, blocked_reason)
            VALUES ($1, $2, $3, $4, 'private', 10000, 0, 0, 10000, '2026-10-01', '2026-10-01', 'x', 'key:x', $5, $6,
                    $7, $8, CASE WHEN $8::text IS NULL THEN NULL ELSE $6::timestamptz END, $9)
            """,
            self.tenant,
            f"PO-2026-{number:04d}",
            self.partners[code],
            state,
            _SOLD,
            _WRITTEN,
            held,
            by,
            blocked,
        )
        await self.old.admin.execute("RESET session_replication_role")

    async def holds_of_sales(self) -> dict[str, list[tuple[str, dict[str, Any]]]]:
        """By order reference; with what stands on the sale held against it."""
        rows = await self.old.admin.fetch(
            """
            SELECT t.order_reference, t.open_holds, h.code, h.params, h.since, h.set_by
              FROM transactions t
              LEFT JOIN sale_holds h ON h.tenant_id = t.tenant_id AND h.transaction_id = t.id AND released_at IS NULL
             ORDER BY h.since, h.code
            """
        )
        found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for row in rows:
            of_sale = found.setdefault(row["order_reference"], [])
            if row["code"] is not None:
                of_sale.append((row["code"], json.loads(row["params"])))
        for row in rows:
            assert (row["open_holds"] or []) == [code for code, _ in found[row["order_reference"]]]
        return found

    async def holds_of_payouts(self) -> dict[str, list[tuple[str, dict[str, Any], str]]]:
        rows = await self.old.admin.fetch(
            """
            SELECT p.number, p.open_holds, h.code, h.params, h.set_by
              FROM payouts p
              LEFT JOIN payout_holds h ON h.tenant_id = p.tenant_id AND h.payout_id = p.id AND released_at IS NULL
             ORDER BY h.since, h.code
            """
        )
        found: dict[str, list[tuple[str, dict[str, Any], str]]] = {}
        for row in rows:
            of_payout = found.setdefault(row["number"].removeprefix("PO-2026-"), [])
            if row["code"] is not None:
                of_payout.append((row["code"], json.loads(row["params"]), row["set_by"]))
        for row in rows:
            codes = [code for code, _, _ in found[row["number"].removeprefix("PO-2026-")]]
            assert (row["open_holds"] or []) == codes
        return found


@pytest.fixture
async def books(postgres: PostgresAddresses) -> AsyncIterator[Books]:
    async with old_database(postgres, version="0087") as old:
        tenant = await old.new_tenant("acme")
        partners = {}
        for code in ("ANNA", "BERT", "CARL"):
            partners[code] = await old.admin.fetchval(
                "INSERT INTO partners (tenant_id, code, name, last_edited_by) VALUES ($1, $2, $2, 'test') RETURNING id",
                tenant,
                code,
            )
        made = Books(old, tenant, partners, {})
        for name, (held, blocked, _) in SALES.items():
            await made.sale(name, held, blocked)
        yield made


async def _bert_has_a_new_account(books: Books) -> None:
    await books.old.admin.execute(
        """
        INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac, iban_last4,
                                          recorded_by, recorded_at)
        VALUES ($1, $2, 'Bert', '\\x00', '\\x00', '0000', 'user:1', $3)
        """,
        books.tenant,
        books.partners["BERT"],
        _JUDGED,
    )


async def _carl_is_stopped(books: Books) -> None:
    await books.old.admin.execute(
        """
        UPDATE partners SET payouts_stopped_reason = 'Verdacht', payouts_stopped_by = 'user:2', payouts_stopped_at = $2
         WHERE id = $1
        """,
        books.partners["CARL"],
        _JUDGED,
    )


async def test_each_sentence_on_a_sale_becomes_a_row_with_its_code(books: Books) -> None:
    await books.old.migrate()
    found = await books.holds_of_sales()
    assert {name: sorted(of_sale) for name, of_sale in found.items()} == {
        name: of for name, (_, _, of) in SALES.items()
    }


async def test_a_hold_began_when_it_was_asked_about_disputed_or_voided(books: Books) -> None:
    await books.old.admin.execute("UPDATE tenants SET replacement_window = '3 days'")
    await books.old.admin.execute(
        """
        INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions, created_at)
        VALUES ($1, 'own_purchase', 'transaction', $2, 'x', '{release}', $3)
        """,
        books.tenant,
        str(books.sales["both"]),
        _WRITTEN,
    )
    await books.old.admin.execute(
        """
        INSERT INTO refunds (tenant_id, transaction_id, kind, reference, cents, counts, is_open, as_of)
        VALUES ($1, $2, 'dispute', 'dp_1', 100, false, true, $3)
        """,
        books.tenant,
        books.sales["both"],
        _JUDGED,
    )
    await books.old.migrate()
    since = {
        (row["order_reference"], row["code"]): row["since"]
        for row in await books.old.admin.fetch(
            "SELECT order_reference, code, since FROM sale_holds h JOIN transactions t ON t.id = h.transaction_id"
        )
    }
    assert since["both", "dispute"] == _JUDGED
    assert since["both", "own_purchase"] == _WRITTEN
    assert since["own", "own_purchase"] == _SOLD, "nothing tells when: not later than the sale"
    assert datetime.now(UTC) - since["voided", "invoice_voided"] < timedelta(days=1, hours=1)


async def test_what_holds_a_payout_becomes_rows_also_what_a_person_had_put_out_of_sight(books: Books) -> None:
    await _bert_has_a_new_account(books)
    await _carl_is_stopped(books)
    await books.payout(1)
    await books.payout(2, held="Rückfrage; <b>bald</b>", by="user:3")
    await books.payout(3, "BERT", held=_ACCOUNT)
    await books.payout(4, "CARL", held=_STOPPED)
    await books.payout(5, "CARL", held="Rückfrage", by="user:3")
    await books.payout(6, "BERT", held="Prüfung")
    await books.payout(7, "BERT", state="credit_note_open", held=_ACCOUNT)
    await books.payout(8, "CARL", state="credit_note_open")
    await books.old.migrate()
    assert await books.holds_of_payouts() == {
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


async def test_what_blocks_a_payout_becomes_a_code_with_what_it_named(books: Books) -> None:
    for number, said in enumerate(BLOCKED, start=1):
        await books.payout(number, state="approved", blocked=said)
    await books.payout(99, state="approved")
    await books.old.migrate()
    rows = await books.old.admin.fetch(
        "SELECT blocked_reason, blocked_code, blocked_params FROM payouts WHERE blocked_reason IS NOT NULL"
    )
    assert {row[0]: (row[1], json.loads(row[2])) for row in rows} == BLOCKED
    assert await books.old.admin.fetchval("SELECT count(*) FROM payouts WHERE blocked_code IS NULL") == 1


async def test_what_an_event_changed_names_codes(books: Books) -> None:
    changes = {
        "held_reason": ["Eigenkauf", "Eigenkauf; Zahlungsstreit"],
        "blocked_reason": [None, _VOIDED],
        "state": ["pending", "approved"],
    }
    event = await books.old.admin.fetchval(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, changes)
        VALUES ($1, 'stripe', 'charge.dispute.created', 'dp_1', '{}', 'processed', $2) RETURNING id
        """,
        books.tenant,
        json.dumps(changes),
    )
    await books.old.migrate()
    found = json.loads(await books.old.admin.fetchval("SELECT changes FROM events WHERE id = $1", event))
    assert [sorted(codes) for codes in found.pop("holds")] == [
        ["own_purchase"],
        ["dispute", "invoice_voided", "own_purchase"],
    ]
    assert found == {"state": ["pending", "approved"]}


async def test_pages_and_the_json_api_show_old_rows_in_the_language_asked_for(books: Books) -> None:
    await _carl_is_stopped(books)
    await books.payout(1, "CARL", held="Rückfrage <b>", by="user:3")
    await books.payout(2, state="approved", blocked="Der Kleinunternehmer-Status ist für 2027 nicht bestätigt.")
    await books.old.migrate()
    settings = Settings(
        database_url=books.old.urls.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://127.0.0.1",
        log_level="error",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        firm = Firm(app, Tenant(id=TenantId(books.tenant), slug="acme"))
        try:
            await _look_at_pages(firm, books)
            await _look_at_the_api(firm, settings, books)
        finally:
            await firm.close()


async def _look_at_pages(firm: Firm, books: Books) -> None:
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
    sale = (await editor.get(f"/admin/transaktionen/{books.sales['odd']}")).text
    assert "Prüfung &lt;b&gt;; Betrug?" in sale
    editor.http.cookies.set("partnerdesk-language", "en")
    assert "not confirmed for 2027" in (await editor.get("/admin/auszahlungen")).text
    assert "Own purchase" in (await editor.get(f"/admin/transaktionen/{books.sales['own']}")).text


async def _look_at_the_api(firm: Firm, settings: Settings, books: Books) -> None:
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
            "partner_stopped": _STOPPED,
            "put_back": "Rückfrage <b>",
        }
        assert held["held_reason"] == f"{_STOPPED} Rückfrage <b>"
        blocked = (await api.get("/payouts/PO-2026-0002", headers={"Accept-Language": "en"})).json()
        assert blocked["blocked"] == {"code": "small_business_not_confirmed", "params": {"year": 2027}}
        assert blocked["blocked_reason"] == "The status as a small business is not confirmed for 2027."
        listed = (await api.get("/transactions", headers={"Accept-Language": "en-GB"})).json()["items"]
        [voided] = [sale for sale in listed if sale["id"] == str(books.sales["all"])]
        assert (voided["held_reason"], voided["blocked_reason"]) == (
            "Dispute",
            "The invoice was voided; a new one may still take its place.",
        )
        released = await api.post(f"/transactions/{books.sales['odd']}/release", json={"reason": "geprüft"})
        assert (released.json()["holds"], released.json()["held_reason"]) == ([], None)


# The release before, beside this one. The statements are its own.


async def _told(books: Books, sale: str) -> tuple[str | None, str | None]:
    row = await books.old.admin.fetchrow(
        "SELECT held_reason, blocked_reason FROM transactions WHERE id = $1", books.sales[sale]
    )
    assert row is not None
    return row["held_reason"], row["blocked_reason"]


@pytest.fixture
async def app(books: Books) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """As the application of the release before, in the tenant."""
    await books.old.migrate()
    connection = await asyncpg.connect(books.old.urls.app_url)
    await connection.execute("SELECT set_config('app.tenant', $1, false)", str(books.tenant))
    yield connection
    await connection.close()


async def test_the_release_before_reads_what_this_one_holds_and_releases(
    books: Books, app: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    tx, sale = (
        TenantTransaction(cast(Any, app), Tenant(id=TenantId(books.tenant), slug="acme")),
        TransactionId(books.sales["own"]),
    )
    await sale_holds.hold(tx, sale, SaleHold.DISPUTE)
    await sale_holds.hold(tx, sale, SaleHold.INVOICE_VOIDED)
    assert await _told(books, "own") == ("Eigenkauf; Zahlungsstreit", _VOIDED)
    await sale_holds.release(tx, sale, list(SaleHold))
    assert await _told(books, "own") == (None, None)


async def test_the_release_before_holds_and_releases_sales(
    books: Books, app: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    hold = "UPDATE transactions SET held_reason = $3 WHERE tenant_id = $1 AND id = $2"
    await app.execute(hold, books.tenant, books.sales["own"], "Eigenkauf; Zahlungsstreit")
    await app.execute(hold, books.tenant, books.sales["both"], None)
    await app.execute(hold, books.tenant, books.sales["disputed"], None)
    await app.execute(
        "UPDATE transactions SET blocked_reason = $3, replacement_until = now() WHERE tenant_id = $1 AND id = $2",
        books.tenant,
        books.sales["free"],
        _VOIDED,
    )
    await app.execute(
        "UPDATE transactions SET replacement_until = NULL, blocked_reason = NULL WHERE tenant_id = $1 AND id = $2",
        books.tenant,
        books.sales["all"],
    )
    found = {name: sorted(code for code, _ in of_sale) for name, of_sale in (await books.holds_of_sales()).items()}
    assert found == {
        "free": ["invoice_voided"],
        "own": ["dispute", "own_purchase"],
        "disputed": [],
        "both": [],
        "voided": ["invoice_voided"],
        "all": ["dispute"],
        "odd": ["as_it_was_written", "own_purchase"],
    }


async def test_the_release_before_puts_payouts_back_and_blocks_them(
    books: Books, app: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await books.payout(1, "CARL")
    await books.payout(2, state="approved")
    await _carl_is_stopped(books)
    read = "SELECT held_reason, held_by FROM payouts WHERE number = 'PO-2026-0001'"
    assert tuple(await app.fetchrow(read) or ()) == (_STOPPED, None)
    await app.execute(
        """
        UPDATE payouts SET held_reason = 'Rückfrage', held_by = 'user:3', held_at = now(), updated_at = now()
         WHERE tenant_id = $1 AND number = 'PO-2026-0001' AND held_by IS NULL
        """,
        books.tenant,
    )
    assert [code for code, _, _ in (await books.holds_of_payouts())["0001"]] == ["partner_stopped", "put_back"]
    await app.execute(
        """
        UPDATE payouts SET held_reason = NULL, held_by = NULL, held_at = NULL, updated_at = now()
         WHERE tenant_id = $1 AND number = 'PO-2026-0001' AND held_by IS NOT NULL
        """,
        books.tenant,
    )
    assert [code for code, _, _ in (await books.holds_of_payouts())["0001"]] == ["partner_stopped"]
    assert tuple(await app.fetchrow(read) or ()) == (_STOPPED, None)
    block = (
        "UPDATE payouts SET blocked_reason = $2, updated_at = now() WHERE tenant_id = $1 AND number = 'PO-2026-0002'"
    )
    await app.execute(block, books.tenant, "Der Kleinunternehmer-Status ist für 2027 nicht bestätigt.")
    seen = "SELECT blocked_code, blocked_params, blocked_reason FROM payouts WHERE number = 'PO-2026-0002'"
    assert tuple(await app.fetchrow(seen) or ())[:2] == ("small_business_not_confirmed", '{"year": 2027}')
    await app.execute(
        "UPDATE payouts SET blocked_code = 'of_tomorrow', blocked_params = '{}' WHERE blocked_code IS NOT NULL"
    )
    assert tuple(await app.fetchrow(seen) or ())[2] == "of_tomorrow"
    await app.execute(block, books.tenant, None)
    assert tuple(await app.fetchrow(seen) or ()) == (None, None, None)
