from __future__ import annotations

import copy
import json
import random
from decimal import Decimal
from typing import Any

import pytest

from sandbox.lexoffice.totals import PricedLine, add_up

from .account import Account, contact, credit_note, invoice

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, 1e300, "", "x", "ß" * 3000, "\x00", "\ud800", [], [None], {}, {"a": []},
    "2026-13-01T00:00:00.000Z", "9999-12-31T23:59:59.999-14:00", "0001-01-01T00:00:00.000+14:00",
)  # fmt: skip


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += paths(inner, (*at, key))
    return found


def with_odd(body: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(body)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return dict(changed)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("credit-notes", credit_note(title="T", remark="R", language="de", printLayoutId=None)),
        ("invoices", invoice(paymentConditions={"paymentTermLabel": "x", "paymentTermDuration": 3})),
        ("contacts", contact(note="n", emailAddresses={"business": ["a@example.org"]}, person=None)),
    ],
)
def test_no_member_of_any_type_breaks_the_server(account: Account, path: str, body: dict[str, Any]) -> None:
    dice = random.Random(3)
    tries = [(place, odd) for place in paths(body) for odd in ODD]
    headers = {**account.authorization, "Content-Type": "application/json"}
    for place, odd in dice.sample(tries, min(150, len(tries))):
        text = json.dumps(with_odd(body, place, odd))
        answer = account.http.post(f"/v1/{path}", content=text, headers=headers)
        assert answer.status_code in (200, 201, 400, 406), (place, odd, answer.text)
        if answer.is_success:
            account.get(f"{path}/{answer.json()['id']}")


def test_tax_is_computed_on_the_sum_of_a_rate_and_always_adds_up() -> None:
    dice = random.Random(4)
    for _ in range(300):
        lines = [
            PricedLine(Decimal(dice.randint(1, 99)) / 10, Decimal(dice.randint(-500, 99999)) / 1000, Decimal(rate))
            for rate in dice.choices((0, 7, 19), k=dice.randint(1, 6))
        ]
        for gross_prices in (False, True):
            off = Decimal(dice.randint(0, 999)) / 100
            totals = add_up(lines, gross_prices=gross_prices, discount_absolute=off)
            sums = sum((line.amount for line in lines), Decimal(0))
            assert totals.net + totals.tax == totals.gross
            assert totals.net == sum(tax.net for tax in totals.taxes)
            assert totals.tax == sum(tax.tax for tax in totals.taxes)
            assert (totals.gross if gross_prices else totals.net) == (sums - off if sums else sums)
