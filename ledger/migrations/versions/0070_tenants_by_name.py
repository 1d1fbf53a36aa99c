"""Whoever is logged in sees the tenant's name, not its slug."""

from ledger.migrate import run_sql_beside, version_before

revision = "0070"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
