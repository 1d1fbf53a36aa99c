"""The `partnerdesk` command: for operators, on a machine that has the settings in its environment."""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from ledger.refusals import Refused
from settings import OwnerSettings, Settings, UnusableSettings

P = ParamSpec("P")
R = TypeVar("R")

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a machine.")
TENANT = click.option("--tenant", "slug", required=True, metavar="SLUG", help="Short name of the tenant.")


class _UsageOfSettings(click.ClickException):
    exit_code = 2


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


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Whatever is expected to go wrong becomes one sentence and an exit status; 2 for settings and usage."""

    @wraps(command)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        import asyncpg
        from sqlalchemy.exc import OperationalError

        from api.engine import EngineAway
        from ledger.migrate import RolesMissing

        try:
            return command(*args, **kwargs)
        except UnusableSettings as error:
            raise _UsageOfSettings(f"The environment is not complete.\n{error}") from None
        except Refused as refused:
            raise click.ClickException(refused.sentence) from None
        except RolesMissing as error:
            raise click.ClickException(str(error)) from None
        except EngineAway as error:
            raise click.ClickException(
                f"{error} Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, and that Temporal runs."
            ) from None
        except asyncpg.InvalidPasswordError:
            raise click.ClickException("The database refuses the password in the settings.") from None
        except (OSError, OperationalError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError):
            raise click.ClickException(
                "The database does not answer. Check PARTNERDESK_DATABASE_URL (for migrate: "
                "PARTNERDESK_OWNER_DATABASE_URL), and that PostgreSQL runs."
            ) from None
        except asyncpg.UndefinedFunctionError:
            raise click.ClickException("The database has no schema yet. Run `partnerdesk migrate`.") from None

    return inner


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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


@commands.command()
@click.option("--without-engine", is_flag=True, help="Bring only the database up to date.")
@plain_errors
def migrate(without_engine: bool) -> None:
    """Bring database and engine to what this code needs.

    Runs the ledger's migrations as the owner's role (PARTNERDESK_OWNER_DATABASE_URL), registers the four search
    attributes at the engine, and creates its schedules. Running it again changes nothing; two at once take turns.
    Run it before the new version's worker and API start.

    \b
    Example:
      PARTNERDESK_OWNER_DATABASE_URL=postgresql://partnerdesk_owner:…@db/partnerdesk partnerdesk migrate
    """
    from ledger.migrate import migrate as migrate_database

    owner = OwnerSettings.from_environment()
    version = _announced(
        "Bringing the database to the newest version",
        lambda: migrate_database(owner.owner_database_url.get_secret_value()),
    )
    click.echo(f"The database is at version {version}.")
    if not without_engine:
        click.echo(
            _announced("Registering search attributes and schedules", lambda: asyncio.run(_prepare_engine(owner)))
        )


async def _prepare_engine(owner: OwnerSettings) -> str:
    from api import engine
    from ledger import sweeps
    from ledger.database import Ledger
    from workflows.schedules import ensure_schedules, ensure_sweeps

    client = await engine.connect()
    try:
        registered = await engine.register_search_attributes(client)
    except engine.AWAY as error:
        raise engine.EngineAway("The engine does not register search attributes.") from error
    await ensure_schedules(client, handover_every=timedelta(seconds=owner.handover_every_seconds))
    ledger = await Ledger.open(owner.owner_database_url.get_secret_value(), most_connections=1)
    try:
        connected = await sweeps.list_connected(ledger)
    finally:
        await ledger.close()
    await ensure_sweeps(client, connected, every=timedelta(seconds=owner.sweep_every_seconds))
    return f"Search attributes: {', '.join(registered) or 'all there'}; the schedules are set."


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, envvar="PARTNERDESK_HOST", help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, envvar="PARTNERDESK_PORT", help="Port to listen at.")
@plain_errors
def api(host: str, port: int) -> None:
    """Serve webhooks and the JSON API until SIGTERM.

    Requests that have begun are answered before it ends. /readyz says whether it can work, and what is missing.

    \b
    Example:
      partnerdesk api --host 0.0.0.0 --port 8000
    """
    import signal

    import uvicorn

    from api.app import create_app
    from api.logs import configure_logs

    settings = Settings.from_environment()
    configure_logs(settings.log_format, settings.log_level)
    for name in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops gracefully and then raises the signal once more; by then all is done, and the status is 0.
        signal.signal(name, lambda *_: None)
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        access_log=False,  # ours knows no queries, hence no ?token=
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
        proxy_headers=False,
    )


@commands.command()
@click.option("--health-port", default=8001, show_default=True, help="Port of the worker's own /healthz and /readyz.")
@plain_errors
def worker(health_port: int) -> None:
    """Run workflows and activities until SIGTERM.

    Activities that have begun get time to end; what they leave is done by the next worker. Start as many as you like.

    \b
    Example:
      partnerdesk worker --health-port 8001
    """
    import worker as process
    from api.logs import configure_logs

    settings = Settings.from_environment()
    configure_logs(settings.log_format, settings.log_level)
    try:
        process.main(settings, health_port=health_port)
    except process.NotRegistered as error:
        raise click.ClickException(str(error)) from None


@commands.group()
def tenant() -> None:
    """Create and list tenants."""


@tenant.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Company name, as on each Gutschrift.")
@click.option("--street", help="Street and number of the company.")
@click.option("--zip", "zip_code", help="Postal code.")
@click.option("--city", help="City.")
@click.option("--country", default="DE", show_default=True, help="Country, two letters.")
@click.option("--vat-id", help="USt-IdNr.")
@click.option("--tax-number", help="Steuernummer.")
@click.option("--demo", is_flag=True, help="Accept Stripe test events; no replacement window.")
@AS_JSON
@plain_errors
def create_tenant(
    slug: str,
    name: str,
    street: str | None,
    zip_code: str | None,
    city: str | None,
    country: str,
    vat_id: str | None,
    tax_number: str | None,
    demo: bool,
    as_json: bool,
) -> None:
    """Create a tenant. SLUG stands in its addresses and in the ids of its workflows: a–z, 0–9 and hyphen.

    Address and tax number are needed before the first payout: they stand on each Gutschrift (§ 14 Abs. 4 UStG).

    \b
    Example:
      partnerdesk tenant create acme --name "Acme GmbH" --street "Hauptstr. 1" --zip 10115 --city Berlin \\
        --vat-id DE123456789
    """
    from ledger import tenants

    address = tenants.TenantAddress(
        street=street, zip=zip_code, city=city, country_code=country, vat_id=vat_id, tax_number=tax_number
    )

    async def run() -> dict[str, Any]:
        async with _ledger() as ledger:
            made = await tenants.create(ledger, slug, name, actor=_operator(), address=address, is_demo=demo)
        return {"tenant": made.slug, "id": str(made.id)}

    made = asyncio.run(run())
    _print(
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
    from ledger import tenants

    async def run() -> list[dict[str, str]]:
        async with _ledger() as ledger:
            return [{"tenant": found.slug, "id": str(found.id)} for found in await tenants.list_all(ledger)]

    found = asyncio.run(run())
    if as_json:
        click.echo(json.dumps({"tenants": found}))
    else:
        click.echo("\n".join(row["tenant"] for row in found) or "There is no tenant yet: partnerdesk tenant create …")


@commands.group("api-key")
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
    from ledger import credentials, tenants

    until = _moment(expires) if expires else None
    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())

    async def run() -> credentials.NewApiKey:
        settings = Settings.from_environment()
        async with _ledger(settings) as ledger:
            of = await tenants.find(ledger, slug)
            async with ledger.transaction(of) as db:
                return await credentials.create_api_key(
                    db, of, settings.vault(), name=name, scopes=wanted, expires_at=until, actor=_operator()
                )

    made = asyncio.run(run())
    key = made.key.get_secret_value()
    _print(
        {"id": made.id, "key": key, "scopes": list(made.scopes), "expires_at": made.expires_at.isoformat()},
        as_json,
        f"{key}\nThis key is not shown again. It ends on {made.expires_at:%Y-%m-%d}.",
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
    from ledger import credentials, tenants

    async def run() -> None:
        async with _ledger() as ledger:
            of = await tenants.find(ledger, slug)
            async with ledger.transaction(of) as db:
                await credentials.revoke_api_key(db, of, key_id, actor=_operator())

    asyncio.run(run())
    click.echo("Revoked. It stops working everywhere within 30 s.")


@commands.group("webhook-token")
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
    from ledger import credentials, tenants

    if chosen == "-":
        chosen = sys.stdin.readline().strip()
    settings = Settings.from_environment()

    async def run() -> str:
        async with _ledger(settings) as ledger:
            of = await tenants.find(ledger, slug)
            async with ledger.transaction(of) as db:
                made = await credentials.create_webhook_token(
                    db,
                    of,
                    settings.vault(),
                    chosen=chosen,
                    grace=_span(grace) if grace else None,
                    actor=_operator(),
                )
                return made.get_secret_value()

    token = asyncio.run(run())
    address = f"{settings.public_url}/api/webhooks/{slug}/lexoffice"
    _print({"token": token, "address": address}, as_json, f"{token}\nThis token is not shown again. Address: {address}")


@commands.group()
def payout() -> None:
    """Decide about payouts, as an operator, in somebody's name.

    A signal from the Temporal UI is no decision; this is. The row names who decided, and the machine's account that
    ran the command stands in the audit trail.
    """


USER = click.option("--as", "user", required=True, metavar="USER", help="Whose decision it is.")
REASON = click.option("--reason", required=True, help="Why; it is kept with the decision.")
NUMBER = click.argument("number", metavar="NUMBER")


@payout.command("approve")
@NUMBER
@TENANT
@USER
@REASON
@click.option("--hash", "seen_hash", help="Content hash that was seen; without it the present content is approved.")
@AS_JSON
@plain_errors
def approve_payout(number: str, slug: str, user: str, reason: str, seen_hash: str | None, as_json: bool) -> None:
    """Approve a payout: its credit note is created in lexoffice.

    \b
    Example:
      partnerdesk payout approve PO-2026-0001 --tenant acme --as chris --reason "Key of the shop is locked"
    """
    _print(*_decide("approve", slug, number, user, reason, seen_hash, as_json))


@payout.command("reject")
@NUMBER
@TENANT
@USER
@REASON
@AS_JSON
@plain_errors
def reject_payout(number: str, slug: str, user: str, reason: str, as_json: bool) -> None:
    """Reject a payout: its commissions are free again.

    \b
    Example:
      partnerdesk payout reject PO-2026-0001 --tenant acme --as chris --reason "Wrong partner"
    """
    _print(*_decide("reject", slug, number, user, reason, None, as_json))


@payout.command("cancel")
@NUMBER
@TENANT
@USER
@REASON
@AS_JSON
@plain_errors
def cancel_payout(number: str, slug: str, user: str, reason: str, as_json: bool) -> None:
    """Cancel a payout while no credit note can exist; afterwards the credit note is voided in lexoffice.

    \b
    Example:
      partnerdesk payout cancel PO-2026-0001 --tenant acme --as chris --reason "Asked for twice"
    """
    _print(*_decide("cancel", slug, number, user, reason, None, as_json))


def _decide(
    kind: str, slug: str, number: str, user: str, reason: str, seen_hash: str | None, as_json: bool
) -> tuple[dict[str, Any], bool, str]:
    result = asyncio.run(_decided(kind, slug, number, user, reason, seen_hash))
    told = "" if result["announced"] else " The engine is away; the hand-over tells it later."
    return result, as_json, f"{result['payout']} is {result['state']}.{told}"


async def _decided(kind: str, slug: str, number: str, user: str, reason: str, seen_hash: str | None) -> dict[str, Any]:
    from api import engine
    from api.announce import Announcer
    from api.metrics import Metrics
    from ledger import audit, decisions, memberships, payouts, tenants
    from workflows.messages import Pace

    async with _ledger() as ledger:
        of = await tenants.find(ledger, slug)
        async with ledger.transaction(of, cause=_operator()) as db:
            actor = await memberships.actor_named(db, of, user)
            if kind == "approve":
                seen = seen_hash or await payouts.content_hash(db, of, (await payouts.find(db, of, number)).id)
                decision = await decisions.approve(db, of, number, actor=actor, seen_hash=seen, reason=reason)
            elif kind == "reject":
                decision = await decisions.reject(db, of, number, actor=actor, reason=reason)
            else:
                decision = await decisions.cancel(db, of, number, actor=actor, reason=reason)
            await audit.record(
                db,
                of,
                actor=_operator(),
                action=f"payout.{kind}.by_command",
                subject="payout",
                subject_id=number,
                detail={"as": user, "decision": str(decision.id)},
            )
            found = await payouts.find(db, of, number)
        announcer = Announcer(await engine.connect(lazy=True), ledger, Metrics(), Pace())
        announced = await announcer.decision(of, found, decision)
    return {"payout": found.number, "state": found.state.value, "decision": str(decision.id), "announced": announced}


@commands.command()
@click.option("--tenant", "slug", metavar="SLUG", help="Only this tenant; else all that are connected.")
@click.option("--since", metavar="DAY", help="Compare what changed since this day, such as 2026-11-01.")
@click.option("--open", "all_open", is_flag=True, help="Also compare all open documents now, not only hourly.")
@click.option("--wait", is_flag=True, help="Wait until the passes have ended, and say what they found.")
@AS_JSON
@plain_errors
def sweep(slug: str | None, since: str | None, all_open: bool, wait: bool, as_json: bool) -> None:
    """Compare documents in lexoffice with the ledger now, as the schedules do every 15 minutes.

    What notifications never told is handed over as they would be. A pass that is under way is not started twice.

    \b
    Example:
      partnerdesk sweep --tenant acme --since 2026-11-01 --wait
    """
    from api.operators import sweep_tenants

    settings = Settings.from_environment()
    to = _moment(since) if since else None
    swept = asyncio.run(sweep_tenants(settings, slug, to=to, all_open=all_open, wait=wait))
    told = [f"{row['tenant']}: {row['says']}" for row in swept]
    _print({"tenants": swept}, as_json, "\n".join(told) or "No tenant is connected to lexoffice.")


@commands.command()
@click.option("--tenant", "slug", metavar="SLUG", help="Only this tenant; else all.")
@click.option("--accept", metavar="REASON", help="In a recovery: go on in spite of what differs; the reason is kept.")
@AS_JSON
@plain_errors
def doctor(slug: str | None, accept: str | None, as_json: bool) -> None:
    """Check that ledger, engine and lexoffice agree, and say how to mend what differs.

    Exit status 1 when something differs. It changes nothing; only after a restore (PARTNERDESK_RECOVERY is set) it
    records that the numbers were compared, without which no document is created at lexoffice.

    \b
    Example:
      partnerdesk doctor --tenant acme
    """
    from api.operators import examine_tenants

    settings = Settings.from_environment()
    if accept and not settings.recovery:
        raise click.UsageError("--accept is for recoveries: PARTNERDESK_RECOVERY is not set.")
    reports = asyncio.run(examine_tenants(settings, slug, by=_operator(), accept=accept, say=_progress))
    differences = sum(len(report["differences"]) for report in reports)
    _print({"differences": differences, "tenants": reports}, as_json, _diagnosis(reports))
    if differences:
        raise click.exceptions.Exit(1)


def _progress(text: str) -> None:
    click.echo(f"{text} …", err=True)


def _diagnosis(reports: list[dict[str, Any]]) -> str:
    lines = []
    for report in reports:
        found, compared = report["differences"], ", ".join(report["compared_with"])
        lines.append(f"{report['tenant']}: {f'{len(found)} differences' if found else 'all agrees'} ({compared})")
        for one in found:
            lines += [f"  {one['check']}: {one['says']}", f"    to mend: {one['mend']}"]
        lines += [f"  note: {note}" for note in report["notes"]]
    return "\n".join(lines) or "There is no tenant yet."


@commands.group()
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
    from ledger import memberships, tenants, users
    from ledger.roles import Role

    if (slug is None) != (role is None) or (slug is None and not platform_admin):
        raise click.UsageError("Say --tenant and --role, or --platform-admin.")
    settings = Settings.from_environment()

    async def run() -> dict[str, Any]:
        async with _ledger(settings) as ledger:
            of = None if slug is None else await tenants.find(ledger, slug)
            made, _ = await users.add(ledger, email, name=name)
            if of is not None and role is not None:
                async with ledger.transaction(of, person=made) as db:
                    await memberships.add(db, of, made, Role(role), by=None, actor=_operator())
            if platform_admin:
                await users.set_platform_admin(ledger, made, platform_admin=True)
            link = None
            if not await users.has_password(ledger, made):
                token = await users.make_link(ledger, settings.vault(), made, purpose="invite", actor=_operator())
                link = f"{settings.public_url}/reset/{token.get_secret_value()}"
        return {"user": str(made), "link": link}

    made = asyncio.run(run())
    _print(made, as_json, made["link"] or "This person has an account already and logs in with it.")


@user.command("reset")
@EMAIL
@click.option("--second-factor", is_flag=True, help="The phone is lost, too: the next login enrols anew.")
@AS_JSON
@plain_errors
def reset_user(email: str, second_factor: bool, as_json: bool) -> None:
    """Print a link that sets a new password, once and within 30 minutes. Older links end.

    \b
    Example:
      partnerdesk user reset --email chris@acme.example
    """
    from ledger import memberships, users

    settings = Settings.from_environment()

    async def run() -> str:
        async with _ledger(settings) as ledger:
            found = await users.find(ledger, email)
            for home in await memberships.homes(ledger, found):
                async with ledger.transaction(home.tenant, person=found) as db:
                    await users.note(
                        db,
                        home.tenant,
                        found,
                        "member.link_made",
                        actor=_operator(),
                        second_factor_removed=second_factor,
                    )
            if second_factor:
                await users.remove_second_factor(ledger, found)
            token = await users.make_link(ledger, settings.vault(), found, purpose="reset", actor=_operator())
            return f"{settings.public_url}/reset/{token.get_secret_value()}"

    link = asyncio.run(run())
    _print({"link": link}, as_json, link)


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
    from ledger import memberships, users

    async def run() -> None:
        async with _ledger() as ledger:
            found = await users.find(ledger, email)
            for home in await memberships.homes(ledger, found):
                async with ledger.transaction(home.tenant, person=found) as db:
                    action = "user.enabled" if undo else "user.disabled"
                    await users.note(db, home.tenant, found, action, actor=_operator())
            await users.set_disabled(ledger, found, disabled=not undo)

    asyncio.run(run())
    click.echo("The account is open again." if undo else "The account is closed.")


@commands.group()
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
        async with _ledger() as ledger:
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
    _print(
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
        async with _ledger() as ledger:
            of = await tenants.find(ledger, slug)
            async with ledger.transaction(of) as db:
                async for lines in audit_chain.export(db, of):
                    file.write(lines)

    asyncio.run(run())


@commands.group()
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
    from ledger.secret_rotation import Rotated, rotate

    settings = Settings.from_environment()

    async def run() -> Rotated:
        async with _ledger(settings) as ledger:
            return await rotate(ledger, settings.vault())

    done = asyncio.run(run())
    _print(
        done.model_dump(),
        as_json,
        f"{done.renewed} renewed, {done.newest_already} were under the newest key already.",
    )
    if done.unreadable:
        raise click.ClickException(
            f"{done.unreadable} could not be read: they were encrypted under a key that the setting no longer names."
        )


@asynccontextmanager
async def _ledger(settings: Settings | None = None) -> AsyncIterator[Any]:
    from ledger.database import Ledger

    known = settings or Settings.from_environment()
    ledger = await Ledger.open(known.database_url.get_secret_value(), most_connections=2)
    try:
        yield ledger
    finally:
        await ledger.close()


def _operator() -> str:
    """Who the audit trail names for a command: the account on this machine."""
    import getpass

    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"


def _print(result: dict[str, Any], as_json: bool, text: str) -> None:
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else text)


def _announced(what: str, work: Callable[[], R]) -> R:
    click.echo(f"{what} …", err=True)
    started = time.monotonic()
    done = work()
    if (seconds := time.monotonic() - started) > 2:
        click.echo(f"Done in {seconds:.0f} s.", err=True)
    return done


_SPAN = re.compile(r"(\d{1,5})\s*(d|h|m)")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def _span(text: str) -> timedelta:
    parts = _SPAN.fullmatch(text.strip())
    if parts is None:
        raise click.BadParameter(f"{text!r} is no span; write 90d, 12h or 30m.")
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])})


def _moment(text: str) -> datetime:
    if _SPAN.fullmatch(text.strip()):
        return datetime.now(UTC) + _span(text)
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write 2027-06-30, or a span such as 90d.") from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
