"""Indexes for the pages over large books; doubled ones go."""

from ledger.migrate import run_sql_beside, version_before

revision = "0025"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
