"""What the Temporal UI shows of a workflow and its steps, in German: fixed phrases and numbers, nothing from outside.

Summaries stand in histories and are not compared when one is replayed; a sentence may change.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.models import PayoutView, Step
    from ledger.types import PayoutState
    from words import sentence
    from workflows.messages import PayoutInput

_STATES = {
    PayoutState.AWAITING_APPROVAL: "state_awaiting_approval",
    PayoutState.APPROVED: "state_approved",
    PayoutState.REJECTED: "state_rejected",
    PayoutState.OUTCOME_UNKNOWN: "state_outcome_unknown",
    PayoutState.CREDIT_NOTE_OPEN: "state_credit_note_open",
    PayoutState.PAID: "state_paid",
    PayoutState.RETURNED: "state_returned",
    PayoutState.CANCELLED: "state_cancelled",
    PayoutState.SETTLED_MANUALLY: "state_settled_manually",
}

_TASKS = {
    "signal_refused": "open_signal_refused",
    "document_deviates": "open_document_deviates",
    "document_reopened": "open_document_reopened",
    "settled_by_related": "open_settled_by_related",
    "credit_note_refused": "open_credit_note_refused",
    "payout_blocked": "open_payout_blocked",
    "outcome_unknown": "open_outcome_unknown",
    "returned": "open_returned",
    "own_document_blocked": "open_own_document_blocked",
    "own_document_undo": "open_own_document_undo",
}


def say(code: str, **params: object) -> str:
    """The sentence of a code."""
    return sentence(code, params)


def waiting_for(payout: PayoutInput, view: PayoutView) -> str:
    """Markdown: the state, what it waits for and for whom, and the questions that are open."""
    number = f" ({view.credit_note_number})" if view.credit_note_number else ""
    lines = [f"**{payout.number}: {say(_STATES[view.state])}{number}**", "", say(_next(view))]
    if view.open_tasks:
        lines += ["", say("now_open_tasks"), *(f"- {say(_TASKS.get(kind, kind))}" for kind in view.open_tasks)]
    return "\n".join(lines)


def _next(view: PayoutView) -> str:
    match view.step, view.state:
        case Step.CREATE, _:
            return "now_creating_credit_note"
        case Step.READ_BACK, _:
            return "now_reading_credit_note_back"
        case Step.SEARCH, _:
            return "now_searching_credit_note"
        case Step.ISSUE, _:
            return "now_issuing"
        case Step.BOOK | Step.ATTACH | Step.READ_VOUCHER, _:
            return "now_booking"
        case Step.SEARCH_VOUCHER, _:
            return "now_searching_voucher"
        case Step.DELIVER, _:
            return "now_delivering"
        case _, PayoutState.APPROVED | PayoutState.OUTCOME_UNKNOWN if view.cancel_wanted:
            return "now_cancelling_waits_for_books"
        case _, PayoutState.CREDIT_NOTE_OPEN if view.document_stage is not None and not view.reopened:
            return "now_awaiting_payment_of_own_document"
        case _, PayoutState.AWAITING_APPROVAL:
            return "now_awaiting_approval"
        case _, PayoutState.APPROVED if view.blocked:
            return "now_blocked"
        case _, PayoutState.OUTCOME_UNKNOWN:
            return "now_credit_note_unclear"
        case _, PayoutState.CREDIT_NOTE_OPEN if view.reopened:
            return "now_reopened"
        case _, PayoutState.CREDIT_NOTE_OPEN:
            return "now_awaiting_payment"
        case _, PayoutState.RETURNED:
            return "now_returned"
        case _:
            return "now_ended"
