"""`partnerdesk secrets`: the keys that encrypt what the ledger keeps."""

import asyncio

import click

from commands.ground import AS_JSON, open_ledger, plain_errors, print_result
from settings import Settings


@click.group()
def secrets() -> None:
    """The keys under which stored secrets are encrypted."""


@secrets.command("new-key")
def new_secret_key() -> None:
    """Print a new key for PARTNERDESK_SECRET_KEY.

    To rotate, put it in front of the old one, with a comma: the first encrypts, all decrypt.

    \b
    Example:
      export PARTNERDESK_SECRET_KEY="$(partnerdesk secrets new-key),$PARTNERDESK_SECRET_KEY"
    """
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key().decode())


@secrets.command("rotate")
@AS_JSON
@plain_errors
def rotate_secrets(as_json: bool) -> None:
    """Encrypt everything that is stored encrypted with the newest key. Can be stopped, and run again.

    The older key is still needed to recognise API keys and webhook tokens made under it: take it out of the setting
    once they have been renewed (an API key lives 12 months at most).

    \b
    Example:
      partnerdesk secrets rotate
    """
    from ledger.access.secret_rotation import Rotated, rotate

    settings = Settings.from_environment()

    async def run() -> Rotated:
        async with open_ledger(settings) as ledger:
            return await rotate(ledger, settings.vault())

    done = asyncio.run(run())
    print_result(
        done.model_dump(),
        as_json,
        f"{done.renewed} renewed, {done.newest_already} were under the newest key already.",
    )
    if done.unreadable:
        raise click.ClickException(
            f"{done.unreadable} could not be read: they were encrypted under a key that the setting no longer names."
        )
