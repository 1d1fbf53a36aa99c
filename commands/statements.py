"""`partnerdesk statement`: statements of the bank, from files on this machine."""

import asyncio
from pathlib import Path
from typing import Any

import click

from commands.ground import AS_JSON, TENANT, open_ledger, operator, plain_errors, print_result
from words import sentence


@click.group()
def statement() -> None:
    """Statements of the bank."""


@statement.command("import")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@TENANT
@AS_JSON
@plain_errors
def import_statements(files: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Take statements in: camt.052, .053, .054, pain.002, MT940, single or as ZIP.

    Each file is taken in whole or not at all, and once whatever its name. Exit status 1 if one was refused. What they
    tell is compared with the payouts by the worker.

    \b
    Example:
      partnerdesk statement import --tenant acme C53-2026-11-30.zip
    """
    outcomes = asyncio.run(_imported(files, slug))
    for one in outcomes if not as_json else ():
        click.echo(f"{one['name']}: {_told(one)}", err=one["refused_code"] is not None)
    if as_json:
        print_result({"files": outcomes}, as_json, "")
    if any(one["refused_code"] for one in outcomes):
        raise click.exceptions.Exit(1)


def _told(one: dict[str, Any]) -> str:
    if one["refused_code"]:
        return sentence(one["refused_code"], one["refused_params"], "en")
    if one["again"]:
        return "taken in before."
    return f"{one['entries']} bookings, {one['new_entries']} of them new, {one['for_us']} that may be about payouts."


async def _imported(files: tuple[Path, ...], slug: str) -> list[dict[str, Any]]:
    from ledger.access import tenants
    from ledger.bank import statement_files
    from ledger.bank.statement_files import Handed
    from settings import Settings

    settings = Settings.from_environment()
    async with open_ledger(settings) as ledger:
        of = await tenants.get(ledger, slug)
        outcomes = []
        for file in files:
            handed = Handed(name=file.name, content=file.read_bytes(), by=operator(), how="command")
            outcomes += await statement_files.bring(ledger, settings.vault(), of, [handed])
    return [
        {
            "name": one.name,
            "file": str(one.taken.file) if one.taken else None,
            "again": bool(one.taken and one.taken.again),
            "entries": one.taken.entries if one.taken else 0,
            "new_entries": one.taken.new_entries if one.taken else 0,
            "for_us": one.taken.for_us if one.taken else 0,
            "refused_code": one.refused.code if one.refused else None,
            "refused_params": one.refused.params if one.refused else None,
        }
        for one in outcomes
    ]
