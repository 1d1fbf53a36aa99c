"""What waits on pages of its own, as lines with links: shown where somebody looks for what waits."""

from typing import NamedTuple

from api.pages.frame.languages import money, ngettext
from ledger.access.sessions import Person
from ledger.reports.waiting_elsewhere import WaitingElsewhere
from ledger.roles import Permission


class WaitingLine(NamedTuple):
    number: int
    text: str
    address: str | None
    """None for somebody who may not open that page."""


def lines(waiting: WaitingElsewhere, person: Person) -> list[WaitingLine]:
    """What is none is left out."""
    told = [
        (
            waiting.partner_accounts,
            ngettext(
                "Eine neue Bankverbindung eines Partners ist zu bestätigen.",
                "%(n)s neue Bankverbindungen von Partnern sind zu bestätigen.",
                waiting.partner_accounts,
            ),
            "/admin/bankverbindungen",
            Permission.CONFIRM_BANK,
        ),
        (
            waiting.own_accounts,
            ngettext(
                "Ein eigenes Bankkonto ist zu bestätigen.",
                "%(n)s eigene Bankkonten sind zu bestätigen.",
                waiting.own_accounts,
            ),
            "/admin/bankkonten",
            Permission.SEE_BANK,
        ),
        (
            waiting.bank_runs,
            ngettext(
                "Ein Zahlungslauf ist freizugeben.",
                "%(n)s Zahlungsläufe sind freizugeben.",
                waiting.bank_runs,
            ),
            "/admin/zahlungslaeufe",
            Permission.SEE_BANK,
        ),
        (
            waiting.cancellations,
            ngettext(
                "Eine Stornierung eines Zahlungslaufs ist zu bestätigen.",
                "%(n)s Stornierungen von Zahlungsläufen sind zu bestätigen.",
                waiting.cancellations,
            ),
            "/admin/zahlungslaeufe",
            Permission.SEE_BANK,
        ),
        (
            waiting.bookings,
            ngettext(
                "Ein Umsatz der Bank ist nicht zugeordnet (%(sum)s).",
                "%(n)s Umsätze der Bank sind nicht zugeordnet (%(sum)s).",
                waiting.bookings,
                sum=money(waiting.bookings_cents),
            ),
            "/admin/nicht-zugeordnet",
            Permission.SEE_BANK,
        ),
    ]
    return [
        WaitingLine(number, text, address if person.may(needed) else None)
        for number, text, address, needed in told
        if number
    ]
