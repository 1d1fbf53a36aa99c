"""Credit notes whose invoice is not known yet are found again."""

from ledger.migrate import run_sql_beside, version_before

revision = "0027"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
