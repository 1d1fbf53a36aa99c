"""Four eyes: what needs a second person, whoever it is about. Who is one person: same_person.py."""

from collections.abc import Iterable

from ledger.access import rule_changes, same_person
from ledger.database import TenantTransaction
from ledger.refusals import NotAllowedNow


class SecondPersonNeeded(NotAllowedNow):
    """Whoever asked made the thing what it is: somebody else has to do it."""


async def require_second_person(tx: TenantTransaction, actor: str, *, made_by: Iterable[str | None]) -> bool:
    """For what always needs a second person. True when the rule is switched off and this is the same one.

    Raises SecondPersonNeeded.
    """
    if not await is_same_person(tx, actor, [maker for maker in made_by if maker]):
        return False
    if await rule_changes.has_sole_approver(tx):
        return True
    raise SecondPersonNeeded("second_person_confirms")


async def is_same_person(tx: TenantTransaction, actor: str, others: list[str]) -> bool:
    """Whether this actor may be one of the others, as far as anybody can tell now."""
    return (await same_person.eyes(tx)).same(actor, others)
