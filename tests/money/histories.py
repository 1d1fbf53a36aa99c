"""Random histories of sales and payouts: which events may come next.

An event is a tuple (name, …) as tests/money/model.py takes it. To add one: a method of the model, one of LedgerPlayer
(ledger_player.py) with the same name, and a line in `possible`.
"""

import random
from collections.abc import Iterator
from datetime import date

from tests.money.model import PLANS, Event, Model, Sale
from tests.money.model_sales import LONG_AGO

CHAIN = ("ANNA", "BERT", "CARL")
NETS = (500, 999, 8403, 10000, 12345, 100001)
MONTHS = (3, 4)
PAID_DAYS = (LONG_AGO, -40, -20, -10, 0)
HOLD_DAYS = 14
CUT_OFFS = ((-5, -4, -3, -2), (1, 2, 3), (11, 12, 13), (30, 31, 32, 33, 34, 35))
"""Days from today; within each a hold of 14 days lets the same of PAID_DAYS through."""
STATUS_DAYS = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1), date(2026, 4, 3))
STATUSES = (
    ("regular", None), ("private", None), ("small_business", 2026), ("small_business", 2025), ("eu_business", None),
)  # fmt: skip
LINE_DAYS = (date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 4))
TO_A_STATE = {
    "awaiting_approval": ("approved", "rejected", "cancelled"),
    "approved": ("document", "cancelled"),
    "credit_note_open": ("paid_out", "document_voided"),
    "paid": ("came_back",),
}


def possible(model: Model, dice: random.Random, *, window: bool) -> Iterator[Event]:
    """What could happen next, each once; the caller chooses."""
    if len(model.sales) < 6:
        seller = dice.randrange(3)
        subscription = dice.choice((None, None, "abo", "abo", "zweites"))
        yield (
            "sale", f"s{len(model.sales)}", CHAIN[seller:], dice.choice(NETS), dice.choice(MONTHS), subscription,
        )  # fmt: skip
    if len(model.plans) < 5:
        yield ("plan", dice.randrange(len(PLANS)), dice.choice(MONTHS))
    if model.sales:
        yield ("closed", dice.choice(MONTHS))
    for name, sale in model.sales.items():
        yield from _of_sale(name, sale, dice, window=window)
    yield from _of_the_tenant(model, dice)
    yield from _of_payouts(model, dice)
    yield from _of_the_bank(model)


def _of_the_tenant(model: Model, dice: random.Random) -> Iterator[Event]:
    yield (
        "settings",
        dice.choice((0, HOLD_DAYS)),
        dice.choice((0, 0, 300, 2_000)),
        dice.choice((100, 50, 50, 20, 1)),
        dice.choice((None, None, 150, 1_000)),
    )
    partner = dice.choice(CHAIN)
    status, year = dice.choice(STATUSES)
    begins = dice.choice(STATUS_DAYS)
    ends = dice.choice((None, None, None, *(day for day in STATUS_DAYS if day > begins)))
    yield ("status", partner, status, begins, ends, year)
    yield ("stays" if partner in model.leaving else "leaves", partner)
    if len(model.lines) < 6:
        cents = dice.choice((700, 2_500, -300, -1_900))
        yield ("written", f"l{model.clock}", partner, cents, dice.choice(LINE_DAYS))
    for name, line in model.lines.items():
        if line.waits:
            yield from (("line_confirmed", name), ("line_refused", name))


def _of_payouts(model: Model, dice: random.Random) -> Iterator[Event]:
    able = {partner: list(model.payable(partner)) for partner in CHAIN}
    for partner, cases in able.items():
        if cases or dice.random() < 0.05:
            yield ("requested", f"p{len(model.payouts)}", partner, dice.choice((None, *cases)))
    if any(able.values()):
        of_one_kind = dice.choice(CUT_OFFS)
        yield ("rehearsed", of_one_kind[0])
        if free := [day for day in of_one_kind if day not in model.cut_offs]:
            yield ("run", f"r{len(model.payouts)}", free[0])
    for name, payout in model.payouts.items():
        yield from ((step, name) for step in TO_A_STATE.get(payout.state, ()))
        if payout.state == "returned":
            yield from (("answered", name, answer) for answer in ("paid", "settled_manually"))
            if not model.awaits_its_file(name):
                yield ("answered", name, "cancelled")


def _of_the_bank(model: Model) -> Iterator[Event]:
    if model.transferable():
        yield ("drafted", f"b{len(model.bank_runs)}")
    for name, run in model.bank_runs.items():
        match run.state:
            case "draft" if run.payouts:
                yield from (("released", name), ("run_cancelled", name))
            case "approved":
                yield from (("exported", name), ("run_cancelled", name))
            case "exported":
                yield from (("confirmed", name), ("run_cancelled", name))


def _of_sale(name: str, sale: Sale, dice: random.Random, *, window: bool) -> Iterator[Event]:
    if sale.blocked:
        yield ("window_over", name)
        yield ("rewritten", name, dice.choice((sale.net, 5000, 20000)), dice.choice(PAID_DAYS))
    elif sale.voided:
        yield ("rewritten", name, dice.choice((sale.net, 5000, 20000)), dice.choice(PAID_DAYS))
    else:
        yield from (("paid", name, dice.choice(PAID_DAYS)), ("unpaid", name))
        if sale.invoice is not None:
            yield ("credited", name, dice.choice((sale.gross // 3, sale.gross // 2, sale.gross)))
            if not sale.notes:
                yield ("voided", name, window)
            if len(sale.notes) < 2:
                yield (
                    "credit_note",
                    name,
                    f"{dice.getrandbits(128):032x}",
                    dice.choice((100, sale.gross // 4, sale.gross)),
                )
    for note in sale.notes:
        yield ("credit_note_voided", name, note)
    left = sale.charge - sale.charge_refunded
    if left > 0:
        yield ("refund", name, sale.charge_refunded + dice.choice((1, min(left, 333), left // 2 or 1, left)))
    if sale.charge_refunded:
        yield ("refund_fails", name, dice.choice((1, sale.charge_refunded)))
    if not sale.open_disputes and not sale.lost_disputes:
        yield ("disputed", name, f"dp_{name}")
    for dispute in sale.open_disputes:
        yield from (("lost", name, dispute, dice.choice((sale.charge, sale.charge // 3))), ("won", name, dispute))
    for dispute in sale.lost_disputes:
        yield ("won", name, dispute)


OFTEN = {
    "sale": 10, "plan": 3, "closed": 3, "paid": 4, "requested": 8, "run": 6, "approved": 25, "document": 40,
    "drafted": 30, "released": 40, "exported": 60, "confirmed": 6, "run_cancelled": 3, "paid_out": 8,
    "document_voided": 6, "came_back": 3, "answered": 20, "window_over": 6, "refund": 3, "settings": 3, "status": 2,
    "written": 2, "line_confirmed": 8,
}  # fmt: skip
"""How much likelier than the rest: money must get as far as being paid for much of the rest to matter."""


def random_history(seed: int, *, longest: int = 50) -> list[Event]:
    """The same seed, the same history. Some run with a replacement window, some without."""
    dice, model, events = random.Random(seed), Model(), list[Event]()
    length = dice.randint(longest // 3, longest)
    window = dice.random() < 0.5
    for _ in range(length):
        choices = list(possible(model, dice, window=window))
        events += dice.choices(choices, [OFTEN.get(event[0], 1) for event in choices])
        model.apply(events[-1])
    return events
