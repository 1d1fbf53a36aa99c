"""`partnerdesk version`: which version of the worker the engine sends workflows to (docs/upgrades.md)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from commands.ground import AS_JSON, plain_errors, print_result
from settings import EngineSettings

if TYPE_CHECKING:
    from temporalio.client import Client

DEPLOYMENT = click.option(
    "--deployment-name",
    default=lambda: EngineSettings.from_environment().deployment_name or "partnerdesk",
    show_default="PARTNERDESK_DEPLOYMENT_NAME, or partnerdesk",
    help="As the workers name it.",
)


@click.group()
def version() -> None:
    """Versions of the worker, where the engine routes workflows by them."""


@version.command("list")
@DEPLOYMENT
@AS_JSON
@plain_errors
def list_(deployment_name: str, as_json: bool) -> None:
    """Each version: what the engine sends to it, how many of its workers run, what is open.

    Exit status 1 where something cannot go on, with what to do.

    \b
    Example:
      partnerdesk version list
    """
    from engine.versions import list_versions, unrouted

    versions = asyncio.run(_asked(lambda client: list_versions(client, deployment_name)))
    problems = [problem for found in versions if (problem := found.problem(deployment_name))]
    if versions and (nothing := unrouted(versions, deployment_name, versions[0].build_id)):
        problems.insert(0, nothing)
    rows = [vars(found) for found in versions]
    lines = [
        f"{row['build_id']}: {row['status']}, {row['percent']:g} % of new runs, {row['workers']} workers, "
        f"{row['open_runs']} open"
        for row in rows
    ]
    told = "\n".join([*lines, *problems]) or f"No worker has named the deployment {deployment_name} yet."
    print_result({"deployment": deployment_name, "versions": rows, "problems": problems}, as_json, told)
    if problems:
        raise click.exceptions.Exit(1)


@version.command()
@click.argument("build_id")
@DEPLOYMENT
@plain_errors
def promote(build_id: str, deployment_name: str) -> None:
    """Send new runs, and all that are not pinned to another version, to this one. Also the way back to an earlier one.

    \b
    Example:
      partnerdesk version promote 1.1.0
    """
    from engine import versions

    asyncio.run(_asked(lambda client: versions.promote(client, deployment_name, build_id)))
    click.echo(f"Version {build_id} of {deployment_name} is current.")


@version.command()
@click.argument("build_id")
@click.option("--percent", type=click.FloatRange(0, 100), required=True, help="Of new runs and tasks.")
@DEPLOYMENT
@plain_errors
def ramp(build_id: str, percent: float, deployment_name: str) -> None:
    """Send a part of the runs to this version, the others to the current one. 0 takes it back.

    \b
    Example:
      partnerdesk version ramp 1.1.0 --percent 10
    """
    from engine import versions

    asyncio.run(_asked(lambda client: versions.ramp(client, deployment_name, build_id, percent)))
    click.echo(f"{percent:g} % of the runs go to version {build_id} of {deployment_name}.")


async def _asked(ask: Callable[["Client"], Awaitable[Any]]) -> Any:
    """What the engine answers. Raises EngineAway, ClickException for what it refuses."""
    from activities.engine_away import AWAY
    from engine import connect
    from engine.versions import NotRouted

    client = await connect.open_client()
    try:
        return await ask(client)
    except NotRouted as error:
        raise click.ClickException(str(error)) from None
    except AWAY as error:
        raise connect.EngineAway("The engine does not answer.") from error
