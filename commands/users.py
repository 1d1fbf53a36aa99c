"""`partnerdesk user`: people, let in and kept out."""

import asyncio
from typing import Any

import click

from commands.ground import AS_JSON, open_ledger, operator, plain_errors, print_result
from settings import Settings


@click.group()
def user() -> None:
    """People: let them in, let them in again, keep them out."""


EMAIL = click.option("--email", required=True, metavar="ADDRESS", help="Mail address, by which this person logs in.")


@user.command("create")
@EMAIL
@click.option("--tenant", "slug", metavar="SLUG", help="The tenant to work in; not needed for a platform admin.")
@click.option("--role", type=click.Choice(["viewer", "editor", "approver", "admin"]), help="Role in that tenant.")
@click.option("--name", help="Name, as colleagues see it.")
@click.option("--platform-admin", is_flag=True, help="May make tenants and enter them, but neither approve nor pay.")
@AS_JSON
@plain_errors
def create_user(
    email: str, slug: str | None, role: str | None, name: str | None, platform_admin: bool, as_json: bool
) -> None:
    """Let somebody in. Prints a link that sets the password, once and within 30 minutes.

    Somebody who has an account already gets no link and keeps the password.

    \b
    Example:
      partnerdesk user create --email chris@acme.example --tenant acme --role admin
    """
    from ledger.access import memberships, tenants, users
    from ledger.roles import Role

    if (slug is None) != (role is None) or (slug is None and not platform_admin):
        raise click.UsageError("Say --tenant and --role, or --platform-admin.")
    settings = Settings.from_environment()

    async def run() -> dict[str, Any]:
        async with open_ledger(settings) as ledger:
            of = None if slug is None else await tenants.get(ledger, slug)
            made, _ = await users.add(ledger, email, name=name)
            if of is not None and role is not None:
                async with ledger.transaction(of, person=made) as tx:
                    await memberships.add(tx, made, Role(role), by=None, actor=operator())
            if platform_admin:
                await users.set_platform_admin(ledger, made, platform_admin=True)
            link = None
            if not await users.has_password(ledger, made):
                token = await users.make_link(ledger, settings.vault(), made, purpose="invite", actor=operator())
                link = f"{settings.public_url}/reset/{token.get_secret_value()}"
        return {"user": str(made), "link": link}

    made = asyncio.run(run())
    print_result(made, as_json, made["link"] or "This person has an account already and logs in with it.")


@user.command("reset")
@EMAIL
@click.option("--second-factor", is_flag=True, help="The phone is lost, too: the next login enrols anew.")
@click.option("--keep-key", "kept", multiple=True, metavar="ID", help="A key of this person that goes on; repeatable.")
@AS_JSON
@plain_errors
def reset_user(email: str, second_factor: bool, kept: tuple[str, ...], as_json: bool) -> None:
    """Print a link that sets a new password, once and within 30 minutes. Older links end.

    API keys that this person made are revoked and named: whoever had the access may have made them.

    \b
    Example:
      partnerdesk user reset --email chris@acme.example
    """
    from ledger.access import api_keys, memberships, users

    settings = Settings.from_environment()

    async def run() -> tuple[str, list[str]]:
        revoked: list[str] = []
        async with open_ledger(settings) as ledger:
            found = await users.get_by_email(ledger, email)
            for home in await memberships.homes(ledger, found):
                async with ledger.transaction(home.tenant, person=found) as tx:
                    await users.note(
                        tx, found, "member.link_made", actor=operator(), second_factor_removed=second_factor
                    )
                    ended = await api_keys.revoke_made_by(tx, found, keep=kept, actor=operator())
                    revoked += [key.id for key in ended]
            if second_factor:
                await users.remove_second_factor(ledger, found)
            token = await users.make_link(ledger, settings.vault(), found, purpose="reset", actor=operator())
            return f"{settings.public_url}/reset/{token.get_secret_value()}", revoked

    link, revoked = asyncio.run(run())
    print_result({"link": link, "revoked_keys": revoked}, as_json, link)
    if revoked and not as_json:
        click.echo(f"Revoked keys of this person: {', '.join(revoked)}.", err=True)


@user.command("disable")
@EMAIL
@click.option("--undo", is_flag=True, help="Let this person in again.")
@plain_errors
def disable_user(email: str, undo: bool) -> None:
    """Close an account in all tenants: its sessions end, and its keys stop within 30 s.

    \b
    Example:
      partnerdesk user disable --email chris@acme.example
    """
    from ledger.access import memberships, users

    async def run() -> None:
        async with open_ledger() as ledger:
            found = await users.get_by_email(ledger, email)
            for home in await memberships.homes(ledger, found):
                async with ledger.transaction(home.tenant, person=found) as tx:
                    action = "user.enabled" if undo else "user.disabled"
                    await users.note(tx, found, action, actor=operator())
            await users.set_disabled(ledger, found, disabled=not undo)

    asyncio.run(run())
    click.echo("The account is open again." if undo else "The account is closed.")
