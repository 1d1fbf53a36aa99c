"""What the row of an open booking permits next; stage and state of its owner say nothing about it."""

from datetime import timedelta

from activities.models import Step
from ledger.database import TenantTransaction
from ledger.documents import unclear_outcomes
from ledger.documents.intents import Intent


async def voucher_step(tx: TenantTransaction, intent: Intent, unclear_wait: timedelta) -> tuple[Step, float]:
    """The one step, and in how many seconds a search is due.

    BOOK until it was sent, SEARCH_VOUCHER while its outcome is unclear, then ATTACH, then READ_VOUCHER.
    """
    if intent.closed_at is not None:
        return Step.WAIT, 0.0
    if intent.resource_id is not None:
        return (Step.ATTACH if intent.attached_file is None else Step.READ_VOUCHER), 0.0
    if not intent.is_unclear:
        return Step.BOOK, 0.0
    if intent.empty_searches < unclear_outcomes.ENOUGH_SEARCHES:
        return Step.SEARCH_VOUCHER, await unclear_outcomes.seconds_to_search(tx, intent, unclear_wait)
    return Step.WAIT, 0.0
