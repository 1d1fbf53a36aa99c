"""Which wing a table belongs to: the one in whose file a sentence says what it is."""

from ledger.migrations.chain import Chain

WINGS = (
    "access",
    "ground",
    "connections",
    "programme",
    "tax",
    "sales",
    "commissions",
    "documents",
    "payouts",
    "bank",
    "inbox",
    "mail",
    "audit",
    "privacy",
    "reports",
)
"""In the order in which somebody reads about them: from who may to what was done."""


def wing_of_tables() -> dict[str, str]:
    """Of each table."""
    return {text.subject: text.wing for text in Chain().texts if text.kind == "table"}
