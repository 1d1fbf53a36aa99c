"""The lines of a payout as its document prints them, whoever writes it: what was done and for which sale.

What takes back names the document that it corrects (rules.md, strategy B; § 31 Abs. 5 UStDV). No id of ours is printed.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from ledger.database import TenantTransaction
from ledger.payouts.payout_lines import PayoutLine
from ledger.types import CommissionId, PayoutId

MOST_LINES = 250
"""lexoffice takes 300; above 250 the lines are one per campaign, level and month, the rest is in the statement."""


class DocumentLine(PayoutLine):
    """A line with the numbers by which people outside know its sale, and the document that it corrects."""

    invoice_number: str | None
    order_reference: str | None
    payment_reference: str | None
    corrects: str | None
    """Number of the newest document that held what this line takes from; None: nothing is taken, or there is none."""

    @property
    def takes_back(self) -> bool:
        """Whether it is a correction of something that was documented before."""
        return self.net_cents < 0


class LineText(NamedTuple):
    """One printed line. Cents, net."""

    title: str
    note: str | None
    net_cents: int


_OF_PAYOUT = """
    SELECT m.*, p.seq AS before FROM payout_lines m JOIN payouts p ON p.tenant_id = m.tenant_id AND p.id = m.payout_id
     WHERE m.tenant_id = $1 AND m.payout_id = $2 AND m.released_at IS NULL
"""
_OF_COMMISSIONS = """
    SELECT tenant_id, id AS commission_id, row_number() OVER (ORDER BY created_at, seq)::integer AS position, net_cents,
           0::numeric AS tax_rate, 0::bigint AS tax_cents, net_cents AS gross_cents, 9223372036854775807 AS before
      FROM commissions WHERE tenant_id = $1 AND id = ANY ($2)
"""


async def of_document(tx: TenantTransaction, payout: PayoutId) -> list[DocumentLine]:
    """The lines of a payout that count, in their order."""
    return await _lines(tx, _OF_PAYOUT, payout)


async def of_commissions(tx: TenantTransaction, commissions: Sequence[CommissionId]) -> list[DocumentLine]:
    """Commissions as lines of a document without a payout, the oldest first; no tax is shared out among them."""
    return await _lines(tx, _OF_COMMISSIONS, list(commissions))


async def _lines(tx: TenantTransaction, source: str, of: PayoutId | list[CommissionId]) -> list[DocumentLine]:
    """`before`: a line corrects what stands in a payout with a lower seq."""
    rows = await tx.fetch(
        f"""
        SELECT l.position, l.commission_id, c.transaction_id::text, k.slug AS campaign, c.month, c.level, c.kind,
               c.service_date, l.net_cents, l.tax_rate, l.tax_cents, l.gross_cents, false AS released,
               i.voucher_number AS invoice_number, t.order_reference,
               COALESCE(t.provider_invoice, t.payment_intent, t.checkout_session) AS payment_reference,
               CASE WHEN l.net_cents < 0 THEN held.number END AS corrects
          FROM ({source}) l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
          LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(t.campaign_id, c.campaign_id)
          LEFT JOIN external_documents i
                 ON i.tenant_id = c.tenant_id AND i.transaction_id = c.transaction_id AND i.detached_at IS NULL
          LEFT JOIN LATERAL (
               -- Of the same sale and level, or of the same month: what one refund or one close takes from.
               SELECT COALESCE(o.number, d.voucher_number) AS number
                 FROM commissions e
                 JOIN payout_lines m ON m.tenant_id = e.tenant_id AND m.commission_id = e.id
                 JOIN payouts q ON q.tenant_id = m.tenant_id AND q.id = m.payout_id
                 LEFT JOIN own_documents o
                        ON o.tenant_id = q.tenant_id AND o.payout_id = q.id AND o.closed_at IS NULL
                       AND o.kind IN ('self_billed', 'commission_statement')
                 LEFT JOIN external_documents d
                        ON d.tenant_id = q.tenant_id AND d.payout_id = q.id AND d.detached_at IS NULL
                WHERE l.net_cents < 0 AND e.tenant_id = c.tenant_id AND e.partner_id = c.partner_id
                  AND CASE WHEN c.month IS NULL THEN e.transaction_id = c.transaction_id AND e.level = c.level
                           ELSE e.month = c.month AND e.campaign_id = c.campaign_id END
                  AND m.released_at IS NULL AND m.net_cents > 0 AND q.seq < l.before
                  AND COALESCE(o.number, d.voucher_number) IS NOT NULL
                ORDER BY q.seq DESC LIMIT 1) held ON true
         ORDER BY l.position
        """,
        tx.tenant.id,
        of,
    )
    return [DocumentLine.from_row(row) for row in rows]


def period_of(lines: Sequence[DocumentLine]) -> tuple[date, date]:
    """First and last day of what the document is for: of its own lines, what it takes back apart."""
    days = [line.service_date for line in lines if not line.takes_back] or [line.service_date for line in lines]
    return min(days), max(days)


def texts_of(lines: Sequence[DocumentLine], *, english: bool = False) -> list[LineText]:
    """What is printed: a line each, or sums where there are very many. `english`: of both languages."""
    if len(lines) <= MOST_LINES:
        return [LineText(_title(line, english), _note(line), line.net_cents) for line in lines]
    return next(found for parts in _GROUPINGS if len(found := _summed(lines, parts, english)) <= MOST_LINES)


def _title(line: DocumentLine, english: bool) -> str:
    return _both(*_names(line), english=english)


def _names(line: PayoutLine) -> tuple[str, str]:
    of_campaign = f", {line.campaign}" if line.campaign else ""
    if line.month is not None:
        return f"Monatsabschluss {line.month:%m.%Y}{of_campaign}", f"Close of month {line.month:%m/%Y}"
    if line.kind == "correction":
        more = ("Zusätzliche Provision", "Additional commission")
        return more if line.net_cents > 0 else ("Korrektur von Provisionen", "Correction of commissions")
    german, english = ("Rückbelastung", "Claw-back") if line.kind == "clawback" else ("Provision", "Commission")
    return f"{german} Stufe {line.level}{of_campaign}", f"{english}, level {line.level}"


def _note(line: DocumentLine) -> str:
    corrected = f"; Korrektur zu Beleg {line.corrects}" if line.corrects else ""
    return _sale(line) + corrected


def _sale(line: DocumentLine) -> str:
    if line.month is not None:
        return f"Staffeln und Höchstbeträge der Provisionen im {line.month:%m.%Y}"
    named = _named(line)
    if line.kind == "correction" and named is None:
        return f"Leistungstag {line.service_date:%d.%m.%Y}"  # written by a person
    return f"Verkauf vom {line.service_date:%d.%m.%Y}" + (f", {named}" if named else "")


def _named(line: DocumentLine) -> str | None:
    """The sale as customer and tenant know it."""
    if line.invoice_number:
        return f"Rechnung {line.invoice_number}"
    if line.order_reference:
        return f"Bestellung {line.order_reference}"
    return f"Zahlung {line.payment_reference}" if line.payment_reference else None


_PARTS: dict[str, Callable[[DocumentLine], str | None]] = {
    "document": lambda line: f"zu Beleg {line.corrects}" if line.corrects else None,
    "campaign": lambda line: line.campaign or "ohne Kampagne",
    "level": lambda line: f"Stufe {line.level}",
    "month": lambda line: f"{line.service_date:%m.%Y}",
}
_GROUPINGS = (
    ("document", "campaign", "level", "month"),
    ("document", "campaign", "level"),
    ("document", "level"),
    ("document",),
    ("level",),
)
"""The first that needs no more than MOST_LINES; there are ten levels."""


def _summed(lines: Sequence[DocumentLine], parts: tuple[str, ...], english: bool) -> list[LineText]:
    """A name and the sum of its lines, in the order in which each name comes first."""
    sums: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: (line.service_date, line.level)):
        # Apart, so that no sum hides what was taken back.
        what = ("Rückbelastungen", "Claw-backs") if line.takes_back else ("Provisionen", "Commissions")
        said = [text for part in parts if (text := _PARTS[part](line))]
        name = ", ".join((_both(*what, english=english), *said))
        sums[name] = sums.get(name, 0) + line.net_cents
    return [LineText(name, None, cents) for name, cents in sums.items()]


def _both(german: str, english_text: str, *, english: bool) -> str:
    return f"{german} / {english_text}" if english else german
