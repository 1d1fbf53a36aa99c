"""Notification faults: what the network between lexoffice and a receiver may do to an event, seeded."""

from __future__ import annotations

import random
from dataclasses import replace

from pydantic import Field, model_validator

from .delivery import Parcel
from .organizations import Wire
from .store import Store

REORDER_MS = 250


class NotificationFaults(Wire):
    duplicate_rate: float = Field(0, ge=0, le=1)
    drop_rate: float = Field(0, ge=0, le=1)
    delay_ms: tuple[int, int] = (0, 0)
    reorder: bool = False  # each delivery waits up to a quarter of a second more, so that they overtake
    seed: int = 0
    sequence: int = 0  # deliveries disturbed so far; makes a restarted sandbox go on with the same dice

    @model_validator(mode="after")
    def _range(self) -> NotificationFaults:
        low, high = self.delay_ms
        if not 0 <= low <= high:
            raise ValueError("delayMs is [least, most] in milliseconds")
        return self


def of(store: Store, organization: str) -> NotificationFaults | None:
    row = store.row("SELECT body FROM notification_faults WHERE organization = ?", organization)
    return None if row is None else NotificationFaults.model_validate_json(row["body"])


def put(store: Store, organization: str, faults: NotificationFaults | None) -> None:
    if faults is None:
        store.run("DELETE FROM notification_faults WHERE organization = ?", organization)
    else:
        store.run(
            "INSERT INTO notification_faults VALUES (?, ?)"
            " ON CONFLICT (organization) DO UPDATE SET body = excluded.body",
            organization,
            faults.model_dump_json(),
        )


def disturb(store: Store, parcel: Parcel) -> list[Parcel]:
    faults = of(store, parcel.organization)
    if faults is None:
        return [parcel]
    put(store, parcel.organization, faults.model_copy(update={"sequence": faults.sequence + 1}))
    dice = random.Random(f"{faults.seed}/{faults.sequence}")  # noqa: S311 - repeatable on purpose
    copies = 2 if dice.random() < faults.duplicate_rate else 1
    disturbed = []
    for _ in range(copies):
        delay = dice.randint(*faults.delay_ms) + (dice.randint(0, REORDER_MS) if faults.reorder else 0)
        disturbed.append(replace(parcel, delay_ms=parcel.delay_ms + delay, dropped=dice.random() < faults.drop_rate))
    return disturbed
