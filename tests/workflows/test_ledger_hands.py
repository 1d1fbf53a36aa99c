"""Activities at the edge of what a workflow ever asks of them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio.testing import ActivityEnvironment

from activities.books.documents import BookedDocument
from activities.books.lexoffice.calls import LexofficeCalls
from activities.books.lexoffice.documents import content_of
from activities.creation.creating import Creation, DocumentCreator, Outcome
from activities.creation.reading_back import keep, read_back
from activities.heartbeats import EVERY, heartbeats
from activities.judging.credit_note_settling import JustRead, apply_credit_note
from activities.models import AdvanceInput, ReceivedSignal
from activities.payouts.payouts import PayoutActivities
from ledger.database import TenantTransaction
from ledger.documents import intents, unclear_outcomes
from ledger.documents.intents import Intent
from ledger.payouts import payouts
from ledger.types import DocumentKind, IntentId, PayoutNumber
from tests.fixtures.desk import credit_notes, fault, posts, requested, task, with_open_credit_note
from tests.fixtures.house import Shop, until
from tests.lexoffice_client.samples import new_credit_note, new_invoice
from worker import hands_of


async def test_nobody_commits_to_a_document_for_a_payout_without_a_workflow(connected_shop: Shop) -> None:
    payout = await requested(connected_shop)
    await connected_shop.payout_workflow(payout["number"]).terminate("as an operator may do")
    await connected_shop.approve(payout)
    recheck = AdvanceInput(
        tenant=connected_shop.tenant, number=PayoutNumber(payout["number"]), notes=(ReceivedSignal(signal="recheck"),)
    )
    look = await PayoutActivities(connected_shop.house.ledger, unclear_wait=timedelta(0)).settle_ended_payout(recheck)
    assert (look.state, look.intent) == ("approved", None)
    cancelled = await connected_shop.call(
        "POST", f"/payouts/{payout['number']}/cancel", {"reason": "Steht still."}, key="approve"
    )
    assert cancelled.status_code == 202, cancelled.text


async def test_what_was_told_about_a_document_that_is_not_the_payouts_any_more_is_handed_over_again(
    connected_shop: Shop,
) -> None:
    payout = await with_open_credit_note(connected_shop)
    [event] = await connected_shop.rows(
        """
        INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state, handed_over_at)
        VALUES ($1, 'lexoffice', 'credit-note.changed', $2, '', 'received', now()) RETURNING id
        """,
        connected_shop.tenant.id,
        str(uuid4()),
    )
    note = ReceivedSignal(signal="credit_note_paid", value={"event": event["id"]})
    told = AdvanceInput(tenant=connected_shop.tenant, number=PayoutNumber(payout["number"]), notes=(note,))
    await PayoutActivities(connected_shop.house.ledger, unclear_wait=timedelta(0)).advance(told)
    [after] = await connected_shop.rows("SELECT state, delivery, handed_over_at FROM events WHERE id = $1", event["id"])
    assert (after["state"], after["delivery"], after["handed_over_at"]) == ("received", 2, None)


def test_what_an_older_version_has_meant_to_send_is_still_known() -> None:
    """It stored null for members that the client had then; an intent may wait for weeks."""
    gone: dict[str, Any] = {"language": None, "print_layout_id": None}
    kept: dict[str, Any] = {
        "kind": DocumentKind.CREDIT_NOTE,
        "content": new_credit_note().model_dump(mode="json") | gone,
    }
    assert content_of(Intent.model_construct(**kept)) == new_credit_note()
    gone["payment_conditions"] = None
    kept = {"kind": DocumentKind.INVOICE, "content": new_invoice().model_dump(mode="json") | gone}
    assert content_of(Intent.model_construct(**kept)) == new_invoice()


async def nobody_looks(_: TenantTransaction) -> None:
    raise AssertionError("nothing is made here")


async def test_a_permission_that_came_too_late_is_not_used(connected_shop: Shop) -> None:
    """engine.md: not at all if more than 5 s passed since that commit. Here no time is left from the beginning."""
    payout = await requested(connected_shop)
    await connected_shop.payout_workflow(payout["number"]).terminate("nobody else creates it")
    [row] = await connected_shop.rows(
        """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents)
        SELECT tenant_id, 'credit-note', id, '[x]', gen_random_uuid(), '{}', '', 1, 1 FROM payouts RETURNING id
        """
    )
    house = connected_shop.house
    async with hands_of(house.settings) as hands:
        creator = DocumentCreator(
            house.ledger,
            LexofficeCalls(hands.door),
            answer_within=timedelta(seconds=35),
            certain_after=timedelta(seconds=35),
        )

        async def create() -> Creation[None]:
            return await creator.create(connected_shop.tenant, IntentId(row["id"]), nobody_looks)

        created = await ActivityEnvironment().run(create)
    assert created.outcome is Outcome.UNCLEAR
    assert (await credit_notes(connected_shop), await posts(connected_shop)) == ([], 0)


async def test_an_answer_that_nobody_waits_for_any_more_is_a_document_too_many(connected_shop: Shop) -> None:
    """A worker that was frozen for minutes learns of its document after a person has given it up."""
    await fault(connected_shop, "slow", delayMs=1_500, times=1)
    payout = await requested(connected_shop)
    await connected_shop.approve(payout)
    (made,) = await until(
        lambda: credit_notes(connected_shop), bool, "the credit note, whose answer is still on its way"
    )
    [intent] = await connected_shop.rows("SELECT id FROM creation_intents")
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        await unclear_outcomes.abandon_by_decision(tx, IntentId(intent["id"]))
    asked = await task(connected_shop, "document_too_many")
    assert asked["subject_id"] == made["id"]
    assert await connected_shop.rows("SELECT 1 FROM external_documents WHERE resource_id = $1", made["id"]) == []


async def test_what_was_read_back_is_not_judged_where_something_newer_is_known(silent_shop: Shop) -> None:
    """The GET of a worker that was frozen for minutes arrives after the sweep has seen the credit note paid."""
    shop, house = silent_shop, silent_shop.house
    number = PayoutNumber((await with_open_credit_note(shop))["number"])
    await shop.payout_workflow(number).terminate("nobody else looks")
    [row] = await shop.rows("SELECT id FROM creation_intents")
    async with hands_of(house.settings) as hands:

        async def read() -> tuple[Intent, UUID, BookedDocument]:
            async with house.ledger.transaction(shop.tenant) as tx:
                intent = await intents.get(tx, IntentId(row["id"]))
            document = await ActivityEnvironment().run(read_back, LexofficeCalls(hands.door), shop.tenant, intent)
            assert document is not None
            async with house.ledger.transaction(shop.tenant) as tx:
                return intent, await keep(tx, intent, document), document

        frozen = JustRead(*await read())
        (note,) = await credit_notes(shop)
        await shop.click(note["id"], "pay")
        await read()
    async with house.ledger.transaction(shop.tenant) as tx:
        payout = await payouts.lock(tx, number)
        assert payout.state == "credit_note_open"
        payout = await apply_credit_note(tx, payout, [], frozen)
    assert payout.state == "paid"


async def test_a_worker_says_that_it_lives_until_its_answer_is_there() -> None:
    beats, heard = 0, asyncio.Event()

    def beat(*_: object) -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            heard.set()

    async def answer() -> int:
        async with heartbeats(every=0.001):
            await heard.wait()
        at_the_end = beats
        await asyncio.sleep(0.01)
        return beats - at_the_end

    environment = ActivityEnvironment()
    environment.on_heartbeat = beat
    async with asyncio.timeout(10):
        assert await environment.run(answer) == 0
    assert EVERY < 15, "or the workflows miss a worker that lives"
