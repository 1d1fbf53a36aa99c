"""An own document to a business of the EU is approved only with a proof of VIES, and a no voids what was approved."""

import json
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

import pytest

from ledger import clock
from ledger.books import NO_BOOKS
from ledger.payouts import decisions, payout_content
from ledger.payouts.decisions import Decision, Shown
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked, NotAllowedNow
from ledger.reports import evidence_bundle
from ledger.tax import strategies, vat_checks
from ledger.tax.vat_checks import Answered, VatAnswer
from ledger.types import DocumentStrategy, PayoutState, TaxCase
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.payable import earn, fit_to_be_paid, fit_to_pay, look, request

AUSTRIA: dict[str, Any] = {
    "status": "eu_business",
    "vat_id": "ATU13585627",
    "tax_number": None,
    "street": "Ring 1",
    "zip": "1010",
    "city": "Wien",
    "country_code": "AT",
}


async def abroad(shop: Shop) -> Payout:
    """A payout to ANNA in Vienna under an own document that nobody books."""
    await fit_to_pay(shop, vat_id="DE136695976")
    await shop.rows("UPDATE tenants SET small_business = false")
    await fit_to_be_paid(shop, **AUSTRIA)
    await earn(shop, 10_000)
    own = dict.fromkeys(
        (TaxCase.REGULAR, TaxCase.SMALL_BUSINESS, TaxCase.PRIVATE, TaxCase.EU_BUSINESS), DocumentStrategy.OWN_DOCUMENT
    )
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        await strategies.choose(tx, own, books=NO_BOOKS, by="user:chief")
    return await request(shop)


async def says(shop: Shop, answer: VatAnswer, *, on: date | None = None) -> None:
    """VIES answers a question about ANNA's number."""
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        check = await vat_checks.want_for(tx, shop.partner["ANNA"].id, by="user:x")
        told = Answered(
            answer=answer,
            request_id="WAPIAAAAX1" if answer is VatAnswer.VALID else None,
            request_date=on or clock.today(),
        )
        await vat_checks.answer(tx, check.id, await vat_checks.get_question(tx, check.id), told)


async def approved(shop: Shop, payout: Payout, reason: str | None = None) -> Decision:
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        return await decisions.approve(
            tx,
            payout.number,
            actor="key:chief",
            seen_hash=await payout_content.content_hash(tx, payout.id),
            reason=reason,
            shown=Shown(by_hand=True),
        )


async def present_hash(shop: Shop, payout: Payout) -> str:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await payout_content.content_hash(tx, payout.id)


async def test_it_is_refused_until_there_is_a_proof_which_the_decision_keeps(shop: Shop) -> None:
    payout = await abroad(shop)
    with pytest.raises(NotAllowedNow, match="vat_proof_missing"):
        await approved(shop, payout, "Es eilt.")
    await says(shop, VatAnswer.VALID, on=clock.today() - timedelta(days=31))
    with pytest.raises(NotAllowedNow, match="vat_proof_missing"):
        await approved(shop, payout)
    assert (await look(shop, payout.number)).state is PayoutState.AWAITING_APPROVAL
    await says(shop, VatAnswer.VALID)
    decision = await approved(shop, payout)
    assert decision.detail["request_id"] == "WAPIAAAAX1"
    assert (await look(shop, payout.number)).state is PayoutState.APPROVED


async def test_while_vies_is_away_for_five_days_a_reason_takes_its_place(shop: Shop) -> None:
    payout = await abroad(shop)
    async with shop.ledger.transaction(shop.tenant, cause="test") as tx:
        check = await vat_checks.want_for(tx, shop.partner["ANNA"].id, by="user:x")
        await vat_checks.note_failure(tx, check.id, "MS_UNAVAILABLE")
    with clock.set_to(clock.now() + timedelta(days=5, hours=1)):
        with pytest.raises(NotAllowedNow, match="vat_proof_needs_reason"):
            await approved(shop, payout)
        decision = await approved(shop, payout, "Auf der Seite des Registers geprüft.")
    assert decision.detail["without_vat_proof"] is True


async def test_a_number_that_is_none_blocks_and_voids_what_was_approved(shop: Shop) -> None:
    payout = await abroad(shop)
    await says(shop, VatAnswer.VALID)
    decision = await approved(shop, payout)
    await says(shop, VatAnswer.VALID)
    assert await present_hash(shop, payout) == decision.content_hash  # a fresh yes changes nothing
    await says(shop, VatAnswer.INVALID)
    assert await present_hash(shop, payout) != decision.content_hash
    await says(shop, VatAnswer.VALID)
    assert await present_hash(shop, payout) == decision.content_hash


async def test_a_no_blocks_an_approval_whatever_the_reason(shop: Shop) -> None:
    payout = await abroad(shop)
    await says(shop, VatAnswer.INVALID)
    with pytest.raises(Blocked, match="vat_id_not_valid"):
        await approved(shop, payout, "Er ist bekannt.")


async def test_the_evidence_of_a_payout_holds_what_was_asked_and_answered(shop: Shop) -> None:
    payout = await abroad(shop)
    await says(shop, VatAnswer.VALID)
    async with shop.ledger.transaction(shop.tenant) as tx:
        bundle = await evidence_bundle.build(tx, payout.number, in_words=lambda reason: reason.code)
    with bundle, ZipFile(bundle) as packed:
        [check] = json.loads(packed.read("vies.json"))
    assert (check["vat_id"], check["answer"], check["request_id"]) == ("ATU13585627", "valid", "WAPIAAAAX1")
