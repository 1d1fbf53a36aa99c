"""What pages need: the language of a person, and what lists and sums are read from."""

from ledger.migrate import run_sql_beside, version_before

revision = "0018"
# What lies before was written by others at the same time.
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
