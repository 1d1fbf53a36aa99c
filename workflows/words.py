"""The state of a payout in words, for the Temporal UI: fixed phrases and numbers, nothing from outside."""

from activities.models import Look, Step
from ledger.types import PayoutState
from workflows.messages import PayoutInput

_STATES = {
    PayoutState.AWAITING_APPROVAL: "Wartet auf Freigabe",
    PayoutState.APPROVED: "Freigegeben",
    PayoutState.REJECTED: "Abgelehnt",
    PayoutState.OUTCOME_UNKNOWN: "Ergebnis unklar",
    PayoutState.CREDIT_NOTE_OPEN: "Gutschrift angelegt",
    PayoutState.PAID: "Ausgezahlt",
    PayoutState.RETURNED: "Rückläufer",
    PayoutState.CANCELLED: "Storniert",
    PayoutState.SETTLED_MANUALLY: "Von Hand erledigt",
}

_TASKS = {
    "signal_refused": "Ein Signal ohne Entscheidung wurde zurückgewiesen",
    "document_deviates": "Beleg weicht von der Freigabe ab",
    "document_reopened": "Die Gutschrift ist in lexoffice wieder ein Entwurf",
    "settled_by_related": "Die Gutschrift wurde mit einem Beleg verrechnet",
    "credit_note_refused": "lexoffice hat die Gutschrift nicht angenommen",
    "payout_blocked": "Die Auszahlung ist blockiert",
    "outcome_unknown": "Ob die Gutschrift entstanden ist, muss geklärt werden",
    "returned": "Wurde Geld überwiesen?",
}


def waiting_for(payout: PayoutInput, look: Look) -> str:
    """Markdown: the state, what it waits for and for whom, and the questions that are open."""
    number = f" ({look.credit_note_number})" if look.credit_note_number else ""
    lines = [f"**{payout.number}: {_STATES[look.state]}{number}**", "", _next(look)]
    if look.open_tasks:
        lines += ["", "Offene Aufgaben:", *(f"- {_TASKS.get(kind, kind)}" for kind in look.open_tasks)]
    return "\n".join(lines)


def _next(look: Look) -> str:
    match look.step, look.state:
        case Step.CREATE, _:
            return "Die Gutschrift wird in lexoffice angelegt."
        case Step.READ_BACK, _:
            return "Nummer und Summen der Gutschrift werden gelesen."
        case Step.SEARCH, _:
            return "Die Antwort von lexoffice ging verloren; die Gutschrift wird an ihrem Kennzeichen gesucht."
        case _, PayoutState.AWAITING_APPROVAL:
            return "Wartet auf die Entscheidung einer Person mit dem Recht zur Freigabe."
        case _, PayoutState.APPROVED if look.blocked:
            return "Angehalten: Der Grund steht an der Auszahlung und bei den Aufgaben. Wartet auf eine Person."
        case _, PayoutState.OUTCOME_UNKNOWN:
            return "Wartet auf eine Person, die klärt, ob die Gutschrift in lexoffice besteht."
        case _, PayoutState.CREDIT_NOTE_OPEN if look.reopened:
            return "Wartet darauf, dass die Gutschrift in lexoffice wieder abgeschlossen wird."
        case _, PayoutState.CREDIT_NOTE_OPEN:
            return "Wartet auf die Überweisung und darauf, dass die Gutschrift in lexoffice bezahlt ist."
        case _, PayoutState.RETURNED:
            return "Beendet. Eine Person entscheidet, wie es weitergeht."
        case _:
            return "Beendet."
