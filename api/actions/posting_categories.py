"""What vouchers are booked to: the JSON API and the page call these functions and no others."""

from uuid import UUID

from ledger.database import TenantTransaction
from ledger.documents.own import posting, posting_rules
from ledger.documents.own.posting import CategoryList, Mapping, PostingCase
from ledger.documents.own.posting_rules import Confirmation
from ledger.payouts import payouts
from ledger.types import Frozen


class CaseShown(Frozen):
    """One case, what is chosen for it, and what was confirmed about it."""

    posting_case: PostingCase
    needs_confirmation: bool
    mapping: Mapping | None
    confirmation: Confirmation | None
    """Of § 13b: what the Voranmeldung showed, for the category that is chosen now."""


class PostingShown(Frozen):
    """All cases, and the list of lexoffice as it was last read."""

    cases: tuple[CaseShown, ...]
    listed: CategoryList


async def show(tx: TenantTransaction) -> PostingShown:
    """What is chosen and confirmed; no call of lexoffice."""
    chosen, confirmed = await posting.list_mappings(tx), await posting_rules.list_confirmations(tx)
    listed = await posting.get_list(tx)
    return PostingShown(
        cases=tuple(
            CaseShown(
                posting_case=case,
                needs_confirmation=case.is_reverse_charge,
                mapping=chosen.get(case),
                confirmation=_of_category(confirmed.get(case), chosen.get(case)),
            )
            for case in PostingCase
        ),
        listed=listed,
    )


async def choose(tx: TenantTransaction, case: PostingCase, category: UUID, *, by: str) -> None:
    """From the next voucher on; what waited for it goes on. Raises NotAllowedNow, NotAcceptable."""
    await posting.choose(tx, case, category, by=by)
    await payouts.want_recheck_of_blocked(tx)


async def confirm(tx: TenantTransaction, case: PostingCase, *, voucher_number: str, shown: str, by: str) -> None:
    """The same of what the Voranmeldung shows. Raises NotAllowedNow, NotAcceptable."""
    await posting_rules.confirm(tx, case, voucher_number=voucher_number, shown=shown, by=by)
    await payouts.want_recheck_of_blocked(tx)


def _of_category(confirmed: Confirmation | None, chosen: Mapping | None) -> Confirmation | None:
    if confirmed is None or chosen is None or confirmed.category_id != chosen.category_id:
        return None
    return confirmed
