"""What replaced a tax status of the same first day replaces it for good, even where it ends earlier."""

from ledger.migrate import run_sql_beside, version_before

revision = "0081"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
