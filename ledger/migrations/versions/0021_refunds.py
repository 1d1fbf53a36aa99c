"""What money that went back does to commissions, the window in which a voided invoice is replaced, and tax cases."""

from ledger.migrate import run_sql_beside, version_before

revision = "0021"
# What lies before was written by others at the same time.
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
