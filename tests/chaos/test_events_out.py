"""script/chaos --events: whatever dies, each event is told at least once, signed, and in the order of its object."""

import pytest

from chaos.events_out import Endpoint, missing_or_out_of_order
from sandbox.webhook_receiver import Receiver
from tests.chaos.test_chaos import chaos

EVENTS = [("evt_1", "ANNA"), ("evt_2", "BERT"), ("evt_3", "ANNA")]


def endpoint(*taken: str) -> Endpoint:
    heard = Endpoint("moody", Receiver(""))
    heard.taken = {id: place for place, id in enumerate(taken)}
    return heard


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (("evt_1", "evt_3", "evt_2"), ""),
        (("evt_1", "evt_3"), "1 events were never taken, such as evt_2"),
        (("evt_3", "evt_2", "evt_1"), "1 events came before an earlier one of their object"),
    ],
)
def test_what_is_missing_or_out_of_order_is_named(taken: tuple[str, ...], said: str) -> None:
    assert said in " | ".join(missing_or_out_of_order(endpoint(*taken), EVENTS))
    assert bool(list(missing_or_out_of_order(endpoint(*taken), EVENTS))) == bool(said)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("stack_state", "temporal_cli")
def test_each_event_is_told_in_its_order_while_worker_and_api_die() -> None:
    status, report = chaos("--events", "100", "--event-kills", "2", "--settle-minutes", "8")
    assert (report["differences"], status) == ([], 0)
    assert sum(report["kills"].values()) == 2
    assert report["refused"] > 0
