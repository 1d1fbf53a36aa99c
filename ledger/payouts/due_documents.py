"""What one document holds: of which lines it is made, and how much of what takes back they are netted with. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import asyncpg

from ledger.money import vat_cents
from ledger.tax import turnovers
from ledger.tax.document_rules import BlockedBy
from ledger.tax.own_document_rules import is_reverse_charge
from ledger.tax.strategies import AnyRule
from ledger.tax.turnovers import Turnovers
from ledger.types import CommissionId, DocumentStrategy, TaxCase


class DueLine(NamedTuple):
    """`net_cents` is what a payout would hold; a claw-back over the limit is taken in part (`whole_cents`)."""

    commission_id: CommissionId
    net_cents: int
    whole_cents: int
    service_date: date


class Place(NamedTuple):
    """What one document can hold: a tax case, and of § 13b UStG one calendar month; `month` None: what takes back."""

    tax_case: TaxCase
    month: date | None


def place_of(case: TaxCase, row: asyncpg.Record) -> Place:
    """Where a commission stands; rows are those of due.py."""
    by_month = is_reverse_charge(case) and row["net_cents"] > 0
    return Place(case, row["service_date"].replace(day=1) if by_month else None)


Placed = dict[Place, tuple[AnyRule, list[asyncpg.Record]]]


def with_what_takes_back(by_place: Placed) -> Placed:
    """What takes back of a case that is paid by the month is netted with the month that earned most."""
    found = dict(by_place)
    for place in [one for one in found if is_reverse_charge(one.tax_case) and one.month is None]:
        months = [one for one in found if one.tax_case is place.tax_case and one.month is not None]
        if months:
            most = max(months, key=lambda one: sum(row["net_cents"] for row in found[one][1]))
            rule, rows = found[most]
            found[most] = (rule, [*rows, *found.pop(place)[1]])
    return found


def oldest(group: tuple[AnyRule, list[asyncpg.Record]]) -> tuple[bool, date]:
    """A tie is left to the order of the lines."""
    own = [row["service_date"] for row in group[1] if row["tax_case"] is None]
    return not own, min(own or [row["service_date"] for row in group[1]])


def netted(every: tuple[DueLine, ...], *, percent: Decimal, most_cents: int | None) -> tuple[DueLine, ...]:
    """The lines with as much of what takes back as the limit allows, the oldest first; the last may be taken in part.

    Where all of it may be netted and it is more than there is, nothing is paid and everything is carried.
    """
    positive = sum(line.net_cents for line in every if line.net_cents > 0)
    owed = -sum(line.net_cents for line in every if line.net_cents < 0)
    limit = int(positive * percent // 100)
    limit = limit if most_cents is None else min(limit, most_cents)
    if owed <= limit or limit == positive:
        return every
    kept = []
    for line in every:
        if line.net_cents > 0:
            kept.append(line)
        elif limit > 0:
            part = min(-line.net_cents, limit)
            kept.append(line._replace(net_cents=-part))
            limit -= part
    return tuple(kept)


def barred(rule: AnyRule, lines: Sequence[DueLine], known: Turnovers) -> BlockedBy | None:
    """Why lexoffice may write no credit note of these lines any more, or None."""
    if rule.strategy is not DocumentStrategy.LEXOFFICE_CREDIT_NOTE:
        return None
    net = sum(line.net_cents for line in lines)
    days = [line.service_date for line in lines if line.net_cents > 0]
    return turnovers.bar(rule.tax_case, days, net + vat_cents(net, rule.rate), known)
