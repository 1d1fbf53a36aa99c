"""The inbox takes an event in with one round trip."""

from ledger.migrate import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql_beside(__file__)
