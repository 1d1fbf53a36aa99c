"""The credit notes' PDFs as lexoffice issued them, and what reports about the past need."""

from ledger.migrate import run_sql_beside, version_before

revision = "0023"
# What lies before was written by others at the same time.
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
