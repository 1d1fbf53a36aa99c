"""How many requests each API key has made in a minute, over all processes of the API."""

from collections.abc import Mapping

from ledger.database import Ledger


async def add(ledger: Ledger, minute: int, made: Mapping[str, int]) -> dict[str, int]:
    """Add what this process has let in since it last told; returns what all have let in, of these keys.

    `minute`: since 1970. A key that others count in a later minute is left out.
    """
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT * FROM count_api_requests($1, $2, $3)", minute, list(made), list(made.values()))
    return {row["key_id"]: row["requests"] for row in rows}
