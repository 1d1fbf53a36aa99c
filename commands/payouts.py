"""`partnerdesk payout`: decisions by an operator in somebody's name."""

import asyncio
from typing import Any, NamedTuple

import click

from commands.ground import AS_JSON, TENANT, open_ledger, operator, plain_errors, print_result


@click.group()
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
@click.option("--by-hand", is_flag=True, help="The money is transferred by hand: no bank details are in force.")
@AS_JSON
@plain_errors
def approve_payout(number: str, slug: str, user: str, as_json: bool, **approval: Any) -> None:
    """Approve a payout: its credit note is created in lexoffice.

    Without bank details of the partner in force no bank file takes it; then --by-hand must be given.

    \b
    Example:
      partnerdesk payout approve PO-2026-0001 --tenant acme --as chris --reason "Key of the shop is locked"
    """
    print_result(*_decide(_Wanted("approve", slug, number, user, **approval), as_json))


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
    print_result(*_decide(_Wanted("reject", slug, number, user, reason), as_json))


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
    print_result(*_decide(_Wanted("cancel", slug, number, user, reason), as_json))


class _Wanted(NamedTuple):
    kind: str
    slug: str
    number: str
    user: str
    reason: str
    seen_hash: str | None = None
    by_hand: bool = False


def _decide(wanted: _Wanted, as_json: bool) -> tuple[dict[str, Any], bool, str]:
    result = asyncio.run(_decided(wanted))
    told = "" if result["announced"] else " The engine is away; the hand-over tells it later."
    return result, as_json, f"{result['payout']} is {result['state']}.{told}"


async def _decided(wanted: _Wanted) -> dict[str, Any]:
    from engine import connect
    from engine.announcer import Announcer
    from ledger.access import memberships, tenants
    from ledger.audit import audit
    from ledger.payouts import decisions, payout_content, payouts
    from ledger.payouts.decisions import Shown
    from workflows.messages import Pace

    kind, number, reason = wanted.kind, wanted.number, wanted.reason
    async with open_ledger() as ledger:
        of = await tenants.get(ledger, wanted.slug)
        async with ledger.transaction(of, cause=operator()) as tx:
            actor = await memberships.actor_named(tx, wanted.user)
            if kind == "approve":
                seen = wanted.seen_hash or await payout_content.content_hash(tx, (await payouts.get(tx, number)).id)
                decision = await decisions.approve(
                    tx, number, actor=actor, seen_hash=seen, reason=reason, shown=Shown(by_hand=wanted.by_hand)
                )
            elif kind == "reject":
                decision = await decisions.reject(tx, number, actor=actor, reason=reason)
            else:
                decision = await decisions.cancel(tx, number, actor=actor, reason=reason)
            await audit.record(
                tx,
                actor=operator(),
                action=f"payout.{kind}.by_command",
                subject="payout",
                subject_id=number,
                detail={"as": wanted.user, "decision": str(decision.id)},
            )
            found = await payouts.get(tx, number)
        announcer = Announcer(await connect.open_client(lazy=True), ledger, Pace())
        announced = await announcer.decision(of, found, decision)
    return {"payout": found.number, "state": found.state.value, "decision": str(decision.id), "announced": announced}
