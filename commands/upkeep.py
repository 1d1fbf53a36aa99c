"""`partnerdesk sweep` and `doctor` compare the ledger with lexoffice and the engine; `months` keeps its tables cut."""

import asyncio
from typing import Any

import click

from commands.ground import AS_JSON, open_ledger, operator, past, plain_errors, print_result
from settings import Settings


@click.command()
@click.option("--tenant", "slug", metavar="SLUG", help="Only this tenant; else all that are connected.")
@click.option(
    "--since", metavar="DAY", help="Compare what changed since this day, such as 2026-11-01, or within the last 7d."
)
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
    from commands.operators import sweep_tenants

    settings = Settings.from_environment()
    to = past(since) if since else None
    swept = asyncio.run(sweep_tenants(settings, slug, to=to, all_open=all_open, wait=wait))
    told = [f"{row['tenant']}: {row['says']}" for row in swept]
    print_result({"tenants": swept}, as_json, "\n".join(told) or "No tenant is connected to lexoffice.")


@click.command()
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
    from commands.operators import examine_tenants

    settings = Settings.from_environment()
    if accept and not settings.recovery:
        raise click.UsageError("--accept is for recoveries: PARTNERDESK_RECOVERY is not set.")
    reports = asyncio.run(examine_tenants(settings, slug, by=operator(), accept=accept, say=_progress))
    differences = sum(len(report["differences"]) for report in reports)
    print_result({"differences": differences, "tenants": reports}, as_json, _diagnosis(reports))
    if differences:
        raise click.exceptions.Exit(1)


@click.command()
@AS_JSON
@plain_errors
def months(as_json: bool) -> None:
    """Make the months ahead of the tables that are cut into months, and drop those that no tenant keeps any longer.

    The worker does this every day. Exit status 1 where a table was held by others: run it again.

    \b
    Example:
      partnerdesk months
    """
    from ledger.months import KeptTable, keep

    async def run() -> list[KeptTable]:
        async with open_ledger() as ledger:
            return await keep(ledger)

    kept = asyncio.run(run())
    lines = [
        f"{one.name}: {one.made} made, {one.dropped} dropped"
        + ("; others hold it, the rest is for the next time" if one.waits else "")
        for one in kept
    ]
    print_result({"tables": [one.model_dump() for one in kept]}, as_json, "\n".join(lines))
    if any(one.waits for one in kept):
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
