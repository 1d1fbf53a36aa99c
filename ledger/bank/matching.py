"""What a booked transfer says about a payment of ours: the table of rules.md (Bank). Pure.

Nothing is assumed: what is not proved is proposed to a person or stays unresolved, with the reason as a code.
"""

from enum import StrEnum

from ledger.reasons import Reason
from ledger.types import Frozen, PayoutState

_RETURN_FAMILY = "RRTN"
_RETURN_BUSINESS_CODE = "159"
"""GVC of a credit transfer that came back."""


class Account(StrEnum):
    """The other side's account, compared with that of the approval."""

    SAME = "same"
    OTHER = "other"
    UNTOLD = "untold"


def is_return(return_code: str | None, code: str | None, business_code: str | None) -> bool:
    """By the return code, the family, or the GVC."""
    family = (code or "").rpartition("-")[2]
    return bool(return_code) or family == _RETURN_FAMILY or business_code == _RETURN_BUSINESS_CODE


class Transfer(Frozen):
    """A transfer as the bank tells it. `amount_cents` is what was ordered, charges apart."""

    direction: str | None
    amount_cents: int | None
    currency: str | None
    account: Account
    reversal: bool = False
    return_code: str | None = None
    code: str | None = None
    business_code: str | None = None

    @property
    def is_return(self) -> bool:
        """Only a credit with our reference comes back."""
        return is_return(self.return_code, self.code, self.business_code)


class Payment(Frozen):
    """What the ledger knows under the transfer's reference."""

    amount_cents: int
    state: PayoutState
    in_a_file: bool
    """Of a run whose file was made."""
    run_cancelled: bool = False
    from_this_account: bool = True
    open_debits: tuple[int, ...] = ()
    """Cents of each booking by which money left for it and was not taken back."""
    debits: int = 0
    """Bookings of such, those taken back among them."""

    @property
    def is_awaited(self) -> bool:
        """Its file may be carried out by this account, and no debit of it was told yet."""
        return self.in_a_file and not self.run_cancelled and self.from_this_account and not self.debits


class Outcome(StrEnum):
    """What follows."""

    TRANSFER = "transfer"
    RETURN = "return"
    REVERSAL = "reversal"
    PROPOSED = "proposed"
    UNRESOLVED = "unresolved"
    UNRELATED = "unrelated"


class Verdict(Frozen):
    """`why` says it of what is proposed or unresolved."""

    outcome: Outcome
    why: Reason | None = None


def judge(told: Transfer, payment: Payment | None) -> Verdict:
    """`payment` is what our reference names; None where the transfer has no reference of ours, or of nobody's."""
    if told.amount_cents is None or told.direction is None or told.currency != "EUR":
        return _unresolved(Reason.of("booking_unclear"))
    if payment is None:
        return Verdict(outcome=Outcome.UNRELATED)
    if told.account is Account.OTHER and told.amount_cents != payment.amount_cents:
        # The number of a payout is no secret and not unique: two tenants may share an account at the bank.
        return Verdict(outcome=Outcome.UNRELATED)
    return _debit(told, payment) if (told.direction == "debit") is not told.reversal else _credit(told, payment)


def _debit(told: Transfer, payment: Payment) -> Verdict:
    assert told.amount_cents is not None
    if told.reversal:
        # RvslInd on a credit names an earlier debit of ours.
        if told.account is Account.OTHER:
            return _unresolved(Reason.of("paid_to_another_account"))
        # It takes back a whole booking: a part of one would cancel what is still out. Its debit may be told after it.
        awaits_it = payment.is_awaited and told.amount_cents == payment.amount_cents
        if not awaits_it and told.amount_cents not in payment.open_debits:
            return _unresolved(Reason.of("nothing_to_reverse"))
        return Verdict(outcome=Outcome.REVERSAL)
    if told.account is Account.OTHER:
        return _unresolved(Reason.of("paid_to_another_account"))
    if not payment.in_a_file:
        if payment.state in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED, PayoutState.OUTCOME_UNKNOWN):
            return _unresolved(Reason.of("paid_before_its_document"))
        return Verdict(outcome=Outcome.PROPOSED, why=Reason.of("paid_without_a_file"))
    if payment.run_cancelled:
        return _unresolved(Reason.of("paid_of_a_cancelled_run"))
    if not payment.from_this_account:
        return _unresolved(Reason.of("paid_from_another_account"))
    if told.account is Account.UNTOLD and told.amount_cents != payment.amount_cents:
        return _unresolved(Reason.of("amount_of_another", told=told.amount_cents, ordered=payment.amount_cents))
    return Verdict(outcome=Outcome.TRANSFER)


def _credit(told: Transfer, payment: Payment) -> Verdict:
    if told.reversal:
        return _unresolved(Reason.of("return_taken_back"))
    if not told.is_return:
        return Verdict(outcome=Outcome.PROPOSED, why=Reason.of("paid_back_without_a_code"))
    if told.account is Account.OTHER:
        # Another tenant of the same account at the bank may have a payout of this number and amount.
        return _unresolved(Reason.of("paid_to_another_account"))
    if not payment.in_a_file and not payment.debits:
        return _unresolved(Reason.of("returned_without_a_file"))
    if payment.debits and not payment.open_debits:
        return _unresolved(Reason.of("returned_twice"))
    return Verdict(outcome=Outcome.RETURN)


class Batch(Frozen):
    """The sum of several transfers: as the bank tells it, or as the file had it without what the bank rejected."""

    total_cents: int | None
    number: int | None


def judge_batch(told: Batch, file: Batch) -> Verdict:
    """Whether a debit with the PmtInfId of a run is all of its file. A number that is not told agrees."""
    if told.total_cents == file.total_cents and told.number in (None, file.number):
        return Verdict(outcome=Outcome.TRANSFER)
    return _unresolved(Reason.of("batch_differs", told=told.total_cents or 0, ordered=file.total_cents or 0))


def _unresolved(why: Reason) -> Verdict:
    return Verdict(outcome=Outcome.UNRESOLVED, why=why)
