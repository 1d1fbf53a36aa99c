"""`partnerdesk import`: a programme, or a part of it, from a CSV file on this machine."""

import asyncio
from pathlib import Path
from typing import Any

import click

from commands.ground import AS_JSON, TENANT, open_ledger, operator, plain_errors, print_result
from words import sentence

_KINDS = ("partners", "opening_balances", "customers", "past_sales", "sales")


@click.command("import")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@TENANT
@click.option(
    "--column", "chosen", multiple=True, metavar="HEADING=FIELD", help="What a column is; FIELD empty: left out."
)
@click.option("--numbers", type=click.Choice(("german", "english")), help="1.234,56 or 1,234.56, where it is unclear.")
@click.option("--days", type=click.Choice(("day_first", "month_first")), help="What 03/04/2026 means.")
@click.option("--leave-out-wrong", is_flag=True, help="Take over what is right without the rows that are wrong.")
@click.option("--problems", type=click.File("wb"), help="Write the rows that are wrong, as CSV.")
@click.option("--yes", is_flag=True, help="Take it over. Without it only what would happen is shown.")
@AS_JSON
@plain_errors
def import_file(kind: str, file: Path, slug: str, as_json: bool, **said: Any) -> None:
    """Take a programme over from a CSV file: all of it in one transaction, or nothing.

    Without --yes nothing is taken over: it says what would be new and changed, and what is wrong in which row. Exit
    status 1 if a row is wrong. Bank details and opening balances wait for a second person, on the pages.

    \b
    Example:
      partnerdesk import partners partner.csv --tenant acme
      partnerdesk import partners partner.csv --tenant acme --yes
    """
    told = asyncio.run(_run(kind, file.name, file.read_bytes(), slug, said))
    print_result(told, as_json, "\n".join(_lines(told)))
    if told["wrong"] and not told["taken_over"]:
        raise click.exceptions.Exit(1)


async def _run(kind: str, name: str, content: bytes, slug: str, said: dict[str, Any]) -> dict[str, Any]:
    from api.actions import taking_over
    from api.actions.taking_over import Room
    from ledger.access import tenants
    from ledger.imports import files
    from ledger.imports.columns import Kind
    from ledger.imports.files import Brought
    from ledger.imports.taking_over import Wish
    from ledger.reasons import Reason
    from ledger.refusals import Refused
    from settings import Settings

    settings = Settings.from_environment()
    async with open_ledger(settings) as ledger:
        room = Room(ledger, settings.vault(), await tenants.get(ledger, slug))
        told = Brought(name=name, content=content, kind=Kind(kind), by=operator())
        found = await taking_over.bring(room, told)
        try:
            if said["chosen"] or said["numbers"] or said["days"]:
                async with ledger.transaction(room.tenant) as tx:
                    await files.choose_columns(tx, found.id, _mapping(found, said), by=operator())
            looked = await taking_over.look(room, found.id)
            if looked.wrong is not None:
                raise Refused(looked.wrong.code, **looked.wrong.params)
            seen = looked.preview
            assert seen is not None
            if seen.asked:
                raise Refused(seen.asked[0].code, **seen.asked[0].params)
            if said["problems"] and seen.wrong:
                said["problems"].write(await taking_over.wrong_rows(room, found.id, "en", _in_english))
            taken = None
            if said["yes"]:
                wish = Wish(by=operator(), seen=seen.seen, leave_out_wrong=said["leave_out_wrong"])
                taken = await taking_over.take_over(room, found.id, wish)
        finally:
            async with ledger.transaction(room.tenant) as tx:
                if (await files.get(tx, found.id)).state == "draft":
                    await files.discard(tx, found.id, by=operator())
    problems = [*seen.problems, *(taken.refused if taken else ())]
    return {
        "import": str(found.id),
        "taken_over": bool(taken and not taken.refused),
        **seen.model_dump(include={"new", "changed", "same", "wrong"}),
        "problems": [
            {"line": one.line, "column": one.column, "problem": _in_english(Reason(code=one.code, params=one.params))}
            for one in problems
        ],
    }


def _in_english(reason: Any) -> str:
    return sentence(reason.code, reason.params, "en")


def _mapping(found: Any, said: dict[str, Any]) -> Any:
    from ledger.imports.rows import Mapping

    columns = list(found.mapping.columns)
    for one in said["chosen"]:
        heading, sign, field = one.rpartition("=")
        if not sign or heading not in found.header:
            raise click.UsageError(f"--column {one}: say HEADING=FIELD, with a heading of the file.")
        columns[found.header.index(heading)] = field or None
    return Mapping(columns=tuple(columns), numbers=said["numbers"], days=said["days"])


def _lines(told: dict[str, Any]) -> list[str]:
    done = "Taken over" if told["taken_over"] else "Nothing was taken over. It would be"
    lines = [f"{done}: {told['new']} new, {told['changed']} changed, {told['same']} the same, {told['wrong']} wrong."]
    return lines + [
        f"line {one['line']}{', ' + one['column'] if one['column'] else ''}: {one['problem']}"
        for one in told["problems"]
    ]
