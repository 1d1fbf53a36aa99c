"""What was settled by hand is owed no more."""

from ledger.migrate import run_sql_beside, version_before

revision = "0036"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
