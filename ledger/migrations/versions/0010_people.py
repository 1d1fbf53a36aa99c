"""People, their sessions, the audit chain, and bank details that wait for a second person."""

from ledger.migrate import run_sql_beside, version_before

revision = "0010"
# 0007 to 0009 were written by others at the same time.
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
