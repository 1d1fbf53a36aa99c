"""From when on a document counts as delivered, what asks a person, and what is written down about its way."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from ledger.booking import resolutions
from ledger.booking.resolutions import Answer
from ledger.documents.own import delivery, issuing
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, Refused
from ledger.types import TaskId
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for
from tests.ledger.documents.own.documents import SMALL, document


async def handed_out(shop: Shop, *, email: str | None = "anna@partner.example", **members: Any) -> OwnDocumentRow:
    """A document of ANNA that has left the house."""
    await shop.rows("UPDATE partners SET email = $1 WHERE code = 'ANNA'", email)
    payout = await ask_for(shop, 12_345)
    async with shop.ledger.transaction(shop.tenant) as tx:
        draft = document(number="?", **members)
        row = await issuing.issue(tx, draft, payout=payout.id, must_be_e_invoice=True, by="engine")
        return await delivery.hand_out(tx, row)


async def mail_of(shop: Shop) -> UUID:
    [row] = await shop.rows("SELECT id FROM mails WHERE kind = 'own_document' ORDER BY seq DESC LIMIT 1")
    return UUID(str(row["id"]))


async def mail_ends(shop: Shop, row: OwnDocumentRow, outcome: str, *, mail: UUID | None = None) -> UUID:
    mail = mail or await mail_of(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.note_mail_end(tx, mail, row.number, outcome)
    return mail


class Past:
    """Deliveries of this shop as if they were known for longer."""

    def __init__(self, superuser: asyncpg.Connection, shop: Shop) -> None:
        self._superuser, self._shop = superuser, shop

    async def put(self, column: str, to: str) -> None:
        await self._superuser.execute(
            f"UPDATE own_document_deliveries SET {column} = {to} WHERE tenant_id = $1", self._shop.tenant.id
        )

    async def later(self, hours: int) -> None:
        await self.put("at", f"at - interval '{hours} hours'")


@pytest.fixture
def past(superuser: asyncpg.Connection, shop: Shop) -> Past:
    return Past(superuser, shop)


async def is_effective(shop: Shop, row: OwnDocumentRow) -> bool:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await delivery.is_effective(tx, row.id) is not None


async def questions(shop: Shop, kind: str = delivery.UNDELIVERED) -> list[str]:
    rows = await shop.rows("SELECT reason_code FROM tasks WHERE kind = $1 AND state = 'open' ORDER BY seq", kind)
    return [row["reason_code"] for row in rows]


async def bounce(shop: Shop, row: OwnDocumentRow) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.note_bounce(tx, number=row.number, by="user:1", why="550 no such user")


async def answer(shop: Shop, action: str, reason: str | None = "Der Partner rief an.") -> None:
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = $1 AND state = 'open'", delivery.UNDELIVERED)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), Answer(action=action, reason=reason), actor="user:1")


async def test_what_the_mail_server_took_counts_after_24_hours_without_a_bounce(shop: Shop, past: Past) -> None:
    row = await handed_out(shop)
    assert row.handed_out_at is not None
    await mail_ends(shop, row, "sent")
    await past.later(23)
    assert not await is_effective(shop, row)
    await past.later(2)
    assert await is_effective(shop, row)
    assert await questions(shop) == []


async def test_a_bounce_within_24_hours_undoes_the_delivery_and_a_later_one_does_not(shop: Shop, past: Past) -> None:
    row = await handed_out(shop)
    await mail_ends(shop, row, "sent")
    await past.later(23)
    await bounce(shop, row)
    await past.later(100)
    assert await questions(shop) == ["own_document_bounced"]
    await past.put("bounced_at", "at + interval '23 hours'")
    assert not await is_effective(shop, row)
    await past.put("bounced_at", "at + interval '25 hours'")
    assert await is_effective(shop, row)


async def test_opened_on_the_page_counts_at_once_and_no_bounce_undoes_it(shop: Shop) -> None:
    row = await handed_out(shop)
    await mail_ends(shop, row, "sent")
    for _ in range(2):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await delivery.mark_delivered(tx, row, "page", by="partner:ANNA")
    await bounce(shop, row)
    assert await is_effective(shop, row)
    assert await questions(shop) == []
    async with shop.ledger.transaction(shop.tenant) as tx:
        told = await delivery.list_deliveries(tx, row.id)
        assert (await issuing.get(tx, row.id)).delivered_at is not None
    assert [(one.how, one.outcome) for one in told] == [("mail", "accepted"), ("page", "opened")]
    assert told[0].bounce == "550 no such user"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("refused", "own_document_refused"),
        ("no_address", "own_document_without_address"),
        ("given_up", "own_document_given_up"),
    ],
)
async def test_a_mail_that_did_not_arrive_asks_a_person(shop: Shop, past: Past, outcome: str, reason: str) -> None:
    row = await handed_out(shop)
    for _ in range(2):  # a repeated end of the same mail
        mail = await mail_ends(shop, row, outcome)
    await past.later(48)
    assert not await is_effective(shop, row)
    assert await questions(shop) == [reason]
    await answer(shop, "send_again")
    assert await mail_of(shop) != mail
    await mail_ends(shop, row, "sent")
    assert await questions(shop) == []


async def test_a_partner_without_a_mail_address_is_asked_about_at_once(shop: Shop) -> None:
    await handed_out(shop, email=None)
    assert await questions(shop) == ["own_document_without_address"]
    with pytest.raises(NotAllowedNow):
        await answer(shop, "send_again")
    with pytest.raises(NotAcceptable):
        await answer(shop, "handed_over", "")
    await answer(shop, "handed_over", "Am 2.11. mit der Post geschickt.")
    [task] = await shop.rows("SELECT resolution FROM tasks WHERE kind = $1", delivery.UNDELIVERED)
    assert task["resolution"]["action"] == "handed_over"
    [row] = await shop.rows("SELECT id FROM own_documents")
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await delivery.is_effective(tx, row["id"]) is not None


async def test_handing_out_twice_writes_one_mail_and_a_closed_number_none(shop: Shop) -> None:
    row = await handed_out(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await delivery.hand_out(tx, row)).handed_out_at == row.handed_out_at
    assert len(await shop.rows("SELECT 1 FROM mails WHERE kind = 'own_document'")) == 1
    async with shop.ledger.transaction(shop.tenant) as tx:
        other = await issuing.issue(tx, document(number="?"), payout=None, must_be_e_invoice=True, by="engine")
        await issuing.close_unissued(tx, other.id, by="user:1", reason="Doch nicht.")
        with pytest.raises(NotAllowedNow):
            await delivery.hand_out(tx, other)


async def test_nothing_is_delivered_before_it_is_handed_out(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        row = await issuing.issue(tx, document(number="?"), payout=None, must_be_e_invoice=True, by="engine")
    for act in (
        lambda tx: delivery.mark_delivered(tx, row, "page", by="partner:ANNA"),
        lambda tx: delivery.send_again(tx, row.number, by="user:1", reason="Noch einmal."),
        lambda tx: delivery.note_bounce(tx, number=row.number, by="user:1"),
    ):
        with pytest.raises(NotAllowedNow):
            async with shop.ledger.transaction(shop.tenant) as tx:
                await act(tx)
    for unknown in ({"number": "GU-2026-99999"}, {"mail": uuid4()}):
        with pytest.raises(NotFound):
            async with shop.ledger.transaction(shop.tenant) as tx:
                await delivery.note_bounce(tx, by="user:1", **unknown)


async def settled(shop: Shop, today: date) -> int:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await delivery.settle(tx, today=today)


def next_month(row: OwnDocumentRow) -> date:
    on = row.issued_on
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


async def test_what_was_not_delivered_in_its_month_is_asked_about_once(shop: Shop) -> None:
    row = await handed_out(shop)
    assert await settled(shop, row.issued_on) == 0
    assert await settled(shop, next_month(row)) == 1
    assert await questions(shop, delivery.LATE) == ["own_document_late"]
    [task] = await shop.rows("SELECT reason_params FROM tasks WHERE kind = $1", delivery.LATE)
    assert task["reason_params"] == {
        "number": row.number,
        "month": f"{row.issued_on:%Y-%m}",
        "earliest": f"{next_month(row):%Y-%m}",
    }
    await shop.rows("UPDATE tasks SET state = 'resolved', resolved_at = now(), resolved_by = 'user:1'")
    assert await settled(shop, next_month(row)) == 0


async def test_what_was_accepted_in_its_month_or_shows_no_vat_is_not_late(shop: Shop, past: Past) -> None:
    row = await handed_out(shop)
    await mail_ends(shop, row, "sent")
    await past.later(25)
    assert await settled(shop, next_month(row)) == 0
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await issuing.get(tx, row.id)).delivered_at == await delivery.is_effective(tx, row.id)
        await issuing.issue(tx, document(number="?", vat=SMALL), payout=None, must_be_e_invoice=True, by="engine")
    assert await settled(shop, next_month(row)) == 0


async def test_what_was_told_of_a_delivery_never_changes(shop: Shop) -> None:
    row = await handed_out(shop)
    await mail_ends(shop, row, "refused")
    with pytest.raises((Refused, asyncpg.PostgresError)):
        await shop.rows("UPDATE own_document_deliveries SET outcome = 'accepted'")
    with pytest.raises((Refused, asyncpg.PostgresError)):
        await shop.rows("UPDATE own_documents SET partner_id = NULL")


async def test_a_document_belongs_to_the_partner_of_its_payout_or_of_its_original(shop: Shop) -> None:
    await handed_out(shop)
    [found] = await shop.rows(
        "SELECT q.code FROM own_documents d JOIN partners q ON q.tenant_id = d.tenant_id AND q.id = d.partner_id"
    )
    assert found["code"] == "ANNA"
