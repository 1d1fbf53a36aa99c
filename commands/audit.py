"""`partnerdesk audit`: the trail, verified and exported; and personal data taken out of it."""

import asyncio
import json
from typing import Any

import click

from commands.ground import AS_JSON, TENANT, open_ledger, operator, plain_errors, print_result


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
    from ledger.access import tenants
    from ledger.audit import audit_chain

    async def run() -> audit_chain.Verified:
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of) as tx:
                return await audit_chain.verify(tx, anchor=anchor)

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
    from ledger.access import tenants
    from ledger.audit import audit_chain

    async def run() -> None:
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of) as tx:
                async for lines in audit_chain.export(tx):
                    file.write(lines)

    asyncio.run(run())


@audit.command("erase")
@TENANT
@click.option("--about", metavar="WORD", required=True, help="A mail address or a name, exactly as it was entered.")
@click.option("--reason", required=True, help="Why; it stands in the trail and must not name the person.")
@click.option("--yes", is_flag=True, help="Erase. Without it only the number of entries is told.")
@AS_JSON
@plain_errors
def erase_personal(slug: str, about: str, reason: str, yes: bool, as_json: bool) -> None:
    """Erase the personal data beside the entries about somebody (GDPR, Art. 17).

    The entries and their chain stay, without what tells who it was. It cannot be taken back.

    \b
    Example:
      partnerdesk audit erase --tenant acme --about anna@example.com --reason "Request of 2026-11-28" --yes
    """
    from ledger.access import tenants
    from ledger.audit import audit as trail

    async def run() -> tuple[int, int]:
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of, cause=operator()) as tx:
                found = await trail.entries_about(tx, about)
                if not (yes and found):
                    return len(found), 0
                return len(found), await trail.erase_personal(tx, found, actor=operator(), reason=reason)

    found, erased = asyncio.run(run())
    told = f"{erased} of {found} entries erased." if yes else f"{found} entries; nothing is erased without --yes."
    print_result({"entries": found, "erased": erased}, as_json, told)
