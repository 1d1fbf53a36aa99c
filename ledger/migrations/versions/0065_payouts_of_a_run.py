"""The payouts of one run, filtered by state, are read from an index."""

from ledger.migrate import run_sql_beside, version_before

revision = "0065"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
