"""Set-offs: proposed with a payout where the agreement allows it, approved with it, printed, and counted once."""

import pytest

from api.http.language import in_words
from ledger import tasks
from ledger.books import NO_BOOKS
from ledger.documents.own.cii import xml_of
from ledger.payouts import (
    decisions,
    document_settings,
    own_content,
    payout_content,
    payout_lines,
    payouts,
    set_offs,
    surpluses,
)
from ledger.payouts.claims import ClaimState
from ledger.payouts.document_settings import DocumentSettingsChange
from ledger.payouts.payouts import Payout
from ledger.refusals import ContentHasChanged, NotAllowedNow
from ledger.reports import partner_portal, statement_pdf, statements
from ledger.tax import strategies
from ledger.types import EASYBILL, CommissionId, DocumentStrategy, TaxCase
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.own_payouts import handed_out
from tests.fixtures.payable import approve, earn, look, request
from tests.ledger.payouts.test_claims import claimed
from tests.ledger.payouts.test_corrections import claims_of
from tests.money.invariants import broken


async def allowed(shop: Shop) -> None:
    """The agreement allows set-offs, and documents are our own."""
    await shop.rows("UPDATE tenants SET set_off_claims = true")
    async with shop.ledger.transaction(shop.tenant) as tx:
        own = dict.fromkeys((TaxCase.REGULAR, TaxCase.SMALL_BUSINESS, TaxCase.PRIVATE), DocumentStrategy.OWN_DOCUMENT)
        await strategies.choose(tx, own, books=NO_BOOKS, by="key:chief")


async def netted(shop: Shop, cents: int = 10_000) -> Payout:
    """A payout of so much net, against which the 47,60 of a claim are set off as far as it goes."""
    await claimed(shop)
    await allowed(shop)
    await earn(shop, cents)
    return await request(shop)


async def test_a_claim_is_set_off_against_the_next_payout_and_the_rest_is_transferred(shop: Shop) -> None:
    payout = await netted(shop)
    assert (payout.gross_cents, payout.set_off_cents, payout.transfer_cents) == (11_900, 4_760, 7_140)
    assert [(one.state, one.open_cents) for one in await claims_of(shop)] == [(ClaimState.NETTED, 0)]
    async with shop.ledger.transaction(shop.tenant) as tx:
        document = (await own_content.gather(tx, payout)).document
    assert (document.transfer_cents, [one.cents for one in document.set_offs]) == (7_140, [4_760])
    xml = xml_of(document).decode()
    assert "TotalPrepaidAmount>47.60<" in xml
    assert "DuePayableAmount>71.40<" in xml
    assert await broken(shop.ledger, shop.tenant) == []


async def test_it_is_part_of_what_is_approved(shop: Shop) -> None:
    payout = await netted(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        without = await set_offs.take_off(tx, payout.number, by="key:desk", reason="zahlt selbst")
        assert (without.transfer_cents, without.content_hash != payout.content_hash) == (11_900, True)
        with pytest.raises(NotAllowedNow, match="nothing_is_set_off"):
            await set_offs.take_off(tx, payout.number, by="key:desk", reason="noch einmal")
    assert [one.open_cents for one in await claims_of(shop)] == [4_760]
    with pytest.raises(ContentHasChanged):
        await approve(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        again = await set_offs.put_on(tx, payout.number, by="key:desk")
        with pytest.raises(NotAllowedNow, match="nothing_to_set_off"):
            await set_offs.put_on(tx, payout.number, by="key:desk")
    await approve(shop, again)
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAllowedNow, match="payout_is_decided"):
            await set_offs.take_off(tx, payout.number, by="key:desk", reason="zu spät")
        assert await decisions.approved_hash(tx, payout.id) == await payout_content.content_hash(tx, payout.id)


async def test_without_leave_and_under_lexoffice_nothing_is_set_off(shop: Shop) -> None:
    await claimed(shop)
    await earn(shop, 10_000)
    assert (await request(shop)).set_off_cents == 0
    await shop.rows("UPDATE tenants SET set_off_claims = true")
    await earn(shop, 5_000)
    assert ((second := await request(shop)).hash_version, second.set_off_cents) == (1, 0)


async def test_under_a_credit_note_of_any_books_nothing_is_set_off(shop: Shop) -> None:
    """It prints none: less would be transferred than it says, and it would never be wholly paid."""
    await claimed(shop)
    told = {"books": EASYBILL, "small_business": False, "set_off_claims": True, "tax_options": {"regular": "taxed"}}
    async with shop.ledger.transaction(shop.tenant) as tx:
        await document_settings.change(tx, DocumentSettingsChange.model_validate(told), by="user:chief")
    await earn(shop, 10_000)
    payout = await request(shop)
    assert (payout.books, payout.hash_version, payout.set_off_cents) == (EASYBILL, 4, 0)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await set_offs.may_be_set_off(tx, payout) == 0
        with pytest.raises(NotAllowedNow, match="nothing_to_set_off"):
            await set_offs.put_on(tx, payout.number, by="key:desk")


async def test_never_more_than_the_payout_is_worth_and_a_rejected_one_opens_the_claim_again(shop: Shop) -> None:
    payout = await netted(shop, 1_000)
    assert (payout.transfer_cents, [one.open_cents for one in await claims_of(shop)]) == (0, [3_570])
    async with shop.ledger.transaction(shop.tenant) as tx:
        await decisions.reject(tx, payout.number, actor="key:chief", reason="nein")
    assert [(one.state, one.open_cents) for one in await claims_of(shop)] == [(ClaimState.OPEN, 4_760)]
    assert await broken(shop.ledger, shop.tenant) == []


async def test_a_line_that_drops_out_sets_off_less(shop: Shop) -> None:
    await claimed(shop)
    await allowed(shop)
    await earn(shop, 3_000, 1_000)
    payout = await request(shop)
    assert payout.transfer_cents == 0
    async with shop.ledger.transaction(shop.tenant) as tx:
        [line] = await tx.fetch("SELECT id FROM commissions WHERE net_cents = 3000")
        assert await payout_lines.take_out(tx, CommissionId(line["id"]))
    less = await look(shop, payout.number)
    assert (less.gross_cents, less.set_off_cents) == (1_190, 1_190)
    assert [one.open_cents for one in await claims_of(shop)] == [3_570]
    assert await broken(shop.ledger, shop.tenant) == []


async def test_no_more_comes_of_a_claim_than_is_owed(shop: Shop) -> None:
    payout = await netted(shop)
    [claim] = await claims_of(shop)
    with pytest.raises(NotAllowedNow, match="more_set_off_than_owed"):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await tx.execute(
                "INSERT INTO claim_parts (tenant_id, claim_id, how, amount_cents, day, reference, noted_by)"
                " VALUES ($1, $2, 'hand', 1, '2026-11-30', 'x', 'key:x')",
                shop.tenant.id,
                claim.id,
            )
    assert (await look(shop, payout.number)).set_off_cents == 4_760


async def test_a_surplus_that_the_bank_took_back_is_set_off_against_nothing_that_awaits_approval(shop: Shop) -> None:
    await claimed(shop)
    await allowed(shop)
    [paid] = await shop.rows("SELECT number FROM payouts")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await surpluses.follow(tx, await payouts.lock(tx, paid["number"]), 2_000)
    await earn(shop, 10_000)
    payout = await request(shop)
    assert payout.set_off_cents == 4_760 + 2_000
    async with shop.ledger.transaction(shop.tenant) as tx:
        await surpluses.follow(tx, await payouts.lock(tx, paid["number"]), 0)
    assert (await look(shop, payout.number)).set_off_cents == 4_760
    assert sorted(one.state for one in await claims_of(shop)) == [ClaimState.NETTED, ClaimState.VOID]
    with pytest.raises(ContentHasChanged):
        await approve(shop, payout)
    assert await broken(shop.ledger, shop.tenant) == []


async def test_what_somebody_took_off_stays_off_when_a_line_drops_out(shop: Shop) -> None:
    await claimed(shop)
    await allowed(shop)
    await earn(shop, 3_000, 1_000)
    payout = await request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await set_offs.take_off(tx, payout.number, by="key:desk", reason="zahlt selbst")
        [line] = await tx.fetch("SELECT id FROM commissions WHERE net_cents = 3000")
        assert await payout_lines.take_out(tx, CommissionId(line["id"]))
    assert (await look(shop, payout.number)).transfer_cents == 1_190


async def test_of_what_the_bank_took_back_a_released_set_off_claims_nothing_and_a_person_is_asked(shop: Shop) -> None:
    await claimed(shop)
    await allowed(shop)
    [paid] = await shop.rows("SELECT number FROM payouts")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await surpluses.follow(tx, await payouts.lock(tx, paid["number"]), 2_000)
    await earn(shop, 10_000)
    payout = await request(shop)
    await approve(shop, payout)
    for _ in range(2):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await surpluses.follow(tx, await payouts.lock(tx, paid["number"]), 0)
    [task] = await shop.rows("SELECT id, subject_id, reason_params FROM tasks WHERE kind = 'claim_settled_twice'")
    assert (task["subject_id"], task["reason_params"]) == (paid["number"], {"more": 2_000})
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tasks.resolve(tx, task["id"], by="key:desk", resolution={"action": "done"})
        await surpluses.follow(tx, await payouts.lock(tx, paid["number"]), 0)
    assert len(await shop.rows("SELECT 1 FROM tasks WHERE kind = 'claim_settled_twice'")) == 1
    async with shop.ledger.transaction(shop.tenant) as tx:
        await decisions.cancel(tx, payout.number, actor="key:chief", reason="nein")
    found = sorted((one.state, one.open_cents) for one in await claims_of(shop))
    assert found == [(ClaimState.OPEN, 4_760), (ClaimState.VOID, 0)]
    assert await broken(shop.ledger, shop.tenant) == []


async def test_the_partner_reads_what_is_transferred(shop: Shop) -> None:
    payout = await netted(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
        own, _following = await partner_portal.payouts_of(tx, payout.partner_id)
    expected = (("Gesamtbetrag", 11_900), ("Verrechnet", -4_760), ("Auszahlungsbetrag", 7_140))
    assert (statement.totals, own[0].set_off_cents) == (expected, 4_760)
    last = statements.payout_csv(statement).decode().splitlines()[-1]
    assert "Auszahlungsbetrag" in last
    assert last.endswith("71,40")
    assert statement_pdf.payout_pdf(statement).startswith(b"%PDF-")


async def test_a_statement_names_the_document_that_the_partner_has_without_books_too(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    [document] = await shop.rows("SELECT number FROM own_documents")
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
    assert statement.credit_note_number == document["number"]
