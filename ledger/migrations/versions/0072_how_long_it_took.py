"""Marking a payout as paid reads its own lines only, whatever the planner knows of its tables."""

from ledger.migrate import run_sql_beside, version_before

revision = "0072"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
