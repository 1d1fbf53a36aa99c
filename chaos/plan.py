"""What a run does, drawn from its seed: who sells what and when, how each payout ends, and what is killed when.

The same seed gives the same plan. What the plan meets is not repeatable: how processes interleave, which request a
throw of the sandbox's dice hits, and the random ids and markers of the product itself (docs/reliability.md).
"""

import random
from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """What people do with a payout once it is asked for."""

    PAID = "paid"
    PAID_IN_PARTS = "paid in two parts"
    LEFT_OPEN = "left open"
    REJECTED = "rejected"
    CANCELLED = "cancelled right after its approval"
    CONTRADICTED = "approved and rejected at the same instant"
    VOIDED = "credit note voided, asked for again"
    RETURNED = "voided after a part was paid"
    UNPAID_AGAIN = "payment taken back after it was paid"
    REOPENED = "credit note made a draft, finished again, paid"
    DELETED = "credit note made a draft and deleted"
    DEVIATES = "credit note changed, mended, paid"
    CAME_BACK = "sent back by the partner's bank"


_WEIGHTS = {
    Ending.PAID: 56,
    Ending.PAID_IN_PARTS: 5,
    Ending.LEFT_OPEN: 4,
    Ending.REJECTED: 4,
    Ending.CANCELLED: 5,
    Ending.CONTRADICTED: 4,
    Ending.VOIDED: 6,
    Ending.RETURNED: 4,
    Ending.UNPAID_AGAIN: 3,
    Ending.REOPENED: 3,
    Ending.DELETED: 3,
    Ending.DEVIATES: 3,
}

_WEIGHTS_IN_EASYBILL = {
    Ending.PAID: 60,
    Ending.PAID_IN_PARTS: 6,
    Ending.LEFT_OPEN: 5,
    Ending.REJECTED: 4,
    Ending.CANCELLED: 6,
    Ending.CONTRADICTED: 4,
    Ending.VOIDED: 8,
    Ending.RETURNED: 4,
    Ending.UNPAID_AGAIN: 3,
}
"""What is done there cannot be changed, nor made a draft again."""

_WEIGHTS_WITH_A_BANK = {
    Ending.PAID: 70,
    Ending.CAME_BACK: 14,
    Ending.REJECTED: 4,
    Ending.CANCELLED: 6,
    Ending.CONTRADICTED: 6,
}
"""Where the bank says paid. What is done to a document while its file is at the bank is for people to clear up."""

MANAGERS = ("M1", "M2", "M3")
"""Sponsors of those who sell: M1 brought the other two, so every sale earns on two or three levels."""

ANSWERS_TO_RETURNED = ("paid", "cancelled", "settled_manually")


@dataclass(frozen=True)
class Sale:
    """One sale of a partner of its own, on its way to that partner's payout."""

    index: int
    tenant: int
    begins_at: float
    seller: str
    manager: str
    net_cents: int
    written_by_us: bool
    """Whether the product writes the invoice, which it does in lexoffice only, or a person in the books."""
    ending: Ending
    answer_to_returned: str
    think_seconds: tuple[float, ...]


@dataclass(frozen=True)
class Collection:
    """A manager asks for whatever has been earned on the upper levels by then."""

    index: int
    tenant: int
    begins_at: float
    manager: str
    ending: Ending
    think_seconds: tuple[float, ...]


@dataclass(frozen=True)
class Kill:
    """SIGKILL at this time, and this long until the part is started again. Seconds."""

    at: float
    part: str
    down_seconds: float


@dataclass(frozen=True)
class Plan:
    seed: int
    seconds: float
    tenants: int
    sales: tuple[Sale, ...]
    collections: tuple[Collection, ...]
    kills: tuple[Kill, ...]
    with_bank: bool = False
    """Payouts are paid by files and statements of a bank, instead of clicks in the books."""
    with_easybill: bool = False
    """Every second firm keeps its books in easybill."""

    def in_easybill(self, tenant: int) -> bool:
        """Whether this firm's books are there."""
        return self.with_easybill and tenant % 2 == 1

    def writes_own(self, tenant: int) -> bool:
        """Whether this firm writes its documents itself: every second of those in lexoffice."""
        return tenant % 4 == 2 if self.with_easybill else tenant % 2 == 1


PARTS = {"worker 1": 5, "worker 2": 5, "api": 4, "temporal": 3, "postgres": 4}
"""What is killed, and how often in relation to each other. The sandbox is the outside world: it never dies."""

_THOUGHTS = 6


def draw(
    *,
    seed: int,
    payouts: int,
    seconds: float,
    tenants: int,
    kills_per_minute: float,
    with_bank: bool = False,
    with_easybill: bool = False,
) -> Plan:
    """One in twelve payouts is a manager's; stories begin in the first 70 % of the time, kills come until its end."""
    dice = random.Random(f"chaos/{seed}")  # noqa: S311 - repeatable on purpose
    collections = payouts // 12
    last_begin = seconds * 0.7
    return Plan(
        seed=seed,
        seconds=seconds,
        tenants=tenants,
        sales=tuple(
            _sale(
                dice,
                index,
                tenants,
                last_begin,
                with_bank=with_bank,
                in_easybill=with_easybill and index % tenants % 2 == 1,
            )
            for index in range(payouts - collections)
        ),
        collections=tuple(
            _collection(dice, index, tenants, seconds, with_bank=with_bank) for index in range(collections)
        ),
        kills=_kills(dice, seconds, kills_per_minute),
        with_bank=with_bank,
        with_easybill=with_easybill,
    )


def _sale(
    dice: random.Random, index: int, tenants: int, last_begin: float, *, with_bank: bool, in_easybill: bool
) -> Sale:
    weights = _WEIGHTS_WITH_A_BANK if with_bank else _WEIGHTS_IN_EASYBILL if in_easybill else _WEIGHTS
    return Sale(
        index=index,
        tenant=index % tenants,
        begins_at=dice.uniform(0, last_begin),
        seller=f"S{index:04d}",
        manager=dice.choice(MANAGERS),
        # Whole euros: net and tax of the invoice are then what Stripe was told, to the cent.
        net_cents=dice.randrange(50, 2000) * 100,
        written_by_us=dice.random() < 0.3 and not in_easybill,
        ending=dice.choices(list(weights), list(weights.values()))[0],
        answer_to_returned=dice.choice(ANSWERS_TO_RETURNED),
        think_seconds=_thoughts(dice),
    )


def _collection(dice: random.Random, index: int, tenants: int, seconds: float, *, with_bank: bool) -> Collection:
    return Collection(
        index=index,
        tenant=index % tenants,
        begins_at=dice.uniform(seconds * 0.4, seconds * 0.9),
        manager=dice.choice(MANAGERS),
        ending=Ending.PAID if with_bank else dice.choice((Ending.PAID, Ending.PAID, Ending.LEFT_OPEN)),
        think_seconds=_thoughts(dice),
    )


def _kills(dice: random.Random, seconds: float, per_minute: float) -> tuple[Kill, ...]:
    kills, at = [], 0.0
    while per_minute > 0:
        at += dice.expovariate(per_minute / 60)
        if at >= seconds:
            break
        part = dice.choices(list(PARTS), list(PARTS.values()))[0]
        kills.append(Kill(at=at, part=part, down_seconds=dice.choice((0.0, 0.0, 1.0, 3.0))))
    return tuple(kills)


def _thoughts(dice: random.Random) -> tuple[float, ...]:
    return tuple(dice.uniform(0.1, 2.0) for _ in range(_THOUGHTS))
