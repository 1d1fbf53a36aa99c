"""`partnerdesk tenant`: the companies whose partners are paid."""

import asyncio
import json
from typing import Any

import click

from commands.ground import AS_JSON, open_ledger, operator, plain_errors, print_result


@click.group()
def tenant() -> None:
    """Create and list tenants."""


@tenant.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Company name, as on each Gutschrift.")
@click.option("--street", help="Street and number of the company.")
@click.option("--zip", help="Postal code.")
@click.option("--city", help="City.")
@click.option("--country", "country_code", default="DE", show_default=True, help="Country, two letters.")
@click.option("--vat-id", help="USt-IdNr.")
@click.option("--tax-number", help="Steuernummer.")
@click.option("--demo", is_flag=True, help="Accept Stripe test events; no replacement window.")
@AS_JSON
@plain_errors
def create_tenant(slug: str, name: str, demo: bool, as_json: bool, **address: str | None) -> None:
    """Create a tenant. SLUG stands in its addresses and in the ids of its workflows: a–z, 0–9 and hyphen.

    Address and tax number are needed before the first payout: they stand on each Gutschrift (§ 14 Abs. 4 UStG).

    \b
    Example:
      partnerdesk tenant create acme --name "Acme GmbH" --street "Hauptstr. 1" --zip 10115 --city Berlin \\
        --vat-id DE123456788
    """
    from ledger.access import tenants

    printed = tenants.TenantAddress.model_validate(address)

    async def run() -> dict[str, Any]:
        async with open_ledger() as ledger:
            made = await tenants.create(ledger, slug, name, actor=operator(), address=printed, is_demo=demo)
        return {"tenant": made.slug, "id": str(made.id)}

    made = asyncio.run(run())
    print_result(
        made, as_json, f"Tenant {made['tenant']} is there.\nNext: partnerdesk api-key create --tenant {slug} --name …"
    )


@tenant.command("list")
@AS_JSON
@plain_errors
def list_tenants(as_json: bool) -> None:
    """List all tenants.

    \b
    Example:
      partnerdesk tenant list --json
    """
    from ledger.access import tenants

    async def run() -> list[dict[str, str]]:
        async with open_ledger() as ledger:
            return [{"tenant": found.slug, "id": str(found.id)} for found in await tenants.list_all(ledger)]

    found = asyncio.run(run())
    if as_json:
        click.echo(json.dumps({"tenants": found}))
    else:
        click.echo("\n".join(row["tenant"] for row in found) or "There is no tenant yet: partnerdesk tenant create …")
