"""`script/schema`: write ledger/schema.sql and docs/schema.md from a database that was just made."""

import asyncio
import tempfile
from pathlib import Path

import asyncpg

from ledger.migrate import SNAPSHOT, migrate
from ledger.migrations.catalog import read_schema, read_seeds
from ledger.migrations.chain import Chain
from ledger.migrations.snapshot import snapshot
from sandbox.postgres import PostgresServer
from sandbox.processes import free_port
from tests.migrations.schema_page import schema_page

PAGE = SNAPSHOT.parent.parent / "docs" / "schema.md"


async def texts_of_schema(url: str) -> dict[Path, str]:
    """What both files must say of the database at this address."""
    db = await asyncpg.connect(url)
    try:
        schema = await read_schema(db)
        return {
            SNAPSHOT: snapshot(schema, await read_seeds(db, schema)),
            PAGE: schema_page(schema, Chain().texts),
        }
    finally:
        await db.close()


async def _of_new_database(state: Path) -> dict[Path, str]:
    server = PostgresServer(state, free_port(), durable=False)
    postgres = await server.start()
    try:
        await migrate(postgres.owner_url)
        return await texts_of_schema(postgres.owner_url)
    finally:
        await server.stop()


def main() -> None:
    """Write what changed, and name it."""
    with tempfile.TemporaryDirectory(prefix="partnerdesk-schema-") as name:
        Path(name).chmod(0o711)
        for path, text in asyncio.run(_of_new_database(Path(name) / "postgres")).items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                print(f"{path.name} was written.")


if __name__ == "__main__":
    main()
