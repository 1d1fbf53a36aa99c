"""`partnerdesk audit`: the trail, verified and exported."""

import asyncio
import json
from typing import Any

import click

from commands.ground import AS_JSON, TENANT, open_ledger, plain_errors, print_result


@click.group()
def audit() -> None:
    """The audit trail of a tenant."""


@audit.command("verify")
@TENANT
@click.option("--anchor", metavar="HASH", help="A head hash kept outside, as the daily mail has it.")
@AS_JSON
@plain_errors
def verify_audit(slug: str, anchor: str | None, as_json: bool) -> None:
    """Walk the chain from its first link. Exit status 1 when it does not hold.

    Without an anchor nobody can tell whether the newest entries were cut off.

    \b
    Example:
      partnerdesk audit verify --tenant acme --anchor 9f2b…
    """
    from ledger import audit_chain, tenants

    async def run() -> audit_chain.Verified:
        async with open_ledger() as ledger:
            of = await tenants.find(ledger, slug)
            async with ledger.transaction(of) as db:
                return await audit_chain.verify(db, of, anchor=anchor)

    try:
        verified = asyncio.run(run())
    except audit_chain.AuditBroken as broken:
        if as_json:
            click.echo(json.dumps({"ok": False, "link": broken.number, "what": broken.what}))
        raise click.ClickException(f"The audit trail does not hold at {broken}.") from None
    against = f" The anchor is link {verified.anchored_at}." if verified.anchored_at else ""
    print_result(
        {"ok": True, **verified.model_dump()},
        as_json,
        f"{verified.entries} entries hold, {verified.erased} of them without their personal data.{against}\n"
        f"Head: {verified.head}",
    )


@audit.command("export")
@TENANT
@click.option("--to", "file", type=click.File("wb"), default="-", help="File to write; standard output without it.")
@plain_errors
def export_audit(slug: str, file: Any) -> None:
    """Write the audit trail as CSV (UTF-8, semicolons), oldest entry first, each with its hash.

    \b
    Example:
      partnerdesk audit export --tenant acme --to audit.csv
    """
    from ledger import audit_chain, tenants

    async def run() -> None:
        async with open_ledger() as ledger:
            of = await tenants.find(ledger, slug)
            async with ledger.transaction(of) as db:
                async for lines in audit_chain.export(db, of):
                    file.write(lines)

    asyncio.run(run())
