"""Books of a tenant whose sales and payouts are held or blocked in German, as releases up to 0087 wrote them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sandbox.postgres import PostgresAddresses
from tests.ledger.old_shape import OldDatabase, old_database

ACCOUNT = "Eine neue Bankverbindung ist noch nicht in Kraft."
STOPPED = "Die Auszahlungen an diesen Partner sind angehalten."
VOIDED = "Die Rechnung wurde storniert; eine neue kann noch an ihre Stelle treten."
SOLD, JUDGED, WRITTEN = (datetime(2026, 10, day, 12, tzinfo=UTC) for day in (1, 5, 9))

SALES: dict[str, tuple[str | None, str | None, list[tuple[str, dict[str, Any]]]]] = {
    "free": (None, None, []),
    "own": ("Eigenkauf", None, [("own_purchase", {})]),
    "disputed": ("Zahlungsstreit", None, [("dispute", {})]),
    "both": ("Eigenkauf; Zahlungsstreit", None, [("dispute", {}), ("own_purchase", {})]),
    "voided": (None, VOIDED, [("invoice_voided", {})]),
    "all": ("Zahlungsstreit", VOIDED, [("dispute", {}), ("invoice_voided", {})]),
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
            SOLD,
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
            SOLD,
            WRITTEN,
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
async def old_books(postgres: PostgresAddresses) -> AsyncIterator[Books]:
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


async def bert_has_a_new_account(old_books: Books) -> None:
    await old_books.old.admin.execute(
        """
        INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac, iban_last4,
                                          recorded_by, recorded_at)
        VALUES ($1, $2, 'Bert', '\\x00', '\\x00', '0000', 'user:1', $3)
        """,
        old_books.tenant,
        old_books.partners["BERT"],
        JUDGED,
    )


async def carl_is_stopped(old_books: Books) -> None:
    await old_books.old.admin.execute(
        """
        UPDATE partners SET payouts_stopped_reason = 'Verdacht', payouts_stopped_by = 'user:2', payouts_stopped_at = $2
         WHERE id = $1
        """,
        old_books.partners["CARL"],
        JUDGED,
    )
