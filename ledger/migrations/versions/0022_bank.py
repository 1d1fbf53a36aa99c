"""The tenant's own accounts, and bank runs with the file that was made of each."""

from ledger.migrate import run_sql_beside, version_before

revision = "0022"
# What lies before was written by others at the same time.
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
