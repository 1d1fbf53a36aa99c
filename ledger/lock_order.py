"""The order in which a transaction takes locks (docs/locks.md), watched while tests run.

Two transactions that take two locks in opposite orders may wait for each other for ever; PostgreSQL then ends one of
them. What is watched: rows that are locked by name (FOR UPDATE and its kin), rows that are updated or deleted, and
advisory locks; those that triggers take are counted with the statement that fires them. A row that the transaction has
made itself keeps nobody waiting.
"""

import re
import traceback
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

C = TypeVar("C")

ORDER = (
    "tenant",
    "members",
    "grant",
    "connection",
    "partner",
    "tree",
    "four eyes",
    "account",
    "references",
    "sale",
    "payments",
    "month",
    "own account",
    "bank run",
    "payout",
    "intent",
    "decision",
    "question",
    "commission",
    "endpoint",
    "delivery",
)
"""From the first to the last. docs/locks.md says of each what it keeps apart."""

_TABLES = {
    "tenants": "tenant",
    "memberships": "members",
    "oauth_tokens": "grant",
    "provider_connections": "connection",
    "partners": "partner",
    "partner_bank_details": "account",
    "transactions": "sale",
    "sale_holds": "sale",
    "tenant_bank_accounts": "own account",
    "bank_runs": "bank run",
    "payouts": "payout",
    "payout_holds": "payout",
    "payout_lines": "payout",
    "creation_intents": "intent",
    "decisions": "decision",
    "commissions": "commission",
    "webhook_endpoints": "endpoint",
    "event_deliveries": "delivery",
}
# tasks are locked by name only where a person answers; else they change under the lock of what they are about.
_TABLES_BY_NAME = _TABLES | {"tasks": "question"}

_ADVISORY = {
    "home": "members",
    "members": "members",
    "sponsor-tree": "tree",
    "sale": "references",
    "payments": "payments",
    "month-close": "month",
    "four-eyes": "four eyes",
}

# Tables whose triggers lock rows of another one.
_BY_TRIGGER = {"partner_bank_details": "payout", "payout_holds": "payout", "sale_holds": "sale"}

# Of these a transaction may hold several: another one is a lock of its own.
_SEVERAL = frozenset({"payout", "sale"})

_COMMENT = re.compile(r"--[^\n]*")
_TAKEN = re.compile(
    r"pg_advisory_(?:xact_)?lock(?:_shared)?\(\s*hashtextextended\(\s*'(?P<key>[a-z-]+):"
    r"|\bFOR\s+(?:NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)\b(?:\s+OF\s+(?P<alias>\w+))?(?P<skip>\s+SKIP\s+LOCKED)?"
    r"|(?<!FOR )(?<!KEY )(?<!DO )\b(?:UPDATE|DELETE\s+FROM)\s+(?P<changed>[a-z_]+)\b"
    r"|\bINSERT\s+INTO\s+(?P<made>[a-z_]+)\b"
)
_FROM = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)(?:\s+(?:AS\s+)?(?!WHERE\b|JOIN\b|ON\b|ORDER\b)([a-z]\w*))?")


class LockedAgainstOrder(AssertionError):
    """A transaction took a lock that comes before one that it holds."""


class Taken(NamedTuple):
    """One lock of a statement, by its name in ORDER."""

    lock: str
    is_made: bool = False
    """Rows of it are inserted."""
    by_name: bool = False
    """FOR UPDATE and its kin, or advisory: may be another row than the one that is held."""


class LockOrder:
    """What one transaction has taken. `violations` keeps what went wrong: a retry may hide it."""

    def __init__(self, violations: list[str]) -> None:
        self._violations = violations
        self._held: list[tuple[str, str]] = []
        """Each lock with the values that name its row."""
        self._made: set[str] = set()
        self._savepoints: list[int] = []

    def take(self, sql: str, values: tuple[object, ...] = ()) -> None:
        """Note the locks that a statement takes, under tests. Raises LockedAgainstOrder."""
        if sql.startswith("SAVEPOINT"):
            self._savepoints.append(len(self._held))
        elif sql.startswith("ROLLBACK TO"):
            del self._held[self._savepoints.pop() :]  # PostgreSQL gives back what was taken since
        elif sql.startswith("RELEASE"):
            self._savepoints.pop()
        for taken in locks_of(sql):
            row = (taken.lock, repr(values[1:]))
            several = taken.by_name and taken.lock in _SEVERAL
            if taken.is_made:
                self._made.add(taken.lock)
            elif taken.lock in self._made or row in self._held:
                continue
            elif several or not any(lock == taken.lock for lock, _ in self._held):
                self._require(taken.lock, sql)
                self._held.append(row)

    def _require(self, lock: str, sql: str) -> None:
        later = [
            held for held in dict.fromkeys(lock for lock, _ in self._held) if ORDER.index(held) > ORDER.index(lock)
        ]
        if later:
            said = " ".join(sql.split())
            self._violations.append(f"{lock} after {', '.join(later)}: {said[:200]} ({_asked_at()})")
            raise LockedAgainstOrder(self._violations[-1])


@lru_cache(maxsize=4096)
def locks_of(sql: str) -> tuple[Taken, ...]:
    """The locks that a statement takes, in the order in which they stand in it."""
    return tuple(_locks(_COMMENT.sub("", sql)))


def _asked_at() -> str:
    """The functions whose statement it is, the innermost first."""
    found = []
    for frame, line in traceback.walk_stack(None):
        file = Path(frame.f_code.co_filename).name
        if file not in ("lock_order.py", "database.py"):
            found.append(f"{frame.f_code.co_name} in {file}:{line}")
    return " < ".join(found[:4])


def _locks(sql: str) -> Iterator[Taken]:
    for found in _TAKEN.finditer(sql):
        if found["key"]:
            if lock := _ADVISORY.get(found["key"]):
                yield Taken(lock, by_name=True)
        elif table := found["changed"]:
            yield from (Taken(lock) for lock in (_TABLES.get(table), _BY_TRIGGER.get(table)) if lock)
        elif table := found["made"]:
            if lock := _BY_TRIGGER.get(table):
                yield Taken(lock)
            elif lock := _TABLES.get(table):
                yield Taken(lock, is_made=True)
        elif not found["skip"]:
            tables = _locked_by_name(sql[: found.start()], found["alias"])
            yield from (Taken(lock, by_name=True) for table in tables if (lock := _TABLES_BY_NAME.get(table)))


def _locked_by_name(before: str, alias: str | None) -> list[str]:
    """Tables of the innermost SELECT that ends here, or the one of that alias."""
    depth, begin = 0, 0
    for place in range(len(before) - 1, -1, -1):
        depth += (before[place] == ")") - (before[place] == "(")
        if depth < 0:
            begin = place + 1
            break
    own = before[begin:]
    flat = []
    depth = 0
    for character in own:
        depth += (character == "(") - (character == ")")
        flat.append(character if depth == 0 else " ")
    tables = [(found[1], found[2]) for found in _FROM.finditer("".join(flat))]
    return [table for table, name in tables if alias is None or alias in (table, name)]


violations: list[str] | None = None
"""A list while tests watch (tests/conftest.py): what went against the order, whoever did it. None: nobody watches."""


def watched(connection: C) -> C:
    """The same connection, looked at while tests watch."""
    return connection if violations is None else cast(C, Watched(connection, violations))


class Watched:
    """A connection whose statements are looked at before they run."""

    def __init__(self, connection: Any, violations: list[str]) -> None:
        self._connection = connection
        self._order = LockOrder(violations)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute", "executemany", "cursor"):
            return method

        def run(query: str, *args: Any, **options: Any) -> Any:
            self._order.take(query, args)
            return method(query, *args, **options)

        return run
