"""A schedule that could not be set, because the engine was away, is set later."""

from ledger.migrate import run_sql_beside, version_before

revision = "0075"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
