"""Tenants, connections and what proves who is calling."""

from ledger.migrate import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql_beside(__file__)
