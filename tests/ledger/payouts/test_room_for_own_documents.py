"""What PostgreSQL refuses of strategies, stages and vouchers, and that rows of before are what they were."""

from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from ledger.documents import documents, intents
from ledger.documents.intents import NewIntent
from ledger.documents.own import issuing
from ledger.migrate import migrate
from ledger.payouts import payouts
from ledger.refusals import AlreadyExists
from ledger.types import LEXOFFICE, DocumentKind, DocumentStage, DocumentStrategy, PayoutId
from sandbox.postgres import PostgresAddresses
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for
from tests.ledger.documents.own.documents import document, taking_back
from tests.migrations.chains import chain_with
from tests.migrations.databases import made_database


@pytest.mark.parametrize(
    "change",
    [
        "strategy = 'blocked'",
        "strategy = 'ours'",
        "books = 'none'",
        "document_stage = 'issued'",
        "tax_case = 'eu_business'",
        "tax_case = 'third_country'",
        "tax_case = 'small_business_eu'",
        "strategy = 'own_document', document_stage = 'sent'",
        "strategy = 'own_document', books = 'none', document_stage = 'booked'",
        "hash_version = 0",
    ],
)
async def test_a_payout_that_cannot_be_is_refused(shop: Shop, change: str) -> None:
    payout = await ask_for(shop)
    with pytest.raises(asyncpg.CheckViolationError):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await tx.execute(f"UPDATE payouts SET {change} WHERE tenant_id = $1 AND id = $2", tx.tenant.id, payout.id)


@pytest.mark.parametrize("tax_case", ["eu_business", "third_country", "small_business_eu"])
async def test_abroad_is_never_a_credit_note_of_lexoffice(shop: Shop, tax_case: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="abroad_is_no_credit_note"):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await tx.execute(
                """
                INSERT INTO document_strategies (tenant_id, tax_case, strategy, changed_by)
                VALUES ($1, $2, 'lexoffice_credit_note', 'user:chief')
                """,
                tx.tenant.id,
                tax_case,
            )


def _voucher(kind: DocumentKind, **whose: object) -> NewIntent:
    return NewIntent.model_validate(
        {
            "kind": kind,
            "marker": f"[{uuid4()}]",
            "organization_id": uuid4(),
            "content": {},
            "content_hash": "",
            "net_cents": 10_000,
            "gross_cents": 11_900,
            **whose,
        }
    )


async def _issued(shop: Shop, payout: PayoutId | None = None, *, reversal_of: UUID | None = None) -> UUID:
    draft = document(number="?") if reversal_of is None else taking_back(document(number="?"))
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        row = await issuing.issue(tx, draft, payout=payout, original=reversal_of, must_be_e_invoice=True, by="engine")
    return row.id


async def test_a_voucher_is_of_its_document_and_only_one_is_under_way(shop: Shop) -> None:
    payout = await ask_for(shop)
    own = await _issued(shop, payout.id)
    new = _voucher(DocumentKind.PURCHASE_INVOICE, payout_id=payout.id, own_document_id=own)
    voucher = uuid4()
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        intent = await intents.open_intent(tx, new)
        assert await intents.open_of_document(tx, own) == intent
        assert await intents.made(tx, intent.id, voucher)
        known = await documents.find(tx, voucher)
        assert known is not None
        assert known.own_document_id == own
        assert known.payout_number == payout.number
    with pytest.raises(AlreadyExists):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await intents.open_intent(tx, new.model_copy(update={"marker": "[other]"}))


async def test_the_voucher_of_a_storno_is_of_no_payout(shop: Shop) -> None:
    payout = await ask_for(shop)
    own = await _issued(shop, payout.id)
    reversal = await _issued(shop, reversal_of=own)
    voucher = uuid4()
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        intent = await intents.open_intent(tx, _voucher(DocumentKind.PURCHASE_CREDIT_NOTE, own_document_id=reversal))
        assert await intents.made(tx, intent.id, voucher)
        assert await documents.is_ours(tx, voucher)


@pytest.mark.parametrize(
    ("kind", "of_payout", "of_document"),
    [
        (DocumentKind.PURCHASE_INVOICE, True, False),
        (DocumentKind.PURCHASE_INVOICE, False, True),
        (DocumentKind.PURCHASE_CREDIT_NOTE, True, True),
        (DocumentKind.PURCHASE_CREDIT_NOTE, False, False),
        (DocumentKind.CREDIT_NOTE, True, True),
        (DocumentKind.CREDIT_NOTE, False, False),
    ],
)
async def test_an_intent_of_the_wrong_kind_is_refused(
    shop: Shop, kind: DocumentKind, of_payout: bool, of_document: bool
) -> None:
    payout = await ask_for(shop)
    own = await _issued(shop, payout.id)
    new = _voucher(kind, payout_id=payout.id if of_payout else None, own_document_id=own if of_document else None)
    with pytest.raises(asyncpg.CheckViolationError):
        async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
            await intents.open_intent(tx, new)


async def test_a_payout_is_called_by_the_number_of_its_own_document(shop: Shop) -> None:
    payout = await ask_for(shop)
    assert (payout.strategy, payout.books, payout.document_stage) == (
        DocumentStrategy.LEXOFFICE_CREDIT_NOTE,
        LEXOFFICE,
        None,
    )
    own = await _issued(shop, payout.id)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await tx.execute(
            "UPDATE payouts SET strategy = 'own_document', document_stage = 'issued' WHERE tenant_id = $1 AND id = $2",
            tx.tenant.id,
            payout.id,
        )
        seen = await payouts.get(tx, payout.number)
        number = (await issuing.get(tx, own)).number
    assert (seen.own_document_number, seen.credit_note_number) == (number, number)
    assert seen.document_stage is DocumentStage.ISSUED


async def test_rows_of_the_release_before_are_what_they_were(postgres: PostgresAddresses, tmp_path: Path) -> None:
    urls = await made_database(postgres)
    await migrate(urls.owner_url, chain=chain_with(tmp_path / "before", up_to="0180"))
    admin = await asyncpg.connect(urls.admin_url)
    try:
        tenant, partner, payout = uuid4(), uuid4(), uuid4()
        await admin.execute("SET session_replication_role = replica")  # what stood there stood there by other ways
        await admin.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'Firma')", tenant)
        await admin.execute(
            "INSERT INTO partners (tenant_id, id, code, name) VALUES ($1, $2, 'ANNA', 'Anna')", tenant, partner
        )
        await admin.execute(
            """
            INSERT INTO payouts (tenant_id, id, number, partner_id, state, tax_case, net_cents, tax_rate, tax_cents,
                                 gross_cents, period_from, period_to, content_hash, requested_by)
            VALUES ($1, $2, 'PO-2026-0001', $3, 'credit_note_open', 'regular', 10000, 19, 1900, 11900, '2026-01-01',
                    '2026-01-31', 'seen', 'user:anna')
            """,
            tenant,
            payout,
            partner,
        )
        await admin.execute(
            """
            INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, content_hash)
            VALUES ($1, $2, 'approve', 'user:chief', 'seen')
            """,
            tenant,
            payout,
        )
        await admin.execute(
            """
            INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                          net_cents, gross_cents)
            VALUES ($1, 'credit-note', $2, '[PO-2026-0001/abcdefgh]', $1, '{}', 'seen', 10000, 11900)
            """,
            tenant,
            payout,
        )
        before = await admin.fetchrow("SELECT * FROM payouts")
        assert before is not None
        await migrate(urls.owner_url)
        row = await admin.fetchrow("SELECT * FROM payouts")
        assert row is not None
        assert {name: row[name] for name in before.keys()} == dict(before)  # noqa: SIM118 - a record has no keys of a dict
        assert (row["strategy"], row["books"], row["document_stage"], row["hash_version"]) == (
            "lexoffice_credit_note",
            "lexoffice",
            None,
            1,
        )
        assert await admin.fetchval("SELECT hash_version FROM decisions") == 1
        assert await admin.fetchval("SELECT own_document_id FROM creation_intents") is None
        assert await admin.fetchval("SELECT books FROM tenants") == "lexoffice"
    finally:
        await admin.close()
