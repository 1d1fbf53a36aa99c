"""`partnerdesk backup`: make one, prove that it can be restored, restore it."""

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from commands.ground import AS_JSON, announced, plain_errors, print_result, span
from settings import BackupSettings

T = TypeVar("T")
_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def backup() -> None:
    """Backups of the ledger's database (PARTNERDESK_BACKUP_DATABASE_URL, as a superuser)."""


@backup.command("make")
@_FILE
@AS_JSON
@plain_errors
def make_backup(file: Path, as_json: bool) -> None:
    """Dump the database into FILE, and what must be in it into FILE.json. Whole or not at all; nothing is locked.

    \b
    Example:
      partnerdesk backup make /backups/partnerdesk-2026-11-30.dump
    """
    from ledger.backups import backups

    settings = BackupSettings.from_environment()
    done = announced(
        f"Dumping into {file}",
        lambda: _run(backups.make(settings.address, file, postgres_tools=settings.postgres_tools)),
    )
    print_result(
        done.model_dump(mode="json"),
        as_json,
        f"{sum(done.rows.values())} rows of {len(done.rows)} tables in {done.bytes} bytes, {done.seconds:.1f} s. "
        f"Prove it: partnerdesk backup verify {file}",
    )


@backup.command("verify")
@_FILE
@click.option("--not-older-than", metavar="SPAN", help="Also fail where it is older, such as 26h.")
@AS_JSON
@plain_errors
def verify_backup(file: Path, not_older_than: str | None, as_json: bool) -> None:
    """Restore FILE into a database that is made for it and thrown away, and compare.

    Each table must have the rows that were dumped. With PARTNERDESK_SECRET_KEY also: the key opens what is stored
    encrypted. Exit status 1 when the backup is of no use.

    \b
    Example:
      partnerdesk backup verify /backups/partnerdesk-2026-11-30.dump --not-older-than 26h
    """
    from ledger.backups import backups

    settings = BackupSettings.from_environment()
    oldest = None if not_older_than is None else span(not_older_than)
    found = announced(
        f"Restoring {file} beside the database",
        lambda: _run(
            backups.verify(settings.address, file, vault=settings.vault(), postgres_tools=settings.postgres_tools)
        ),
    )
    opened = "no key was given to open secrets with" if found.secrets is None else f"{found.secrets} secrets opened"
    print_result(
        {
            "taken_at": found.manifest.taken_at.isoformat(),
            "age_seconds": round(found.age_seconds),
            "restored_in_seconds": found.seconds,
            "rows": sum(found.manifest.rows.values()),
            "secrets_opened": found.secrets,
        },
        as_json,
        f"{file.name} can be restored: {sum(found.manifest.rows.values())} rows in {found.seconds:.1f} s, {opened}.\n"
        f"It is of {found.manifest.taken_at:%Y-%m-%d %H:%M} UTC: what came in the {found.age_seconds / 60:.0f} minutes "
        "since is not in it.",
    )
    if oldest is not None and found.age_seconds > oldest.total_seconds():
        raise click.ClickException(f"It is older than {not_older_than}: no newer backup was made.")


@backup.command("restore")
@_FILE
@AS_JSON
@plain_errors
def restore_backup(file: Path, as_json: bool) -> None:
    """Restore FILE into the database of PARTNERDESK_BACKUP_DATABASE_URL, which must be empty. All of it or nothing.

    Afterwards start API and workers with PARTNERDESK_RECOVERY and run `partnerdesk doctor`: docs/operations.md, Backup.

    \b
    Example:
      partnerdesk backup restore /backups/partnerdesk-2026-11-30.dump
    """
    from ledger.backups import backups

    settings = BackupSettings.from_environment()
    done = announced(
        f"Restoring {file}",
        lambda: _run(backups.restore(settings.address, file, postgres_tools=settings.postgres_tools)),
    )
    print_result(
        {"taken_at": done.manifest.taken_at.isoformat(), "restored_in_seconds": done.seconds},
        as_json,
        f"Restored in {done.seconds:.1f} s, as of {done.manifest.taken_at:%Y-%m-%d %H:%M} UTC. Documents may exist "
        "that it does not know: start API and workers with PARTNERDESK_RECOVERY=<today>, and run "
        "`partnerdesk doctor` under it.",
    )


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Its result. SIGTERM, as of a cron that waits no longer, lets it put away what it has begun: a copy of all rows.

    Raises what `work` raises, ClickException where it was ended.
    """

    async def ended_gently() -> T:
        running = asyncio.ensure_future(work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        return await running

    try:
        return asyncio.run(ended_gently())
    except asyncio.CancelledError:
        raise click.ClickException("Ended before it was through; nothing of it is left.") from None
