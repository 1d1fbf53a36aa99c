"""`GET /v1/posting-categories`: a bare list, the same ids in every account.

The four expense ids that are known of the real account are here; the others, and all names of § 13b, are invented:
a client that hard-codes one fails here, as it would there (ids do move).
"""

from __future__ import annotations

import uuid
from typing import Any

from .call import Call
from .errors import Answer, json_answer

_SPACE = uuid.UUID("2f1c7a52-6c0f-4d0b-9a54-53c1d55e9f10")
_KNOWN = (
    ("205cae71-fd88-11e1-a21f-0800200c9a66", "Freelancer/Freie Mitarbeiter", "Fremdleistungen"),
    ("16d04a28-fd91-11e1-a21f-0800200c9a66", "Sonstige Ausgaben", "Sonstiges"),
    ("d22989b0-fd89-11e1-a21f-0800200c9a66", "Anzeigen", "Werbung"),
    ("b49aae5f-4121-4262-b8bd-f49278b66423", "Lizenzen und Konzessionen", "Sonstiges"),
)
COMMISSIONS, SERVICES_EU, SERVICES_ABROAD, COLLECTIVE = (
    "Provisionen",
    "Fremdleistungen §13b (EU)",
    "Fremdleistungen §13b (Drittland)",
    "Bewirtungskosten",
)
OUTGO_COUNT, INCOME_COUNT = 169, 62


def _row(id: str, name: str, kind: str, group: str, *, contact: bool = False) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "type": kind,
        "contactRequired": contact,
        "splitAllowed": True,
        "groupName": group,
    }


def id_of(name: str, kind: str = "outgo") -> str:
    """The id of an invented category."""
    return str(uuid.uuid5(_SPACE, f"{kind}/{name}"))


def _all() -> dict[str, dict[str, Any]]:
    rows = [_row(id, name, "outgo", group) for id, name, group in _KNOWN]
    rows.append(_row(id_of(COMMISSIONS), COMMISSIONS, "outgo", "Werbung"))
    # § 13b needs to know whose service it was.
    rows += [
        _row(id_of(name), name, "outgo", "Fremdleistungen", contact=True) for name in (SERVICES_EU, SERVICES_ABROAD)
    ]
    for kind, count in (("outgo", OUTGO_COUNT), ("income", INCOME_COUNT)):
        missing = count - sum(row["type"] == kind for row in rows)
        names = [f"{'Ausgabe' if kind == 'outgo' else 'Einnahme'} {place:03d}" for place in range(missing)]
        rows += [_row(id_of(name, kind), name, kind, "Sonstiges") for name in names]
    return {row["id"]: row for row in rows}


CATEGORIES = _all()
REVERSE_CHARGE = frozenset({id_of(SERVICES_EU), id_of(SERVICES_ABROAD)})


async def get(call: Call) -> Answer:
    gone = set(call.organization.vanished_categories)
    return json_answer(200, [row for id, row in CATEGORIES.items() if id not in gone])
