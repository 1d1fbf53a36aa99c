"""A sweep fetches a credit note that it does not know once, and again when it has changed."""

from ledger.migrate import run_sql_beside, version_before

revision = "0078"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
