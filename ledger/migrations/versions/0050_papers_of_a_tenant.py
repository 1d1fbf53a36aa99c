"""PDFs of credit notes are announced for each tenant, not each by itself."""

from ledger.migrate import run_sql_beside, version_before

revision = "0050"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
