"""What endpoints are told has the members that the OpenAPI document says, of every kind of object."""

import pytest

from activities.events_out.bodies import body_of
from api.v1 import told_events
from ledger import tasks
from ledger.audit import events_out, webhook_endpoints
from ledger.audit.events_out import RetryPlan
from ledger.audit.webhook_endpoints import WantedEndpoint
from ledger.reasons import Reason
from tests.fixtures.door import Door
from tests.fixtures.unapproved_payouts import a_payout_that_awaits_approval

PLAN = RetryPlan(waits=(60.0,), warn_after=4 * 86_400, off_after=5 * 86_400)


async def test_each_kind_of_event_is_as_it_is_described(connected: Door) -> None:
    parts = connected.parts
    async with parts.ledger.transaction(connected.tenant) as tx:
        address = WantedEndpoint(url="https://example.com/hooks")
        endpoint = await webhook_endpoints.add(tx, parts.vault, address, by="test")
    await a_payout_that_awaits_approval(connected)
    assert (await connected.api("POST", f"webhook-endpoints/{endpoint.id}/ping")).status_code == 202
    async with parts.ledger.transaction(connected.tenant) as tx:
        why = Reason.of("partner_objects")
        await tasks.ask(tx, tasks.NewTask(kind="payout_blocked", subject="payout", subject_id="PO-1", reason=why))
        await tx.execute("UPDATE provider_connections SET state = 'broken' WHERE provider = 'lexoffice'")
    async with parts.ledger.transaction(connected.tenant) as tx:
        due = await events_out.list_due(tx, endpoint.id, PLAN, at_most=100)
    models = set()
    for event in due:
        model = told_events.model_of(event.type)
        told = model.model_validate_json(body_of(event, public_url="https://partner.example.com"))
        data = told.data  # type: ignore[attr-defined]
        assert data.model_extra == {}, f"{event.type} tells more than is described"
        assert told.model_dump().keys() == model.model_fields.keys()
        models.add(model.__name__)
    assert models == {
        "PayoutEvent",
        "CommissionEvent",
        "TransactionEvent",
        "PartnerEvent",
        "TaskEvent",
        "ConnectionEvent",
        "PingEvent",
    }


@pytest.mark.parametrize("type", ["payout.paid", "ping"])
def test_a_type_has_its_model(type: str) -> None:
    assert type in told_events.model_of(type).model_fields["type"].annotation.__args__  # type: ignore[union-attr]
