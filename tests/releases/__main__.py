"""`script/release VERSION`: keep what a release is, before it is tagged.

Its histories are recorded (tests/histories/VERSION/) and replayed from then on for ever; what it expects of the
database goes to tests/releases/VERSION.json, with the commit that it was made of. Neither is ever changed.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from ledger.migrate import SNAPSHOT
from ledger.migrations.chain import FOLDER as MIGRATIONS
from ledger.migrations.chain import Chain
from tests.migrations.release_before import returned
from tests.releases import FOLDER, order_of

CHECKOUT = FOLDER.parent.parent
_TABLE = re.compile(r"^CREATE TABLE (\w+) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^    ([a-z_]\w*) ", re.MULTILINE)


def expectations(version: str, commit: str) -> dict[str, object]:
    """What the processes of this code expect of the database."""
    schema = SNAPSHOT.read_text(encoding="utf-8")
    tables = {found[1]: _COLUMN.findall(found[2]) for found in _TABLE.finditer(schema)}
    named = _words_of_sql()
    return {
        "version": version,
        "commit": commit,
        "migrations": [migration.name for migration in Chain().migrations],
        "tables": tables,
        "functions": {
            text.name.removeprefix("function "): returned(text) for text in Chain().texts if text.kind == "function"
        },
        "unnamed": [
            f"{table}.{column}" for table, columns in tables.items() for column in columns if column not in named
        ],
    }


def _words_of_sql() -> set[str]:
    """Every word of the modules and texts that hold our SQL."""
    ledger = SNAPSHOT.parent
    files = [file for file in ledger.rglob("*.py") if MIGRATIONS not in file.parents]
    files += sorted((MIGRATIONS / "functions").glob("*.sql"))
    return {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/release", description=__doc__)
    parser.add_argument("version", help="such as 1.2.0, or 1.2.0-rc.1")
    parser.add_argument("--without-histories", action="store_true", help="where no workflow changed since the last one")
    options = parser.parse_args()
    try:
        order_of(options.version)
    except ValueError as error:
        parser.error(str(error))
    file: Path = FOLDER / f"{options.version}.json"
    if file.exists():
        parser.error(f"{file.relative_to(CHECKOUT)} is there already; what was released is never changed")
    git = ["git", "-C", str(CHECKOUT), "rev-parse", "HEAD"]
    commit = subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()
    if not options.without_histories:
        record = [sys.executable, "-m", "tests.record_histories", options.version]
        if subprocess.run(record, cwd=CHECKOUT, check=False).returncode:
            return 1
    file.write_text(json.dumps(expectations(options.version, commit), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
