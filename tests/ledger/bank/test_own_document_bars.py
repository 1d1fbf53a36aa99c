"""What the bank pays of documents of our own: what they say is transferred, and nothing before they are delivered."""

import asyncpg
import pytest

from ledger import tasks
from ledger.bank import bank_candidates
from ledger.bank.bank_candidates import Candidate
from ledger.documents.own import delivery, issuing
from ledger.documents.own.content import OwnLine, SetOff
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.payouts import objections, own_reversals
from ledger.payouts.own_reversal_rows import Ground
from ledger.payouts.own_reversals import Wanted
from ledger.payouts.payouts import Payout
from ledger.vault import Vault
from tests.conftest import Database
from tests.fixtures.bank_runs import draft, look, open_payout, own_account
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.planted_differences import superuser
from tests.ledger.documents.own.documents import document


async def own_payout(
    shop: Shop, vault: Vault, *, books: str = "none", net_cents: int = 10_000, set_off: int = 0
) -> tuple[Payout, OwnDocumentRow]:
    """A payout whose document is ours: handed out, and booked where there are books."""
    payout = await open_payout(shop, vault)
    await shop.rows("UPDATE partners SET email = 'anna@partner.example' WHERE code = 'ANNA'")
    await shop.rows("UPDATE payouts SET strategy = 'own_document', books = $1", books)
    draft_of = document(
        number="?",
        lines=(OwnLine(text="Vermittlungsprovision", net_cents=net_cents),),
        set_offs=(SetOff(number="GU-2026-00017", cents=set_off),) if set_off else (),
    )
    async with shop.ledger.transaction(shop.tenant) as tx:
        row = await issuing.issue(tx, draft_of, payout=payout.id, must_be_e_invoice=True, by="engine")
        row = await delivery.hand_out(tx, row)
    await shop.rows(
        "UPDATE external_documents SET kind = 'purchaseinvoice', own_document_id = $1, voucher_number = $2"
        if books == "lexoffice"
        else "UPDATE external_documents SET detached_at = now() WHERE $1::uuid IS NOT NULL AND $2::text IS NOT NULL",
        row.id,
        row.number,
    )
    return payout, row


async def delivered(shop: Shop, row: OwnDocumentRow) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.mark_delivered(tx, row, "page", by="partner:ANNA")


async def judged(shop: Shop, vault: Vault) -> Candidate:
    async with shop.ledger.transaction(shop.tenant) as tx:
        [one] = await bank_candidates.judged(tx, vault)
    return one


@pytest.mark.parametrize("books", ["none", "lexoffice"])
async def test_nothing_undelivered_enters_a_bank_file(shop: Shop, vault: Vault, database: Database, books: str) -> None:
    await own_account(shop, vault)
    payout, row = await own_payout(shop, vault, books=books)
    assert (await judged(shop, vault)).why_not == "undelivered"
    [mail] = await shop.rows("SELECT id FROM mails WHERE kind = 'own_document'")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.note_mail_end(tx, mail["id"], row.number, "sent")
    assert (await judged(shop, vault)).why_not == "undelivered"
    connection: asyncpg.Connection
    async with superuser(database) as connection:
        await connection.execute(
            "UPDATE own_document_deliveries SET at = at - interval '25 hours' WHERE tenant_id = $1", shop.tenant.id
        )
    found = await judged(shop, vault)
    assert (found.why_not, found.credit_note_number, found.amount_cents) == (None, row.number, 11_900)
    assert found.remittance.startswith(row.number)
    assert (await look(shop, await draft(shop, vault, payout))).total_cents == 11_900


async def test_a_bounced_mail_bars_it_again(shop: Shop, vault: Vault, database: Database) -> None:
    await own_account(shop, vault)
    _, row = await own_payout(shop, vault)
    [mail] = await shop.rows("SELECT id FROM mails WHERE kind = 'own_document'")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.note_mail_end(tx, mail["id"], row.number, "sent")
        await delivery.note_bounce(tx, mail=mail["id"], by="key:1")
    async with superuser(database) as connection:
        await connection.execute(
            "UPDATE own_document_deliveries SET at = at - interval '25 hours', bounced_at = at - interval '24 hours'"
            " WHERE tenant_id = $1",
            shop.tenant.id,
        )
    assert (await judged(shop, vault)).why_not == "undelivered"


async def test_what_is_set_off_is_not_transferred(shop: Shop, vault: Vault) -> None:
    _, row = await own_payout(shop, vault, set_off=1_900)
    await delivered(shop, row)
    assert (await judged(shop, vault)).amount_cents == row.transfer_cents == 10_000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE external_documents SET gross_cents = gross_cents + 1, open_cents = open_cents + 1", "deviates"),
        ("UPDATE external_documents SET status = 'voided'", "not_open"),
        ("UPDATE external_documents SET created_totals = NULL", "not_read_back"),
        ("UPDATE external_documents SET open_cents = 1", "partly_paid"),
        ("UPDATE creation_intents SET content_hash = 'another'", "other_approval"),
    ],
)
async def test_a_voucher_that_is_not_as_the_document_bars_it(shop: Shop, vault: Vault, change: str, why: str) -> None:
    _, row = await own_payout(shop, vault, books="lexoffice")
    await delivered(shop, row)
    assert (await judged(shop, vault)).why_not is None
    await shop.rows(change)
    assert (await judged(shop, vault)).why_not == why


async def test_a_document_over_another_sum_than_the_approved_one_is_not_paid(shop: Shop, vault: Vault) -> None:
    _, row = await own_payout(shop, vault, net_cents=10_001)
    await delivered(shop, row)
    assert (await judged(shop, vault)).why_not == "deviates"


async def test_an_objection_that_a_storno_ended_bars_it_whatever_became_of_that(shop: Shop, vault: Vault) -> None:
    payout, row = await own_payout(shop, vault)
    await delivered(shop, row)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await objections.object_to(tx, payout.partner_id, payout.number, reason="Der Satz stimmt nicht.")
    async with shop.ledger.transaction(shop.tenant) as tx:
        wanted = Wanted(ground=Ground.OBJECTION, reason="Widerspruch")
        asked = await own_reversals.ask(tx, payout.number, wanted, by="key:chief")
        await tx.execute(
            """
            INSERT INTO objection_endings (tenant_id, payout_id, ending, reversal_id, ended_by)
            VALUES ($1, $2, 'reversed', $3, 'key:desk')
            """,
            tx.tenant.id,
            payout.id,
            asked.id,
        )
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tasks.close_questions(tx, subject="objection", subject_id=payout.number, kinds=(objections.TASK,), by="x")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversals.withdraw(tx, asked.id, by="key:chief", reason="doch richtig")
    assert (await judged(shop, vault)).why_not == "objected"
