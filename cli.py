"""The `partnerdesk` command: for operators, on a machine that has the settings in its environment."""

import os
import sys
from typing import NoReturn

import click

from commands.audit import audit
from commands.backups import backup
from commands.imports import import_file
from commands.keys import api_key, webhook_token
from commands.payouts import payout
from commands.privacy import privacy
from commands.processes import api, migrate, worker
from commands.secrets import secrets
from commands.statements import statement
from commands.tenants import tenant
from commands.upkeep import doctor, months, sweep
from commands.users import user
from commands.versions import version


def main() -> NoReturn:
    """The console script."""
    status = 0
    try:
        commands(prog_name="partnerdesk")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    if "temporalio" in sys.modules:
        # The SDK can crash while the interpreter shuts down (sdk-python issue 300); the work is done and flushed.
        os._exit(status)
    sys.exit(status)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partnerdesk-payouts")
def commands() -> None:
    """Partner payouts as durable workflows, with lexoffice as the book of record.

    \b
    A first time, from an empty database to a payout:
      partnerdesk migrate
      partnerdesk tenant create acme --name "Acme GmbH"
      partnerdesk api-key create --tenant acme --name shop --scopes read,write
      partnerdesk user create --tenant acme --email chris@acme.example --role admin
      partnerdesk webhook-token create --tenant acme
      partnerdesk worker &
      partnerdesk api

    Settings come from the environment; docs/connecting.md names them all.
    """


for command in (
    migrate,
    api,
    worker,
    tenant,
    api_key,
    webhook_token,
    payout,
    statement,
    import_file,
    sweep,
    doctor,
    months,
    backup,
    user,
    audit,
    privacy,
    secrets,
    version,
):
    commands.add_command(command)


if __name__ == "__main__":
    main()
