"""A migration is one that the last release can live with, as it works on beside it (docs/upgrades.md)."""

from pathlib import Path

import pytest

from ledger.migrations.chain import Chain, Migration
from tests.migrations.release_before import Release, changed_functions, dropped_functions, findings
from tests.releases import last_release

OLD = Release(
    version="1.0.0",
    migrations=frozenset({"0099_baseline"}),
    tables={"letters": ("id", "state", "sent_at", "old_reason"), "stamps": ("id", "cents")},
    functions={"stamp(letter uuid)": "integer"},
    unnamed=frozenset({"letters.old_reason"}),
)


def since(release: Release) -> list[Migration]:
    return [one for one in Chain().migrations if one.name not in release.migrations]


def migration(folder: Path, sql: str) -> Migration:
    path = folder / "0900_more.sql"
    path.write_text(sql, encoding="utf-8")
    return Migration(version="0900", path=path)


REFUSED = {
    "ALTER TABLE letters DROP COLUMN state;": "letters.state is dropped",
    "ALTER TABLE letters ADD COLUMN a text, DROP state;": "letters.state is dropped",
    "ALTER TABLE letters RENAME COLUMN state TO status;": "letters.state is renamed",
    "ALTER TABLE letters RENAME TO mails;": "letters is renamed",
    "DROP TABLE stamps;": "stamps is dropped",
    "DROP FUNCTION stamp(uuid);": "stamp is dropped",
    "ALTER TABLE letters ADD COLUMN weight integer NOT NULL;": "letters.weight must be there",
    "ALTER TABLE letters ALTER COLUMN sent_at SET NOT NULL;": "letters.sent_at changes (SET NOT NULL)",
    "ALTER TABLE letters ALTER sent_at TYPE date;": "letters.sent_at changes (TYPE)",
    "ALTER TABLE letters ALTER COLUMN state DROP DEFAULT;": "letters.state changes (DROP DEFAULT)",
    "ALTER TABLE letters ADD CONSTRAINT short CHECK (length(state) < 9);": "short forbids rows of letters",
    "CREATE UNIQUE INDEX one ON letters (state);": "one forbids rows of letters",
    "REVOKE UPDATE ON letters FROM partnerdesk_app;": "letters loses a right",
}
ALLOWED = (
    "CREATE TABLE colours (id uuid NOT NULL, name text NOT NULL); CREATE UNIQUE INDEX ON colours (name);",
    "ALTER TABLE letters ADD COLUMN weight integer;",
    "ALTER TABLE letters ADD COLUMN weight integer NOT NULL DEFAULT 0, ADD CHECK (weight >= 0);",
    "ALTER TABLE letters DROP CONSTRAINT states; ALTER TABLE letters ADD CONSTRAINT states CHECK (state <> 'lost');",
    "ALTER TABLE letters ADD COLUMN colour uuid; CREATE UNIQUE INDEX one ON letters (id, colour);",
    "CREATE INDEX ON letters (state); ALTER TABLE letters VALIDATE CONSTRAINT states;",
    "-- ALTER TABLE letters DROP COLUMN state;\nSELECT 1;",
)


@pytest.mark.parametrize("sql", REFUSED)
def test_what_the_last_release_cannot_live_with_is_refused(tmp_path: Path, sql: str) -> None:
    found = findings(migration(tmp_path, sql), OLD)
    assert len(found) == 1
    assert REFUSED[sql] in found[0]


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_only_expands_is_not(tmp_path: Path, sql: str) -> None:
    assert findings(migration(tmp_path, sql), OLD) == []


def test_a_migration_that_contracts_takes_what_the_last_release_names_nowhere(tmp_path: Path) -> None:
    bare = "ALTER TABLE letters DROP COLUMN old_reason;"
    assert findings(migration(tmp_path, bare), OLD) != []
    assert findings(migration(tmp_path, f"-- contracts: 0100\n{bare}"), OLD) == []
    # What it still names is taken by the release after.
    assert findings(migration(tmp_path, "-- contracts: 0100\nALTER TABLE letters DROP COLUMN state;"), OLD) != []


def test_one_finding_can_be_answered_with_a_reason(tmp_path: Path) -> None:
    sql = "ALTER TABLE letters DROP COLUMN state; ALTER TABLE letters DROP COLUMN id;"
    left = findings(migration(tmp_path, f"-- beside: letters.state, of another table since 0090\n{sql}"), OLD)
    assert [line.split(": ")[1] for line in left] == ["letters.id is dropped"]
    assert len(findings(migration(tmp_path, f"-- beside: letters.state,\n{sql}"), OLD)) == 2


def test_the_last_release_can_live_with_every_migration_after_it() -> None:
    release = last_release()
    assert [line for one in since(release) for line in findings(one, release)] == []


def test_what_the_last_release_calls_takes_and_returns_the_same() -> None:
    release = last_release()
    gone = {name for one in since(release) if one.contracts for name in dropped_functions(one)}
    assert changed_functions(Chain().texts, gone, release) == []


def test_a_function_that_takes_or_returns_something_else_is_noticed() -> None:
    release = last_release()
    texts = tuple(text for text in Chain().texts if text.subject != "current_tenant")
    assert changed_functions(texts, set(), release)[0].startswith("current_tenant() is called by")
    assert changed_functions(texts, {"current_tenant"}, release) == []


def test_what_contracts_names_a_migration_that_is_there() -> None:
    versions = {one.version for one in Chain().migrations}
    for one in Chain().migrations:
        assert one.contracts is None or (one.contracts in versions and one.contracts < one.version), one.name
