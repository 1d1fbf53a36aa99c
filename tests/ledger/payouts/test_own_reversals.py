"""Storno: who decides it, what stops it, and what it does to a payout and its commissions once it is effective."""

from datetime import date, timedelta

import pytest

from ledger.access.four_eyes import SecondPersonNeeded
from ledger.audit import unannounced
from ledger.booking import resolutions, reversed_payouts
from ledger.booking.resolutions import Answer
from ledger.documents.own import circle, delivery, issuing
from ledger.documents.own.content import OwnDocumentKind
from ledger.payouts import objections, own_reversal_rows, own_reversals, payouts
from ledger.payouts.own_reversal_rows import Ground, OwnReversal
from ledger.payouts.own_reversals import Wanted
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, NothingDue
from ledger.types import DocumentStage, PayoutState, TaskId
from tests.conftest import Database
from tests.fixtures.ledger_shop import NewTenant, Shop
from tests.fixtures.own_payouts import deliver, handed_out, pay, reverse, take_effect
from tests.fixtures.payable import ask_for, look, request
from tests.fixtures.planted_differences import plant

ERROR = Wanted(ground=Ground.ERROR, reason="falscher Satz")


async def ask(shop: Shop, number: str, wanted: Wanted = ERROR, *, by: str = "key:maker") -> OwnReversal:
    async with shop.ledger.transaction(shop.tenant) as tx:
        return await own_reversals.ask(tx, number, wanted, by=by)


async def states(shop: Shop) -> list[tuple[int, str]]:
    rows = await shop.rows("SELECT net_cents, state FROM commissions ORDER BY seq")
    return [(row["net_cents"], row["state"]) for row in rows]


async def limit(shop: Shop, cents: int) -> None:
    await shop.rows("UPDATE tenants SET four_eyes_limit_cents = $1", cents)


async def test_a_storno_of_what_nobody_paid_cancels_the_payout_and_owes_its_commissions_anew(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    storno = await reverse(shop, payout)
    assert storno.stage is DocumentStage.DELIVERED
    assert (await look(shop, payout.number)).state is PayoutState.CANCELLED
    assert await states(shop) == [(10_000, "approved")]
    again = await request(shop)
    assert again.net_cents == 10_000
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert storno.document_id is not None
        document = await issuing.get(tx, storno.document_id)
        assert await circle.find_gaps(tx) == []
    assert (document.kind, document.gross_cents) == (OwnDocumentKind.REVERSAL, -11_900)


async def test_until_it_is_effective_the_payout_stays_and_nothing_is_free(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversal_rows.issue(tx, asked.id)
    assert (await look(shop, payout.number)).state is PayoutState.CREDIT_NOTE_OPEN
    assert await states(shop) == [(10_000, "in_payout")]
    with pytest.raises(NothingDue):
        await request(shop)


async def test_above_the_limit_a_second_person_confirms(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await limit(shop, 11_899)
    asked = await ask(shop, payout.number)
    assert asked.confirmed is None
    assert ("own_reversal_asked", str(asked.id)) in await shop.tasks()
    with pytest.raises(SecondPersonNeeded):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await own_reversals.decide(tx, asked.id, confirmed=True, by="key:maker", reason=None)
    [task] = await shop.rows("SELECT id FROM tasks WHERE kind = 'own_reversal_asked'")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolutions.resolve(tx, TaskId(task["id"]), Answer(action="confirm"), actor="key:second")
        assert (await own_reversal_rows.get(tx, asked.id)).is_open
    with pytest.raises(NotAllowedNow, match="reversal_decided"):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await own_reversals.decide(tx, asked.id, confirmed=False, by="key:third", reason="doch nicht")


async def test_two_stornos_of_one_partner_count_together(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await limit(shop, 12_000)
    await reverse(shop, payout)
    second = await handed_out(shop, first=False)
    assert (await ask(shop, second.number)).confirmed is None


async def test_who_refuses_says_why_and_the_document_may_be_asked_about_again(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await limit(shop, 1)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAcceptable):
            await own_reversals.decide(tx, asked.id, confirmed=False, by="key:second", reason=None)
        await own_reversals.decide(tx, asked.id, confirmed=False, by="key:second", reason="stimmt doch")
    assert (await ask(shop, payout.number)).id != asked.id


async def test_a_document_has_one_storno(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await ask(shop, payout.number)
    with pytest.raises(NotAllowedNow, match="reversal_exists"):
        await ask(shop, payout.number)


async def test_a_paid_one_is_returned_and_its_commissions_stay_until_a_person_says_so(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await pay(shop, payout)
    await reverse(shop, payout)
    assert (await look(shop, payout.number)).state is PayoutState.RETURNED
    assert await states(shop) == [(10_000, "paid")]
    [task] = await shop.rows("SELECT id, actions FROM tasks WHERE kind = 'returned'")
    assert "paid" not in task["actions"]
    async with shop.ledger.transaction(shop.tenant) as tx:
        await resolutions.resolve(
            tx, TaskId(task["id"]), Answer(action="cancelled", reason="neu abgerechnet"), actor="key:chief"
        )
    assert (await look(shop, payout.number)).state is PayoutState.CANCELLED
    assert await states(shop) == [(10_000, "paid"), (10_000, "approved")]


async def test_a_returned_one_is_not_cancelled_before_its_storno_is_effective(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await payouts.change_state(tx, await payouts.lock(tx, payout.number), PayoutState.RETURNED, reason="Rückgabe")
    asked = await ask(shop, payout.number)
    with pytest.raises(NotAllowedNow, match="own_document_stands"):
        await cancel(shop, payout.number)
    await take_effect(shop, asked)
    await cancel(shop, payout.number)
    assert (await look(shop, payout.number)).state is PayoutState.CANCELLED


async def cancel(shop: Shop, number: str) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        await payouts.change_state(tx, await payouts.lock(tx, number), PayoutState.CANCELLED, reason="x")


async def test_what_the_books_show_as_transferred_may_have_left(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await shop.rows(
        """
        INSERT INTO external_documents (tenant_id, provider, organization_id, kind, resource_id, payout_id,
                                        own_document_id, status, net_cents, tax_cents, gross_cents, open_cents)
        SELECT p.tenant_id, 'lexoffice', gen_random_uuid(), 'purchaseinvoice', gen_random_uuid(), p.id, d.id,
               'transferred', p.net_cents, p.tax_cents, p.gross_cents, p.gross_cents
          FROM payouts p JOIN own_documents d ON d.payout_id = p.id WHERE p.number = $1
        """,
        payout.number,
    )
    await reverse(shop, payout)
    assert (await look(shop, payout.number)).state is PayoutState.RETURNED


async def test_a_storno_that_nobody_heard_of_is_withdrawn_and_its_number_kept(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        issued = await own_reversal_rows.issue(tx, asked.id)
        await own_reversals.withdraw(tx, asked.id, by="key:chief", reason="doch richtig")
        assert issued.document_id is not None
        assert (await issuing.get(tx, issued.document_id)).closed_at is not None
        assert await circle.find_gaps(tx) == []
    assert (await look(shop, payout.number)).state is PayoutState.CREDIT_NOTE_OPEN
    second = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        number = (await own_reversal_rows.issue(tx, second.id)).document_number
    assert number is not None
    assert number.endswith("-00003")


async def test_one_that_is_in_the_books_or_handed_out_is_not_withdrawn(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        issued = await own_reversal_rows.issue(tx, asked.id)
        await tx.execute(
            """
            INSERT INTO creation_intents (tenant_id, kind, own_document_id, marker, organization_id, content,
                                          content_hash, net_cents, gross_cents, sent_at, deadline)
            VALUES ($1, 'purchasecreditnote', $2, 'm', gen_random_uuid(), '{}', '', -1, -1, now(), now())
            """,
            shop.tenant.id,
            issued.document_id,
        )
        with pytest.raises(NotAllowedNow, match="reversal_is_booked"):
            await own_reversals.withdraw(tx, asked.id, by="key:chief", reason="doch richtig")
    await take_effect(shop, asked)
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAllowedNow, match="reversal_is_over"):
            await own_reversals.withdraw(tx, asked.id, by="key:chief", reason="doch richtig")


async def test_an_original_that_was_never_given_out_needs_no_storno(shop: Shop) -> None:
    payout = await ask_for(shop, 10_000)
    with pytest.raises(NotAllowedNow, match="no_own_document_to_reverse"):
        await ask(shop, payout.number)
    issued = await deliver(shop, payout, handed_out=False)
    await shop.rows("UPDATE payouts SET document_stage = 'booked' WHERE number = $1", payout.number)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await issuing.close_unissued(tx, issued.id, by="admin", reason="Buchung abgelehnt")
        over = await own_reversal_rows.issue(tx, asked.id)
    assert over.withdrawn_at is not None
    assert over.document_id is None


@pytest.mark.parametrize("ground", list(Ground))
async def test_the_month_that_changes_follows_the_ground(shop: Shop, ground: Ground) -> None:
    payout = await handed_out(shop, 10_000)
    wanted = Wanted(ground=ground, reason="x")
    if ground is Ground.OBJECTION:
        with pytest.raises(NotAllowedNow, match="not_objected"):
            await ask(shop, payout.number, wanted)
        async with shop.ledger.transaction(shop.tenant) as tx:
            await objections.object_to(tx, payout.partner_id, payout.number, reason="falsch")
    asked = await ask(shop, payout.number, wanted)
    [row] = await shop.rows("SELECT issued_on FROM own_documents WHERE payout_id = $1", payout.id)
    assert asked.counts_in == date(row["issued_on"].year, row["issued_on"].month, 1)


async def test_the_setting_makes_it_a_self_billed_credit_note(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await shop.rows("UPDATE tenants SET reversal_code = '261'")
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert (await own_reversal_rows.get_draft(tx, asked.id)).reversal_code == "261"


async def test_whoever_asked_had_a_hand_in_what_the_partner_is_paid_next(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    await reverse(shop, payout, by="key:maker")
    again = await request(shop)
    acts = await shop.rows("SELECT actor, act FROM open_hands_of_payout($1)", again.id)
    assert ("key:maker", "own_document.reversal_asked") in [(row["actor"], row["act"]) for row in acts]


async def test_another_tenant_finds_nothing(shop: Shop, new_tenant: NewTenant) -> None:
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    tenant = await new_tenant()
    async with shop.ledger.transaction(tenant) as tx:
        with pytest.raises(NotFound):
            await own_reversals.decide(tx, asked.id, confirmed=True, by="key:x", reason=None)
        with pytest.raises(NotFound):
            await own_reversals.ask(tx, payout.number, ERROR, by="key:x")


async def test_concluding_twice_changes_nothing(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    storno = await reverse(shop, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await reversed_payouts.conclude(tx, await own_reversal_rows.hold(tx, storno.id))
    assert await states(shop) == [(10_000, "approved")]


async def test_what_is_told_of_its_delivery_wakes_its_workflow_until_that_has_seen_it(shop: Shop) -> None:
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        issued = await own_reversal_rows.issue(tx, asked.id)
        await own_reversal_rows.mark_announced(tx, asked.id, await own_reversal_rows.announcement_wanted(tx, asked.id))
        assert issued.document_id is not None
        await delivery.hand_out(tx, await issuing.get(tx, issued.document_id))
        await own_reversal_rows.note_deliveries_seen(tx, asked.id)
    assert await unannounced_here(shop) == []
    async with shop.ledger.transaction(shop.tenant) as tx:
        await delivery.mark_delivered(tx, await issuing.get(tx, issued.document_id), "hand", by="key:x", note="da")
    assert await unannounced_here(shop) == [str(asked.id)]
    async with shop.ledger.transaction(shop.tenant) as tx:
        await own_reversal_rows.note_deliveries_seen(tx, asked.id)
    assert await unannounced_here(shop) == []


async def test_of_two_deliveries_told_at_once_the_one_that_is_committed_last_wakes_it_too(
    shop: Shop, database: Database
) -> None:
    """Its seq may be the lower one."""
    payout = await handed_out(shop, 10_000)
    asked = await ask(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        document = (await own_reversal_rows.issue(tx, asked.id)).document_id
        assert document is not None
        await own_reversal_rows.mark_announced(tx, asked.id, await own_reversal_rows.announcement_wanted(tx, asked.id))
        await delivery.hand_out(tx, await issuing.get(tx, document))
        await delivery.mark_delivered(tx, await issuing.get(tx, document), "hand", by="key:x", note="da")
        await own_reversal_rows.note_deliveries_seen(tx, asked.id)
    assert await unannounced_here(shop) == []
    await plant(
        database,
        """
        INSERT INTO own_document_deliveries (tenant_id, document_id, seq, how, outcome, told_by)
        OVERRIDING SYSTEM VALUE
        SELECT tenant_id, document_id, -min(seq), 'page', 'opened', 'partner:1' FROM own_document_deliveries
         WHERE document_id = $1 GROUP BY 1, 2
        """,
        document,
    )
    assert await unannounced_here(shop) == [str(asked.id)]


async def unannounced_here(shop: Shop) -> list[str]:
    found = await unannounced.list_in_turns(shop.ledger, older_than=timedelta(0), of_each=100, at_most=1000)
    return [one.id for one in found if one.kind == "own_reversal" and one.tenant.id == shop.tenant.id]
