"""Answers that are kept for an Idempotency-Key end."""

from ledger.migrate import run_sql_beside, version_before

revision = "0087"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
