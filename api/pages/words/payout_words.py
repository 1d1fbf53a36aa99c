"""What is said about a payout: what it waits for, who can act, what happened on its way, what is unusual about it."""

from collections.abc import Callable
from datetime import UTC, datetime

from api.http.language import in_words
from api.pages.frame.languages import N_, _, day, money, ngettext, span
from api.pages.frame.words import DONE, MOVING, STOPPED, TROUBLE, WAITING, tone
from ledger.bank.further_attempts import FurtherAttempt
from ledger.books import NO_BOOKS
from ledger.payouts.approval_queue import Waiting
from ledger.payouts.due import NotDue
from ledger.payouts.payout_timeline import Step
from ledger.payouts.payout_waiting import For, Waits
from ledger.payouts.payouts import Payout
from ledger.types import DocumentStage, DocumentStrategy, PayoutState, TaxCase

Names = Callable[[str | None], str]
_NAMED = 3

TAX_CASES = {
    TaxCase.REGULAR: N_("Regelbesteuert, 19 % USt"),
    TaxCase.SMALL_BUSINESS: N_("Kleinunternehmer, ohne USt"),
    TaxCase.PRIVATE: N_("Privatperson, ohne USt"),
    TaxCase.EU_BUSINESS: N_("Unternehmen in der EU, Steuerschuldnerschaft des Leistungsempfängers"),
    TaxCase.THIRD_COUNTRY: N_("Unternehmen im Drittland, Steuerschuldnerschaft des Leistungsempfängers"),
    TaxCase.SMALL_BUSINESS_EU: N_("Kleinunternehmer aus einem anderen EU-Staat, ohne USt"),
}

TAX_CASES_IN_SHORT = {
    TaxCase.REGULAR: N_("19 %"),
    TaxCase.SMALL_BUSINESS: N_("§ 19 UStG"),
    TaxCase.PRIVATE: N_("Privatperson"),
    TaxCase.EU_BUSINESS: N_("§ 13b, EU"),
    TaxCase.THIRD_COUNTRY: N_("§ 13b, Drittland"),
    TaxCase.SMALL_BUSINESS_EU: N_("§ 19 UStG, EU"),
}

_WAITS = {
    For.APPROVAL: N_("Wartet auf Freigabe seit %(since)s."),
    For.SECOND_PERSON: N_("Wartet auf Freigabe durch eine zweite Person seit %(since)s."),
    For.TAKEN_UP: N_("Zurückgestellt seit %(since)s von %(who)s: %(reason)s"),
    For.LEDGER: N_("Angehalten seit %(since)s: %(reason)s"),
    For.MENDING: N_("Freigegeben, aber gesperrt seit %(since)s: %(reason)s"),
    For.CREATION: N_("Seit %(since)s wird die Gutschrift in der Buchhaltung angelegt. Dafür muss niemand etwas tun."),
    For.SEARCH: N_(
        "Ob die Gutschrift angelegt wurde, ist seit %(since)s unklar. Sie wird in der Buchhaltung gesucht; dafür "
        "muss niemand etwas tun."
    ),
    For.ANSWER: N_("Wartet seit %(since)s auf eine Antwort: %(reason)s"),
    For.PAYMENT: N_(
        "Wartet seit %(since)s auf die Überweisung von %(amount)s und darauf, dass %(document)s in der Buchhaltung "
        "als bezahlt markiert wird."
    ),
}
_WAITS_OF_OWN = {
    For.CREATION: N_("Seit %(since)s wird der Beleg ausgestellt und zugestellt. Dafür muss niemand etwas tun."),
    For.SEARCH: N_(
        "Ob der Beleg in der Buchhaltung gebucht wurde, ist seit %(since)s unklar. Er wird dort gesucht; dafür muss "
        "niemand etwas tun."
    ),
}
_WAITS_WITHOUT_BOOKS = {
    For.PAYMENT: N_(
        "Wartet seit %(since)s auf die Überweisung von %(amount)s und darauf, dass ein Mensch oder die Bank "
        "%(document)s als bezahlt meldet."
    ),
}
_ENDS = {
    PayoutState.PAID: N_("Ausgezahlt am %(day)s, Zahlungsreferenz %(reference)s."),
    PayoutState.REJECTED: N_("Abgelehnt am %(day)s."),
    PayoutState.CANCELLED: N_("Storniert am %(day)s."),
    PayoutState.SETTLED_MANUALLY: N_("Von Hand erledigt am %(day)s."),
}
_TONES = {
    For.MENDING: TROUBLE,
    For.ANSWER: TROUBLE,
    For.LEDGER: TROUBLE,
    For.TAKEN_UP: STOPPED,
    For.CREATION: MOVING,
}


def waiting_sentence(payout: Payout, waits: Waits, name_of: Names) -> str:
    """One sentence: for what, and since when."""
    if waits.waits_for is For.ENDED:
        ended = payout.paid_on if payout.state is PayoutState.PAID and payout.paid_on else waits.since
        return _(_ENDS[payout.state], day=day(ended), reference=payout.payment_reference or "–")
    said = _WAITS
    if payout.strategy is DocumentStrategy.OWN_DOCUMENT:
        said = said | _WAITS_OF_OWN | (_WAITS_WITHOUT_BOOKS if payout.books == NO_BOOKS else {})
    return _(
        said[waits.waits_for],
        since=span(datetime.now(UTC) - waits.since),
        reason=_why(waits),
        who=name_of(waits.put_back_by),
        amount=money(payout.gross_cents),
        document=payout.credit_note_number or _("die Gutschrift"),
    )


def _why(waits: Waits) -> str:
    if waits.why:
        return " ".join(in_words(reason) for reason in waits.why)
    return in_words(waits.reason) if waits.reason else _("Der Grund ist nicht festgehalten.")


def why_ended(waits: Waits) -> str | None:
    """The reason of an end, or of an approval that became void; what is waited for has its own."""
    if waits.waits_for in (For.ENDED, For.APPROVAL, For.SECOND_PERSON) and waits.reason:
        return in_words(waits.reason)
    return None


def describe_actors(waits: Waits, name_of: Names, *, me: str) -> str | None:
    """None where nobody need act."""
    if waits.waits_for in (For.ENDED, For.CREATION, For.SEARCH):
        return None
    others = [name_of(one) for one in waits.who if one != me]
    listed = ", ".join(others[:_NAMED])
    if len(others) > _NAMED:
        listed += " " + ngettext("und eine weitere Person", "und %(n)s weitere", len(others) - _NAMED)
    if me in waits.who:
        return _("Sie können handeln, ebenso %(names)s.", names=listed) if others else _("Nur Sie können handeln.")
    if others:
        return _("Handeln können: %(names)s.", names=listed)
    return _("Zurzeit darf das niemand; ein Admin muss jemanden dazu berechtigen.")


def waiting_tone(payout: Payout, waits: Waits) -> str:
    return _TONES.get(waits.waits_for) or tone("payout", payout.state)


_STEPS: dict[str, tuple[str, str]] = {
    "requested": (N_("Angefordert"), DONE),
    "approved": (N_("Freigegeben"), DONE),
    "rejected": (N_("Abgelehnt"), STOPPED),
    "cancelled": (N_("Storniert"), STOPPED),
    "answered": (N_("Frage beantwortet"), DONE),
    "approval_void": (N_("Die Freigabe wurde hinfällig"), TROUBLE),
    "outcome_unknown": (N_("Ergebnis unklar"), TROUBLE),
    "document_open": (N_("Gutschrift zurückgelesen und geprüft"), DONE),
    "document_delivered": (N_("Beleg ausgestellt und an den Partner gegeben"), DONE),
    "paid": (N_("Ausgezahlt"), DONE),
    "returned": (N_("Rückläufer"), TROUBLE),
    "settled": (N_("Von Hand erledigt"), DONE),
    "sent": (N_("An die Buchhaltung gesendet"), STOPPED),
    "refused": (N_("Die Buchhaltung hat abgelehnt"), TROUBLE),
    "unclear": (N_("Keine Antwort der Buchhaltung"), TROUBLE),
    "created": (N_("Gutschrift %(number)s in der Buchhaltung angelegt"), DONE),
    "event": (N_("Meldung der Buchhaltung"), STOPPED),
    "asked": (N_("Frage an eine Person"), TROUBLE),
    "resolved": (N_("Frage erledigt"), DONE),
    "note": (N_("Notiz"), STOPPED),
    "put_back": (N_("Zurückgestellt"), STOPPED),
    "taken_up": (N_("Wieder aufgenommen"), DONE),
    "approved_alone": (N_("Ohne zweite Person freigegeben: Das Vier-Augen-Prinzip ist aus"), TROUBLE),
    "sent_again": (N_("Beleg erneut an den Partner gesendet"), STOPPED),
    "bank_run": (N_("In den Zahlungslauf %(number)s aufgenommen"), DONE),
    "bank_file": (N_("Datei des Zahlungslaufs %(number)s erzeugt"), DONE),
    "objected": (N_("Der Partner widerspricht"), TROUBLE),
    "objection_answered": (N_("Widerspruch beantwortet"), DONE),
}
_EVENTS = {
    "credit-note.status.changed": N_("Status der Gutschrift geändert"),
    "credit-note.status.paid": N_("Gutschrift bezahlt"),
    "credit-note.status.voided": N_("Gutschrift storniert"),
    "credit-note.deleted": N_("Gutschrift gelöscht"),
    "payment.changed": N_("Zahlung geändert"),
}
_CREDIT_NOTE = N_("Gutschrift in der Buchhaltung")
_STAGES = {
    DocumentStage.ISSUED: N_("Beleg ausgestellt"),
    DocumentStage.BOOKED: N_("Beleg gebucht"),
    DocumentStage.DELIVERED: N_("Beleg zugestellt"),
}
_AHEAD: dict[PayoutState, tuple[str, ...]] = {
    PayoutState.AWAITING_APPROVAL: (N_("Freigabe"), _CREDIT_NOTE, N_("Überweisung"), N_("Ausgezahlt")),
    PayoutState.APPROVED: (_CREDIT_NOTE, N_("Überweisung"), N_("Ausgezahlt")),
    PayoutState.OUTCOME_UNKNOWN: (N_("Klärung"), N_("Überweisung"), N_("Ausgezahlt")),
    PayoutState.CREDIT_NOTE_OPEN: (N_("Überweisung"), N_("Ausgezahlt")),
    PayoutState.RETURNED: (N_("Klärung"),),
}


def step_text(step: Step) -> str:
    return _(_STEPS[step.kind][0], number=step.number or "–")


def step_tone(step: Step) -> str:
    return _STEPS[step.kind][1]


def step_says(step: Step) -> str | None:
    """What a person or lexoffice said about it."""
    if step.text is None:
        return None
    if step.kind == "event" and isinstance(step.text, str):
        return _(_EVENTS.get(step.text, step.text))
    return in_words(step.text)


def ahead(payout: Payout) -> list[str]:
    found: list[str] = []
    for text in _AHEAD.get(payout.state, ()):
        found += _documents_ahead(payout) if text == _CREDIT_NOTE else [text]
    return [_(text) for text in found]


def _documents_ahead(payout: Payout) -> list[str]:
    if payout.strategy is not DocumentStrategy.OWN_DOCUMENT:
        return [_CREDIT_NOTE]
    is_booked = payout.books != NO_BOOKS
    stages = [stage for stage in DocumentStage if is_booked or stage is not DocumentStage.BOOKED]
    done = -1 if payout.document_stage is None else stages.index(payout.document_stage)
    return [_STAGES[stage] for stage in stages[done + 1 :]]


def unusual(waiting: Waiting) -> list[tuple[str, str]]:
    """(what, tone): what an approver should look at twice."""
    found: list[tuple[str, str]] = []
    if waiting.is_first:
        found.append((_("Erste Auszahlung"), WAITING))
    if waiting.account_changed:
        found.append((_("Neue Bankverbindung"), TROUBLE))
    if waiting.iban_last4 is None:
        found.append((_("Ohne Bankverbindung: Überweisung von Hand"), TROUBLE))
    if waiting.tax_case_changed:
        found.append((_("Anderer Steuerfall als zuletzt"), WAITING))
    if waiting.turnover_year is not None:
        found.append((_("Umsatz %(year)s nicht beantwortet", year=waiting.turnover_year), TROUBLE))
    found += [
        (_("Schuldet %(amount)s (%(case)s)", amount=money(-debt.net_cents), case=_(TAX_CASES[debt.tax_case])), TROUBLE)
        for debt in waiting.debts
    ]
    if waiting.above_limit:
        found.append((_("Über der Grenze"), WAITING))
        if waiting.rule_is_off:
            found.append((_("Vier-Augen-Prinzip ist aus"), TROUBLE))
    return found


REASONS = {
    NotDue.NOT_PAID: N_("Kunde hat noch nicht bezahlt"),
    NotDue.NOT_CONFIRMED: N_("Wartet auf die Bestätigung durch eine zweite Person"),
    NotDue.PROVISIONAL: N_("Vorläufig, Rechnung fehlt"),
    NotDue.SALE_HELD: N_("Verkauf angehalten"),
    NotDue.SALE_BLOCKED: N_("Rechnung storniert, Ersatz möglich"),
    NotDue.HOLD: N_("Stornofrist"),
    NotDue.AFTER_CUT_OFF: N_("Nach dem Stichtag"),
    NotDue.PARTNER_STOPPED: N_("Partner angehalten"),
    NotDue.NO_DOCUMENT: N_("Beleg nicht möglich"),
    NotDue.CLAWBACK_LIMIT: N_("Rückforderung über der Grenze"),
    NotDue.BELOW_MINIMUM: N_("Unter der Mindestauszahlung"),
    NotDue.NOT_ABOVE_ZERO: N_("Saldo nicht über null"),
    NotDue.NO_BANK_DETAILS: N_("Keine Bankverbindung"),
    NotDue.BANK_DETAILS_NOT_CONFIRMED: N_("Bankverbindung wartet auf eine zweite Person"),
}


_ENDED_ATTEMPTS = {
    "refused": (N_("abgelehnt"), STOPPED),
    "withdrawn": (N_("zurückgenommen"), STOPPED),
    "paid": (N_("angekommen"), DONE),
    "returned": (N_("kam ebenfalls zurück"), TROUBLE),
    "cancelled": (N_("hat sich erledigt"), STOPPED),
}


def attempt(one: FurtherAttempt) -> tuple[str, str]:
    """How far a further transfer is, and its tone."""
    if one.ended_how is not None:
        word, tone = _ENDED_ATTEMPTS[one.ended_how]
        return _(word), tone
    if one.confirmed_at is None:
        return _("wartet auf eine zweite Person"), WAITING
    return _("wird überwiesen"), MOVING
