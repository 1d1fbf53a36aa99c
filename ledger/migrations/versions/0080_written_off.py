"""Giving back all that a customer paid takes back the whole commission, also where some was never paid."""

from ledger.migrate import run_sql_beside, version_before

revision = "0080"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
