"""A transaction that takes locks against the order is found out, whether or not two of them ever meet."""

import pytest

from ledger.lock_order import ORDER, LockedAgainstOrder, LockOrder, Taken, locks_of


@pytest.mark.parametrize(
    ("sql", "locks"),
    [
        ("SELECT 1 FROM payouts WHERE tenant_id = $1 AND number = $2 FOR UPDATE", ["payout"]),
        ("SELECT 1 FROM partners WHERE id = ANY ($2) ORDER BY id FOR NO KEY UPDATE", ["partner"]),
        ("SELECT pg_advisory_xact_lock(hashtextextended('sale:' || $1::text || ':' || reference, 0))", ["references"]),
        ("SELECT pg_try_advisory_xact_lock($1)", []),
        (
            "UPDATE commissions c SET state = 'pending' FROM transactions t WHERE t.id = c.transaction_id",
            ["commission"],
        ),
        ("DELETE FROM payout_lines WHERE id = $1", ["payout"]),
        ("SELECT c.id FROM commissions c JOIN payouts p ON p.id = c.x WHERE true FOR UPDATE OF p", ["payout"]),
        ("SELECT c.id FROM commissions c JOIN payouts p ON p.id = c.x FOR SHARE", ["commission", "payout"]),
        (
            "SELECT id FROM payouts WHERE id IN (SELECT payout_id FROM payout_lines l) ORDER BY seq FOR UPDATE",
            ["payout"],
        ),
        (
            "WITH held AS (SELECT id FROM payouts ORDER BY seq FOR UPDATE) UPDATE creation_intents SET attempt = 1",
            ["payout", "intent"],
        ),
        ("SELECT * FROM mails FOR UPDATE SKIP LOCKED", []),
        ("SELECT id FROM tasks WHERE id = $1 FOR UPDATE", ["question"]),
        ("UPDATE tasks SET state = 'resolved' WHERE subject = 'payout'", []),
        ("SELECT updated_at FROM payouts -- FOR UPDATE comes later", []),
        ("INSERT INTO partner_bank_details (id) VALUES ($1)", ["payout"]),
        ("UPDATE partner_bank_details SET state = 'active'", ["account", "payout"]),
        ("INSERT INTO month_closes (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET y = 1", []),
    ],
)
def test_locks_are_known_by_the_words_of_a_statement(sql: str, locks: list[str]) -> None:
    assert [taken.lock for taken in locks_of(sql) if not taken.is_made] == locks


def test_what_a_statement_makes_is_told_apart() -> None:
    assert locks_of("INSERT INTO payouts (id) VALUES ($1)") == (Taken("payout", is_made=True),)


_PAYOUT = "SELECT 1 FROM payouts WHERE id = $1 FOR UPDATE"
_COMMISSIONS = "SELECT 1 FROM commissions WHERE transaction_id = $1 FOR UPDATE"


def test_a_lock_against_the_order_is_refused_and_one_that_is_held_is_not() -> None:
    order = LockOrder([])
    for sql in (_PAYOUT, _COMMISSIONS, _PAYOUT):
        order.take(sql)
    with pytest.raises(LockedAgainstOrder, match="sale after payout, commission"):
        order.take("UPDATE transactions SET state = 'pending' WHERE id = $1")


def test_another_row_of_a_kind_that_is_held_is_a_lock_of_its_own() -> None:
    order = LockOrder([])
    order.take(_PAYOUT, ("tenant", "PO-1"))
    order.take(_PAYOUT, ("tenant", "PO-2"))
    order.take(_COMMISSIONS, ("tenant", "sale"))
    order.take(_PAYOUT, ("tenant", "PO-2"))
    with pytest.raises(LockedAgainstOrder, match="payout after commission"):
        order.take(_PAYOUT, ("tenant", "PO-3"))


def test_rows_of_ones_own_keep_nobody_waiting() -> None:
    order = LockOrder([])
    for sql in (_COMMISSIONS, "INSERT INTO payouts (id) VALUES ($1)", "UPDATE payouts SET content_hash = $1"):
        order.take(sql)


def test_a_part_that_was_undone_has_given_its_locks_back() -> None:
    order = LockOrder([])
    for sql in ("SAVEPOINT part", _COMMISSIONS, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", _PAYOUT):
        order.take(sql)
    for sql in ("SAVEPOINT part", _COMMISSIONS, "RELEASE SAVEPOINT part"):
        order.take(sql)
    with pytest.raises(LockedAgainstOrder):
        order.take("UPDATE transactions SET state = 'pending' WHERE id = $1")


def test_what_went_against_the_order_is_kept_for_whoever_asks_later() -> None:
    found: list[str] = []
    order = LockOrder(found)
    order.take(_COMMISSIONS)
    with pytest.raises(LockedAgainstOrder):
        order.take(_PAYOUT)
    assert len(found) == 1
    assert found[0].startswith(f"payout after commission: {_PAYOUT} (test_what_went_against_the_order_is_kept")


def test_every_lock_has_its_place() -> None:
    assert len(set(ORDER)) == len(ORDER)
