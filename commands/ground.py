"""How every command runs: its settings and ledger, who is asking, and what an error becomes."""

import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from ledger.audit.audit import Origin, coming_from
from ledger.refusals import Refused
from settings import Settings, UnusableSettings
from traces import UnusableTracing
from words import sentence

P = ParamSpec("P")
R = TypeVar("R")

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a machine.")
TENANT = click.option("--tenant", "slug", required=True, metavar="SLUG", help="Short name of the tenant.")


class _UsageOfSettings(click.ClickException):
    exit_code = 2


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Whatever is expected to go wrong becomes one sentence and an exit status; 2 for settings and usage."""

    @wraps(command)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        import asyncpg

        from engine.connect import EngineAway
        from ledger.backups.manifest import UnusableBackup
        from ledger.migrations.errors import CannotMigrate

        try:
            with coming_from(Origin(door="cli")):
                return command(*args, **kwargs)
        except UnusableSettings as error:
            raise _UsageOfSettings(f"The environment is not complete.\n{error}") from None
        except UnusableTracing as error:
            raise _UsageOfSettings(str(error)) from None
        except Refused as refused:
            raise click.ClickException(sentence(refused.code, refused.params, "en")) from None
        except CannotMigrate as error:
            click.echo(f"Error: {error}", err=True)
            raise click.exceptions.Exit(error.exit_code) from None
        except UnusableBackup as error:
            raise click.ClickException(str(error)) from None
        except EngineAway as error:
            raise click.ClickException(
                f"{error} Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, and that Temporal runs."
            ) from None
        except asyncpg.InvalidPasswordError:
            raise click.ClickException("The database refuses the password in the settings.") from None
        except (
            OSError,
            asyncpg.InterfaceError,
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
        ):
            raise click.ClickException(
                "The database does not answer. Check PARTNERDESK_DATABASE_URL (for migrate: "
                "PARTNERDESK_OWNER_DATABASE_URL), and that PostgreSQL runs."
            ) from None
        except asyncpg.UndefinedFunctionError:
            raise click.ClickException("The database has no schema yet. Run `partnerdesk migrate`.") from None

    return inner


@asynccontextmanager
async def open_ledger(settings: Settings | None = None) -> AsyncIterator[Any]:
    from ledger.database import Ledger

    known = settings or Settings.from_environment()
    ledger = await Ledger.open(known.database_url.get_secret_value(), most_connections=2)
    try:
        yield ledger
    finally:
        await ledger.close()


def operator() -> str:
    """Who the audit trail names for a command: the account on this machine."""
    import getpass

    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"


def print_result(result: dict[str, Any], as_json: bool, text: str) -> None:
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else text)


def announced(what: str, work: Callable[[], R]) -> R:
    click.echo(f"{what} …", err=True)
    started = time.monotonic()
    done = work()
    if (seconds := time.monotonic() - started) > 2:
        click.echo(f"Done in {seconds:.0f} s.", err=True)
    return done


_SPAN = re.compile(r"(\d{1,5})\s*(d|h|m)")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def span(text: str) -> timedelta:
    parts = _SPAN.fullmatch(text.strip())
    if parts is None:
        raise click.BadParameter(f"{text!r} is no span; write 90d, 12h or 30m.")
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])})


def past(text: str) -> datetime:
    """A day, or a span that ends now. What lies ahead is refused: nothing has changed there."""
    if _SPAN.fullmatch(text.strip()):
        return datetime.now(UTC) - span(text)
    found = moment(text)
    if found > datetime.now(UTC):
        raise click.BadParameter(f"{text!r} is in the future.")
    return found


def moment(text: str) -> datetime:
    if _SPAN.fullmatch(text.strip()):
        return datetime.now(UTC) + span(text)
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write 2027-06-30, or a span such as 90d.") from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)
