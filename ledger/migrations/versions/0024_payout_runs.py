"""Payout runs: what is due to all partners at a cut-off, made into payouts in batches, or only worked out."""

from ledger.migrate import run_sql_beside, version_before

revision = "0024"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
