"""Questions to VIES as rows: one open at a time, an answer that stays, and what an approval may do without one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger import clock, tasks
from ledger.database import TenantTransaction
from ledger.payouts import decisions
from ledger.refusals import Blocked, NotAcceptable, NotAllowedNow
from ledger.tax import tax_statuses, vat_checks, vat_proofs
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.tax.vat_checks import Answered, ProofByHand, VatAnswer, VatCheck
from ledger.tax.vat_proofs import Standing, VatProof
from ledger.types import PartnerId, TaxStatus
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import ask_for

YES = Answered(
    answer=VatAnswer.VALID, request_id="WAPIAAAAX1", request_date=date(2026, 11, 30), told={"name": "Muster AG"}
)
NO = Answered(answer=VatAnswer.INVALID)
ABROAD = NewTaxStatus(status=TaxStatus.EU_BUSINESS, valid_from=date(2026, 1, 1), vat_id="ATU13585627")


@asynccontextmanager
async def at(shop: Shop) -> AsyncIterator[tuple[TenantTransaction, PartnerId]]:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        yield tx, shop.partner["ANNA"].id


async def recorded(shop: Shop, status: NewTaxStatus = ABROAD) -> VatCheck:
    """The question that the status of ANNA brings with it."""
    async with at(shop) as (tx, anna):
        await tax_statuses.record_tax_status(tx, anna, status, by="key:maker")
        [check] = await vat_checks.list_of_partner(tx, anna)
    return check


async def answered(shop: Shop, check: UUID, answer: Answered) -> VatCheck | None:
    async with at(shop) as (tx, _):
        return await vat_checks.answer(tx, check, await vat_checks.get_question(tx, check), answer)


async def standing(shop: Shop) -> VatProof:
    async with at(shop) as (tx, anna):
        found = await vat_proofs.of_partner(tx, anna)
    assert found is not None
    return found


async def required(shop: Shop, reason: str | None = None) -> dict[str, Any]:
    async with at(shop) as (tx, anna):
        return await vat_proofs.require(tx, anna, reason=reason)


async def questions(shop: Shop) -> list[tuple[str, str]]:
    async with at(shop) as (tx, anna):
        return [
            (task.kind, task.reason_code)
            for task in await tasks.list_open_about(tx, subject="partner", subject_id=str(anna), at_most=9)
        ]


async def test_a_status_brings_its_question_and_asking_twice_is_one_question(shop: Shop) -> None:
    await shop.rows("UPDATE tenants SET vat_id = 'DE136695976'")
    check = await recorded(shop)
    assert (check.vat_id, check.answer, check.asked_by) == ("ATU13585627", None, "key:maker")
    async with at(shop) as (tx, anna):
        await vat_checks.mark_announced(tx, check.id)
        again = await vat_checks.want_for(tx, anna, by="user:x")
        question = await vat_checks.get_question(tx, check.id)
    assert again.id == check.id
    assert question is not None
    assert (question.requester, question.name) == ("DE136695976", "Anna")
    [row] = await shop.rows("SELECT announced_at FROM vat_checks")
    assert row["announced_at"] is None  # asked again: the engine is told once more


async def test_an_answer_is_kept_once_and_never_changes(shop: Shop) -> None:
    check = await recorded(shop)
    kept = await answered(shop, check.id, YES)
    assert kept is not None
    assert (kept.request_id, kept.request_date, kept.proves) == ("WAPIAAAAX1", date(2026, 11, 30), True)
    assert await answered(shop, check.id, NO) is None
    for change in (
        "UPDATE vat_checks SET answer = 'invalid'",
        "UPDATE vat_checks SET request_id = 'other'",
        "UPDATE vat_checks SET vat_id = 'ATU00000000'",
    ):
        with pytest.raises(NotAllowedNow, match="stays_as_written"):
            await shop.rows(change)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shop.rows("DELETE FROM vat_checks")


async def test_a_no_is_a_task_until_there_is_a_yes(shop: Shop) -> None:
    check = await recorded(shop)
    await answered(shop, check.id, NO)
    assert await questions(shop) == [("vat_id_unproven", "vat_id_not_valid")]
    async with at(shop) as (tx, anna):
        again = await vat_checks.want_for(tx, anna, by="user:x")
    await answered(shop, again.id, YES)
    assert await questions(shop) == []
    assert (await standing(shop)).standing is Standing.PROVEN


async def test_an_approval_needs_a_proof_that_is_no_older_than_the_tenant_says(shop: Shop) -> None:
    check = await recorded(shop)
    assert (await standing(shop)).standing is Standing.MISSING
    with pytest.raises(NotAllowedNow, match="vat_proof_missing"):
        await required(shop, "Es eilt.")
    today = clock.today()
    await answered(shop, check.id, YES.model_copy(update={"request_date": today - timedelta(days=31)}))
    assert (await standing(shop)).standing is Standing.AGED
    with pytest.raises(NotAllowedNow, match="vat_proof_missing"):
        await required(shop)
    await shop.rows("UPDATE tenants SET vat_proof_days = 31")
    assert await required(shop) == {"vat_check": str(check.id), "request_id": "WAPIAAAAX1"}


async def test_a_yes_without_a_consultation_number_proves_nothing(shop: Shop) -> None:
    check = await recorded(shop)
    await answered(shop, check.id, YES.model_copy(update={"request_id": None}))
    assert (await standing(shop)).standing is Standing.MISSING


async def test_after_five_days_without_an_answer_a_reason_takes_its_place(shop: Shop) -> None:
    check = await recorded(shop)
    async with at(shop) as (tx, _):
        await vat_checks.note_failure(tx, check.id, "MS_UNAVAILABLE")
    with clock.set_to(clock.now() + timedelta(days=4, hours=23)):
        assert (await standing(shop)).standing is Standing.MISSING
    with clock.set_to(clock.now() + timedelta(days=5, minutes=1)):
        assert (await standing(shop)).standing is Standing.AWAY
        for nothing in (None, " "):
            with pytest.raises(NotAllowedNow, match="vat_proof_needs_reason"):
                await required(shop, nothing)
        assert (await required(shop, "Auf der Seite geprüft."))["without_vat_proof"] is True
        await answered(shop, check.id, Answered(answer=VatAnswer.UNANSWERED))
        assert (await standing(shop)).standing is Standing.AWAY  # given up is no answer either
        async with at(shop) as (tx, anna):
            await vat_checks.want_for(tx, anna, by="user:x")
        assert (await standing(shop)).standing is Standing.AWAY  # asking again does not begin the days anew


async def test_a_number_that_vies_says_is_none_blocks_whatever_the_reason(shop: Shop) -> None:
    check = await recorded(shop)
    await answered(shop, check.id, NO)
    with clock.set_to(clock.now() + timedelta(days=40)), pytest.raises(Blocked, match="vat_id_not_valid"):
        await required(shop, "Er ist bekannt.")
    [row] = await shop.rows("SELECT refuted_vat_ids($1, $2) AS refuted", shop.tenant.id, shop.partner["ANNA"].id)
    assert row["refuted"] == "ATU13585627"


async def test_a_new_number_begins_without_a_proof(shop: Shop) -> None:
    check = await recorded(shop)
    await answered(shop, check.id, YES)
    async with at(shop) as (tx, anna):
        other = ABROAD.model_copy(update={"vat_id": "FR40303265045", "valid_from": date(2026, 2, 1)})
        await tax_statuses.record_tax_status(tx, anna, other, by="key:maker")
    assert (await standing(shop)).standing is Standing.MISSING


async def test_a_proof_that_was_read_by_hand_is_one_and_says_so(shop: Shop) -> None:
    await recorded(shop)
    proof = ProofByHand(request_id="WAPIBBBBY2", request_date=clock.today())
    async with at(shop) as (tx, anna):
        kept = await vat_checks.record_by_hand(tx, anna, proof, by="user:x")
        assert (kept.recorded_by, kept.proves) == ("user:x", True)
        with pytest.raises(NotAcceptable, match="day_in_future"):
            await vat_checks.record_by_hand(
                tx, anna, proof.model_copy(update={"request_date": clock.today() + timedelta(days=1)}), by="user:x"
            )
    assert (await standing(shop)).standing is Standing.PROVEN


async def test_who_records_a_proof_by_hand_had_a_hand_in_what_the_partner_is_paid(shop: Shop) -> None:
    await shop.rows("UPDATE tenants SET vat_id = 'DE136695976'")
    payout = await ask_for(shop, 10_000)
    await recorded(shop)
    async with at(shop) as (tx, anna):
        proof = ProofByHand(request_id="WAPIBBBBY2", request_date=clock.today())
        await vat_checks.record_by_hand(tx, anna, proof, by="user:x")
    hands = await shop.rows("SELECT actor, act FROM open_hands_of_payout($1)", payout.id)
    assert ("user:x", "partner.vat_proof_recorded") in [(row["actor"], row["act"]) for row in hands]


async def test_who_has_no_vat_id_cannot_be_asked_about(shop: Shop) -> None:
    async with at(shop) as (tx, anna):
        with pytest.raises(NotAllowedNow, match="no_vat_id_in_force"):
            await vat_checks.want_for(tx, anna, by="user:x")
        assert await vat_proofs.of_partner(tx, anna) is None


async def test_the_daily_look_asks_before_an_answer_is_too_old_and_once(shop: Shop) -> None:
    check = await recorded(shop)
    await answered(shop, check.id, YES)

    async def due() -> int:
        async with at(shop) as (tx, _):
            return await vat_checks.want_due(tx, at_most=10)

    assert await due() == 0
    await shop.rows("UPDATE tenants SET vat_proof_days = 5")
    assert await due() == 1
    assert await due() == 0
    await shop.rows("UPDATE partners SET status = 'inactive'")


async def test_numbers_of_before_become_a_task_that_closes_when_they_are_mended(shop: Shop) -> None:
    await shop.rows(
        """
        INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, vat_id)
        SELECT tenant_id, id, 'regular', '2020-01-01', 'DE123456789' FROM partners WHERE code = 'ANNA'
        """
    )
    async with at(shop) as (tx, anna):
        assert await vat_checks.ask_about_numbers(tx) == 1
        assert await vat_checks.want_due(tx, at_most=10) == 0  # VIES is not asked about what is no number
        assert (await tax_statuses.tax_statuses(tx, anna))[0].vat_id == "DE123456789"
    assert await questions(shop) == [("tax_number_not_true", "vat_id_check_digit")]
    async with at(shop) as (tx, anna):
        mended = NewTaxStatus(status=TaxStatus.REGULAR, valid_from=date(2021, 1, 1), vat_id="DE123456788")
        await tax_statuses.record_tax_status(tx, anna, mended, by="key:maker")
    assert await questions(shop) == []


async def test_a_payout_under_lexoffices_credit_note_needs_no_proof(shop: Shop) -> None:
    payout = await ask_for(shop)
    async with at(shop) as (tx, _):
        made = await decisions.approve(
            tx,
            payout.number,
            actor="key:chief",
            seen_hash=payout.content_hash,
            shown=decisions.Shown(by_hand=True),
        )
    assert made.detail == {"by_hand": True}


async def test_another_tenant_sees_no_check(shop: Shop, new_tenant: Any) -> None:
    check = await recorded(shop)
    async with shop.ledger.transaction(await new_tenant(), cause="test") as tx:
        assert await vat_checks.list_of_partner(tx, shop.partner["ANNA"].id) == []
        await vat_checks.note_failure(tx, check.id, "MS_UNAVAILABLE")
    [row] = await shop.rows("SELECT tries FROM vat_checks")
    assert row["tries"] == 0
