"""Which commits do not wait for the disk: a place more is a decision, and each has its reason beside it."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

PLACES = {
    "activities/gateway/lexoffice_gateway.py": 2,  # the slot of a create
    "activities/handover.py": 1,  # what was announced
    "engine/announcer.py": 1,  # what was announced
    "ledger/access/api_keys.py": 1,  # when a key was last used
    "ledger/connections/budget.py": 1,  # the slot of a request
    "ledger/inbox/events.py": 1,  # what was announced
}


def test_only_slots_marks_and_last_uses_are_committed_without_waiting() -> None:
    found: dict[str, int] = {}
    for folder in ("activities", "api", "engine", "ledger", "workflows"):
        for file in (CHECKOUT / folder).rglob("*.py"):
            text = file.read_text()
            places = text.count("may_be_lost=True") + text.count("{NOT_WAITED_FOR}")
            if places and file.name != "database.py":
                found[str(file.relative_to(CHECKOUT))] = places
    assert found == PLACES
