"""The search for papers finds its own tables only."""

from ledger.migrate import run_sql_beside, version_before

revision = "0055"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
