"""Slowing guesses down: attempts are counted per account and per address, in PostgreSQL, for all processes together.

Accounts and addresses are kept as HMACs. An account that does not exist is counted like one that does.
"""

from datetime import timedelta

from ledger.database import Ledger
from ledger.refusals import Refused
from ledger.vault import Vault

SPAN = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 60
"""An office shares one address."""


class TooManyAttempts(Refused):
    """This account or this address has guessed wrong too often and has to wait."""

    def __init__(self) -> None:
        super().__init__("too_many_attempts")


async def count(ledger: Ledger, vault: Vault, *, account: str, address: str, what: str = "login") -> None:
    """Count this attempt before it is judged. Raises TooManyAttempts.

    `what`: attempts of one kind (login, second factor) do not use up those of another.
    """
    async with ledger.without_tenant() as db:
        by_address: int = await db.fetchval(
            "SELECT count_login_attempt($1, $2)", _subject(vault, what, "address", address), SPAN
        )
        # An address that is stopped counts for no account: it must neither lock whom it likes nor fill the table.
        stopped = by_address > PER_ADDRESS
        by_account: int = 0
        if not stopped:
            by_account = await db.fetchval(
                "SELECT count_login_attempt($1, $2)", _subject(vault, what, "account", account), SPAN
            )
    if stopped or by_account > PER_ACCOUNT:
        raise TooManyAttempts


async def forget(ledger: Ledger, vault: Vault, *, account: str, what: str = "login") -> None:
    """The attempt was right: the account's count begins anew. The address's stays: others are guessed from it, too."""
    async with ledger.without_tenant() as db:
        await db.execute("SELECT forget_login_attempts($1)", _subject(vault, what, "account", account))


def _subject(vault: Vault, what: str, kind: str, value: str) -> bytes:
    return vault.recognise(f"attempt:{what}:{kind}:{value.strip().lower()}")
