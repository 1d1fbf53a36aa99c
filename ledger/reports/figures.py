"""How the product does, over all tenants, for operators (/metrics): ages, backlogs, what is broken or waits."""

from ledger.database import Ledger
from ledger.types import Frozen

WITHIN_SECONDS = 2.0
"""A database that takes longer than this is one of the things to be told, not to be waited for."""


class Figure(Frozen):
    """One number. `label` says of what (a tenant's short name, a state, a provider); '' where there is only one."""

    figure: str
    label: str
    value: float


async def operating(ledger: Ledger) -> list[Figure]:
    """All figures as they are now, from one statement. Raises what asyncpg raises, and TimeoutError."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT figure, label, value FROM operating_figures()", timeout=WITHIN_SECONDS)
    return [Figure(figure=row["figure"], label=row["label"], value=row["value"]) for row in rows]
