"""What sweeps, the upkeep of event subscriptions and recoveries remember."""

from ledger.migrate import run_sql_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql_beside(__file__)
