"""Notifications about documents that the ledger does not know: how many an hour are fetched at once."""

from ledger.migrate import run_sql_beside, version_before

revision = "0012"
# What lies before was written by others at the same time.
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
