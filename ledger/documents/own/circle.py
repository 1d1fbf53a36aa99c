"""The tenant's own number circle: `GU-{year}-{number:05}` gives GU-2026-00001. No number is left out or given twice."""

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable, NotAllowedNow

DEFAULT_PATTERN = "GU-{year}-{number:05}"
_FIELD = re.compile(r"\{(?:year|number(?::0([1-9]))?)\}")
_TEXT = re.compile(r"[A-Za-z0-9/_.-]*")
_LONGEST = 40


class Place(NamedTuple):
    """One number of a circle. `year` is 0 where the pattern has none."""

    pattern: str
    year: int
    place: int

    @property
    def number(self) -> str:
        """As it stands on the document."""

        def written(field: re.Match[str]) -> str:
            if field[0] == "{year}":
                return f"{self.year:04d}"
            return f"{self.place:0{field[1] or 1}d}"

        return _FIELD.sub(written, self.pattern)


def require_pattern(pattern: str) -> str:
    """The pattern as it is kept. Raises NotAcceptable with the reason."""
    pattern = pattern.strip()
    fields = [field[0] for field in _FIELD.finditer(pattern)]
    numbers = [field for field in fields if field.startswith("{number")]
    if len(numbers) != 1 or fields.count("{year}") > 1:
        raise NotAcceptable("circle_needs_one_number")
    if not _TEXT.fullmatch(_FIELD.sub("", pattern)):
        raise NotAcceptable("circle_has_other_letters")
    if len(Place(pattern, 2026, 10**9 - 1).number) > _LONGEST:
        raise NotAcceptable("circle_too_long", most=_LONGEST)
    return pattern


def _numbers_of(pattern: str) -> str:
    """A regular expression of PostgreSQL for everything that a pattern may ever give."""
    texts = [re.escape(text) for text in re.split(r"\{[^}]*\}", pattern)]
    return f"^{'[0-9]+'.join(texts)}$"


async def get_pattern(tx: TenantTransaction) -> str:
    """The tenant's pattern."""
    found: str | None = await tx.fetchval("SELECT pattern FROM own_document_circles WHERE tenant_id = $1", tx.tenant.id)
    return found or DEFAULT_PATTERN


async def set_pattern(tx: TenantTransaction, pattern: str, *, by: str) -> str:
    """From the next document on. Raises NotAcceptable; NotAllowedNow where it would come to a number that stands on a
    document of another pattern: whoever numbers without gaps cannot pass over it."""
    pattern = require_pattern(pattern)
    taken = await tx.fetchval(
        "SELECT number FROM own_documents WHERE tenant_id = $1 AND pattern <> $2 AND number ~ $3 ORDER BY seq LIMIT 1",
        tx.tenant.id,
        pattern,
        _numbers_of(pattern),
    )
    if taken:
        raise NotAllowedNow("circle_number_taken", number=taken)
    await tx.execute(
        """
        INSERT INTO own_document_circles (tenant_id, pattern, changed_by) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE SET pattern = $2, changed_by = $3, changed_at = now()
        """,
        tx.tenant.id,
        pattern,
        by,
    )
    await audit.record(
        tx,
        actor=by,
        action="own_documents.circle_changed",
        subject="tenant",
        subject_id=str(tx.tenant.id),
        detail={"pattern": pattern},
    )
    return pattern


async def take_place(tx: TenantTransaction, on: date) -> Place:
    """The next number for a document of this day; given back where the transaction fails. Holds the counter's row."""
    pattern = await get_pattern(tx)
    year = on.year if "{year}" in pattern else 0
    place = await tx.fetchval(
        """
        INSERT INTO own_document_counters (tenant_id, pattern, year, last) VALUES ($1, $2, $3, 1)
        ON CONFLICT (tenant_id, pattern, year) DO UPDATE SET last = own_document_counters.last + 1 RETURNING last
        """,
        tx.tenant.id,
        pattern,
        year,
    )
    return Place(pattern, year, place)


async def find_gaps(tx: TenantTransaction) -> list[str]:
    """Numbers that a counter has given and no document has. There are none unless rows were lost (doctor)."""
    rows = await tx.fetch(
        """
        SELECT c.pattern, c.year, given.place
          FROM own_document_counters c CROSS JOIN LATERAL generate_series(1, c.last) AS given (place)
         WHERE c.tenant_id = $1
           AND NOT EXISTS (SELECT 1 FROM own_documents d
                            WHERE d.tenant_id = c.tenant_id AND d.pattern = c.pattern AND d.year = c.year
                              AND d.place = given.place)
         ORDER BY c.pattern, c.year, given.place LIMIT 100
        """,
        tx.tenant.id,
    )
    return [Place(*row).number for row in rows]


async def find_forgotten(tx: TenantTransaction, numbers: Collection[str]) -> list[Place]:
    """Of numbers that stand on vouchers, the highest of each circle and year, where it is one that no counter has come
    to: after a restore. A circle that is nothing but a number is everybody's, and says nothing."""
    rows = await tx.fetch(
        "SELECT pattern, year, last FROM own_document_counters WHERE tenant_id = $1 ORDER BY pattern, year",
        tx.tenant.id,
    )
    last = {(row["pattern"], row["year"]): row["last"] for row in rows}
    patterns = {await get_pattern(tx), *(pattern for pattern, _ in last)}
    highest: dict[tuple[str, int], int] = {}
    for found in (_place_of(pattern, number) for pattern in sorted(patterns) for number in numbers):
        if found is not None:
            circle = (found.pattern, found.year)
            highest[circle] = max(found.place, highest.get(circle, 0))
    return [Place(*circle, place) for circle, place in highest.items() if place > last.get(circle, 0)]


def _place_of(pattern: str, number: str) -> Place | None:
    if not re.search("[A-Za-z0-9]", _FIELD.sub("", pattern)):
        return None
    texts = _FIELD.split(pattern)[::2]
    fields = [
        "(?P<year>[0-9]{4})" if field[0] == "{year}" else "(?P<place>[0-9]{1,9})" for field in _FIELD.finditer(pattern)
    ]
    parts = [re.escape(texts[0])]
    for field, text in zip(fields, texts[1:], strict=True):
        parts += [field, re.escape(text)]
    found = re.fullmatch("".join(parts), number)
    if found is None:
        return None
    return Place(pattern, int(found.groupdict().get("year") or 0), int(found["place"]))
