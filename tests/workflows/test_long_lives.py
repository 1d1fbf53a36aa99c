"""A document's workflow that hears of a great many things, for days: it neither grows without limit nor forgets."""

from uuid import uuid4

import pytest

from ledger.types import Tenant, TenantId
from tests.fixtures.house import Shop
from workflows import document
from workflows.document import DocumentWorkflow
from workflows.messages import DocumentInput


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> DocumentWorkflow:
    monkeypatch.setattr(document, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(document, "LONGEST_MEMORY", 5)
    tenant = Tenant(id=TenantId(uuid4()), slug="acme")
    return DocumentWorkflow(DocumentInput(tenant=tenant, resource_id=uuid4()))


def test_what_is_too_much_for_one_fetch_is_the_next_ones(small: DocumentWorkflow) -> None:
    for number in range(1, 8):
        small.notify({"event": number, "delivery": 1})
    taken = [[delivery.event for delivery in small._take(3)] for _ in range(4)]
    assert taken == [[1, 2, 3], [4, 5, 6], [7], []]


def test_only_the_last_deliveries_are_remembered(small: DocumentWorkflow) -> None:
    for number in [*range(1, 101), 100, 96]:
        small.notify({"event": number, "delivery": 1})
    assert len(small._take(1000)) == 100, "those that came twice count once"
    assert len(small._seen) == 5


@pytest.mark.parametrize("event", [0, -1, 2**63, 2**70, True, "1", None])
def test_what_can_be_no_row_is_nothing(small: DocumentWorkflow, event: object) -> None:
    small.notify({"event": event, "delivery": 1})
    small.notify({"event": 1, "delivery": 2**31})
    small.notify(event)
    assert small._take(1000) == ()


async def test_an_id_that_no_row_can_have_does_not_wedge_the_workflow(silent_shop: Shop) -> None:
    handle = await silent_shop.house.engine.start_workflow(
        "DocumentWorkflow",
        DocumentInput(tenant=silent_shop.tenant, resource_id=uuid4()),
        id=f"lexoffice/{silent_shop.tenant.slug}/by-hand",
        task_queue="payouts",
        start_signal="notify",
        start_signal_args=[{"event": 2**64, "delivery": 1}],
    )
    assert await handle.result() == "nothing to do"
