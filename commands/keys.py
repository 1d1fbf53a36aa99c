"""`partnerdesk api-key` and `webhook-token`: what machines show to be let in."""

import asyncio
import sys

import click

from commands.ground import AS_JSON, TENANT, moment, open_ledger, operator, plain_errors, print_result, span
from settings import Settings


@click.group("api-key")
def api_key() -> None:
    """Create and revoke keys of machines that use the JSON API."""


@api_key.command("create")
@TENANT
@click.option("--name", required=True, help="What the key is for; shown in lists.")
@click.option("--scopes", default="read", show_default=True, help="Of read, write, approve, bank; with commas.")
@click.option("--expires", metavar="WHEN", help="A day (2027-06-30) or a span (90d); at most, and else, 12 months.")
@AS_JSON
@plain_errors
def create_api_key(slug: str, name: str, scopes: str, expires: str | None, as_json: bool) -> None:
    """Create a key. It is shown once; only its HMAC is stored.

    \b
    Example:
      partnerdesk api-key create --tenant acme --name shop --scopes read,write --expires 90d
      curl -H "X-API-Key: pdk_…" https://partner.example.com/api/v1/me
    """
    from ledger.access import api_keys, tenants
    from ledger.types import BERLIN

    until = moment(expires) if expires else None
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())

    async def run() -> api_keys.NewApiKey:
        settings = Settings.from_environment()
        async with open_ledger(settings) as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of) as tx:
                return await api_keys.create_api_key(
                    tx,
                    settings.vault(),
                    api_keys.WantedKey(name=name, scopes=wanted, expires_at=until),
                    actor=operator(),
                )

    made = asyncio.run(run())
    key = made.key.get_secret_value()
    print_result(
        {"id": made.id, "key": key, "scopes": list(made.scopes), "expires_at": made.expires_at.isoformat()},
        as_json,
        f"{key}\nThis key is not shown again. It ends on {made.expires_at.astimezone(BERLIN):%Y-%m-%d}.",
    )


@api_key.command("revoke")
@TENANT
@click.argument("key_id")
@plain_errors
def revoke_api_key(slug: str, key_id: str) -> None:
    """Revoke a key. It stops working everywhere within 30 s.

    KEY_ID is the middle part: of pdk_k3x8q2m9ab_… it is k3x8q2m9ab.

    \b
    Example:
      partnerdesk api-key revoke --tenant acme k3x8q2m9ab
    """
    from ledger.access import api_keys, tenants

    async def run() -> None:
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of) as tx:
                await api_keys.revoke_api_key(tx, key_id, actor=operator())

    asyncio.run(run())
    click.echo("Revoked. It stops working everywhere within 30 s.")


@click.group("webhook-token")
def webhook_token() -> None:
    """Create tokens for the address that lexoffice, or a relay of it, calls."""


@webhook_token.command("create")
@TENANT
@click.option("--token", "chosen", help="A token of your own (at least 128 bits); `-` reads it from standard input.")
@click.option("--grace", metavar="SPAN", help="End the older tokens after this span, such as 7d or 0d.")
@AS_JSON
@plain_errors
def create_webhook_token(slug: str, chosen: str | None, grace: str | None, as_json: bool) -> None:
    """Create a token. It is shown once; only its HMAC is stored.

    The caller sends it as `Authorization: Bearer`, as `X-Lexoffice-Token` or as `?token=`.

    \b
    Example:
      partnerdesk webhook-token create --tenant acme --grace 7d
    """
    from ledger.access import tenants
    from ledger.connections import webhook_tokens

    if chosen == "-":
        chosen = sys.stdin.readline().strip()
    settings = Settings.from_environment()

    async def run() -> str:
        async with open_ledger(settings) as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of) as tx:
                made = await webhook_tokens.create(
                    tx,
                    settings.vault(),
                    chosen=chosen,
                    grace=span(grace) if grace else None,
                    actor=operator(),
                )
                return made.get_secret_value()

    token = asyncio.run(run())
    address = f"{settings.public_url}/api/webhooks/{slug}/lexoffice"
    print_result(
        {"token": token, "address": address}, as_json, f"{token}\nThis token is not shown again. Address: {address}"
    )
