"""Recurring payments: the provider's invoice, by which a subscription's checkout and its first payment are one sale."""

from ledger.migrate import run_sql_beside, version_before

revision = "0026"
down_revision = version_before(__file__)


def upgrade() -> None:
    run_sql_beside(__file__)
