"""`partnerdesk privacy`: a copy of a person's data, their erasure, and how long records are kept."""

import asyncio
from typing import Any
from uuid import UUID

import click

from commands.ground import AS_JSON, TENANT, open_ledger, operator, plain_errors, print_result
from words import sentence


@click.group()
def privacy() -> None:
    """Personal data: copies, erasure, retention (GDPR)."""


PARTNER = click.option("--partner", "code", metavar="CODE", help="Code of a partner.")
CUSTOMER = click.option("--customer", type=click.UUID, metavar="ID", help="Id of a customer.")


@privacy.command("export")
@TENANT
@PARTNER
@CUSTOMER
@click.option("--to", "file", type=click.File("w"), default="-", help="File to write; standard output without it.")
@plain_errors
def export_data(slug: str, code: str | None, customer: UUID | None, file: Any) -> None:
    """Write all that is known of a partner or customer as JSON (GDPR, Art. 15 and 20).

    \b
    Example:
      partnerdesk privacy export --tenant acme --partner ANNA --to anna.json
    """
    from ledger.access import tenants
    from ledger.privacy import exports
    from ledger.types import CustomerId

    _require_one(code, customer)

    async def run() -> exports.PersonalData:
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of, cause=operator()) as tx:
                if customer is not None:
                    return await exports.of_customer(tx, CustomerId(customer))
                return await exports.of_partner(tx, await _partner(tx, code or ""))

    file.write(asyncio.run(run()).model_dump_json(indent=2) + "\n")


@privacy.command("erase")
@TENANT
@PARTNER
@CUSTOMER
@click.option("--reason", required=True, help="Why; it stands in the trail and must not name the person.")
@click.option("--yes", is_flag=True, help="Erase. Without it nothing is done.")
@AS_JSON
@plain_errors
def erase_data(slug: str, code: str | None, customer: UUID | None, reason: str, yes: bool, as_json: bool) -> None:
    """Erase what is known of a partner or customer (GDPR, Art. 17). It cannot be taken back.

    Says what the law keeps, by which paragraph and until when, and what no command reaches: backups, Temporal's
    histories, lexoffice, Stripe, mails that were sent.

    \b
    Example:
      partnerdesk privacy erase --tenant acme --partner ANNA --reason "Request of 2026-11-28" --yes
    """
    from ledger import clock
    from ledger.access import tenants
    from ledger.privacy import customer_erasure, partner_erasure
    from ledger.privacy.erasures import Erasure
    from ledger.types import CustomerId

    _require_one(code, customer)
    if not yes:
        raise click.UsageError("Nothing was erased. Say --yes to erase; it cannot be taken back.")

    async def run() -> Erasure:
        today = clock.today()
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of, cause=operator()) as tx:
                if customer is not None:
                    return await customer_erasure.erase(
                        tx, CustomerId(customer), by=operator(), reason=reason, today=today
                    )
                partner = await _partner(tx, code or "")
                return await partner_erasure.erase(tx, partner, by=operator(), reason=reason, today=today)

    done = asyncio.run(run())
    print_result(done.model_dump(mode="json"), as_json, _in_words(done))


@privacy.command("retention")
@TENANT
@click.option("--set", "chosen", multiple=True, metavar="KIND=DAYS", help="Keep this kind for so many days.")
@AS_JSON
@plain_errors
def retention_rules(slug: str, chosen: tuple[str, ...], as_json: bool) -> None:
    """Show how long each kind of record is kept, or change it.

    \b
    Example:
      partnerdesk privacy retention --tenant acme --set ignored_events=14
    """
    from ledger.access import tenants
    from ledger.privacy import retention

    wanted = {}
    for one in chosen:
        kind, _, days = one.partition("=")
        if not (days.isascii() and days.isdigit() and len(days) < 7):
            raise click.UsageError(f"--set {one}: say KIND=DAYS.")
        wanted[kind] = int(days)

    async def run() -> list[retention.Retention]:
        async with open_ledger() as ledger:
            of = await tenants.get(ledger, slug)
            async with ledger.transaction(of, cause=operator()) as tx:
                return await retention.choose(tx, wanted, by=operator())

    rules = asyncio.run(run())
    lines = [f"{rule.kind}: {rule.days} days ({rule.least} to {rule.most})" for rule in rules]
    print_result({"rules": [rule.model_dump() for rule in rules]}, as_json, "\n".join(lines))


def _require_one(code: str | None, customer: UUID | None) -> None:
    if (code is None) == (customer is None):
        raise click.UsageError("Say --partner or --customer.")


async def _partner(tx: Any, code: str) -> Any:
    from ledger.programme import partners
    from ledger.refusals import NotFound

    found = await partners.find_by_code(tx, code)
    if found is None:
        raise NotFound("partner_not_found")
    return found.id


def _in_words(done: Any) -> str:
    lines = [f"erased: {sentence(one.what, {}, 'en')} ({one.count})" for one in done.erased]
    lines += [
        f"kept until {one.until.isoformat()}: {sentence(one.what, {}, 'en')} ({one.count}); {', '.join(one.paragraphs)}"
        for one in done.kept
    ]
    lines += [f"not reached: {sentence(what, {}, 'en')}" for what in done.not_reached]
    return "\n".join(lines)
