"""Search finds the middle of names and the ends of numbers; Heute reads what changed from an index."""

from ledger.migrate import run_sql_beside, version_before

revision = "0040"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
