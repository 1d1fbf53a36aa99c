"""`partnerdesk migrate`, `api` and `worker`: what a deployment runs."""

import asyncio
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

import traces
from commands.ground import announced, plain_errors
from settings import OwnerSettings, Settings


@click.command()
@click.option("--without-engine", is_flag=True, help="Bring only the database up to date.")
@click.option(
    "--check", is_flag=True, help="Change nothing: show where the database differs from what this code makes."
)
@plain_errors
def migrate(without_engine: bool, check: bool) -> None:
    """Bring database and engine to what this code needs.

    Runs the ledger's migrations as the owner's role (PARTNERDESK_OWNER_DATABASE_URL), registers the four search
    attributes at the engine, and creates its schedules. Running it again changes nothing; two at once take turns.
    Run it before the new version's worker and API start.

    \b
    Example:
      PARTNERDESK_OWNER_DATABASE_URL=postgresql://partnerdesk_owner:…@db/partnerdesk partnerdesk migrate
    """
    from ledger.migrate import differences
    from ledger.migrate import migrate as migrate_database

    owner = OwnerSettings.from_environment()
    if check:
        if lines := asyncio.run(differences(owner.owner_database_url.get_secret_value())):
            click.echo("\n".join(lines))
            raise click.ClickException("The schema was changed by hand: lines with - are missing, with + too many.")
        click.echo("The schema is what this code makes.")
        return
    done = announced(
        "Bringing the database to the newest version",
        lambda: asyncio.run(migrate_database(owner.owner_database_url.get_secret_value(), say=_say)),
    )
    click.echo(f"The database is at version {done.version}.")
    if done.version > done.newest:
        _say(
            f"That is newer than this code, which knows {done.newest}: nothing was changed. The release before a newer "
            "one works beside it; an older one does not, and wants the release that the database belongs to."
        )
    if not without_engine:
        click.echo(
            announced("Registering search attributes and schedules", lambda: asyncio.run(_prepare_engine(owner)))
        )


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


async def _prepare_engine(owner: OwnerSettings) -> str:
    from activities.engine_away import AWAY
    from engine import connect
    from engine.schedules import ensure_schedules, ensure_sweeps
    from ledger.database import Ledger
    from ledger.inbox import sweeps

    client = await connect.open_client()
    try:
        registered = await connect.register_search_attributes(client)
    except AWAY as error:
        raise connect.EngineAway("The engine does not register search attributes.") from error
    await ensure_schedules(client, handover_every=timedelta(seconds=owner.handover_every_seconds))
    ledger = await Ledger.open(owner.owner_database_url.get_secret_value(), most_connections=1)
    try:
        swept = await sweeps.list_swept(ledger)
    finally:
        await ledger.close()
    await ensure_sweeps(client, swept, every=timedelta(seconds=owner.sweep_every_seconds))
    return f"Search attributes: {', '.join(registered) or 'all there'}; the schedules are set."


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, envvar="PARTNERDESK_HOST", help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, envvar="PARTNERDESK_PORT", help="Port to listen at.")
@click.option(
    "--health-host", default="127.0.0.1", show_default=True, help="Address of the doors for operators (--health-port)."
)
@click.option(
    "--health-port",
    type=int,
    help="Port of /metrics, /docs and of /readyz with what is missing: for operators, not for outside.",
)
@plain_errors
def api(host: str, port: int, health_host: str, health_port: int | None) -> None:
    """Serve webhooks, pages and the JSON API until SIGTERM.

    Requests that have begun are answered before it ends. /readyz says whether it can work; what is missing it says at
    --health-port, or everywhere with PARTNERDESK_OPERATORS_DOORS.

    \b
    Example:
      partnerdesk api --host 0.0.0.0 --port 8000 --health-port 8002
    """
    import signal

    settings = Settings.from_environment()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Until uvicorn listens to it, it ends the start. uvicorn stops gracefully and then raises it once more: by then
        # all is done, and the status is 0.
        signal.signal(name, lambda *_: sys.exit(0))
    with traces.told("partnerdesk-api"):
        with _nothing_collected():
            import uvicorn

            from api.app import create_app
            from api.http.bounds import configured
            from api.operator_doors import PortBusy, listen
            from engine.runtime import MetricsPortBusy, shown_at
            from logs import configure_logs

            configure_logs(settings.log_format, settings.log_level)
            try:
                if settings.engine_metrics:
                    shown_at(settings.engine_metrics)
                operators_at = None if health_port is None else listen(health_host, health_port)
            except (PortBusy, MetricsPortBusy) as error:
                raise click.ClickException(str(error)) from None
            app = create_app(settings, operators_at=operators_at)
        server = uvicorn.Server(configured(app, settings, host=host, port=port, timeout_graceful_shutdown=10))
        server.run()
    if not server.started:
        sys.exit(3)


@click.command()
@click.option(
    "--health-host", default="127.0.0.1", show_default=True, help="Address of /healthz, /readyz and /metrics."
)
@click.option("--health-port", default=8001, show_default=True, help="Port of the worker's own doors.")
@click.option(
    "--deployment-name",
    help="With --build-id: let the engine route workflows by version (PARTNERDESK_DEPLOYMENT_NAME); else it does not.",
)
@click.option("--build-id", help="The version that this worker is (PARTNERDESK_BUILD_ID), such as 1.1.0.")
@click.option(
    "--queues",
    metavar="NAME,…",
    help="Only these task queues (PARTNERDESK_QUEUES): payouts, lexoffice, easybill, mail, events-out, vies; else all.",
)
@plain_errors
def worker(
    health_host: str, health_port: int, deployment_name: str | None, build_id: str | None, queues: str | None
) -> None:
    """Run workflows and activities until SIGTERM.

    Activities that have begun get time to end; what they leave is done by the next worker. Start as many as you like.

    \b
    Example:
      partnerdesk worker --health-host 0.0.0.0 --health-port 8001
      partnerdesk worker --deployment-name partnerdesk --build-id 1.1.0
    """
    settings = Settings.from_environment(deployment_name=deployment_name, build_id=build_id, queues=queues)
    if settings.deployment_name and not settings.build_id:
        raise click.UsageError("--deployment-name (PARTNERDESK_DEPLOYMENT_NAME) needs --build-id: which version is it?")
    with traces.told("partnerdesk-worker"):
        with _nothing_collected():
            import worker as process
            from api.operator_doors import PortBusy
            from engine.connect import EngineTooOld
            from engine.runtime import MetricsPortBusy
            from ledger.migrations.needed import NotMigrated
            from logs import configure_logs

        configure_logs(settings.log_format, settings.log_level)
        try:
            process.main(settings, health_host=health_host, health_port=health_port)
        except (process.NotRegistered, EngineTooOld, NotMigrated, PortBusy, MetricsPortBusy) as error:
            raise click.ClickException(str(error)) from None


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """For modules, routes and models, which stay as long as the process: a collector that looks for garbage among
    them again and again takes a sixth of the start and finds none, then or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
