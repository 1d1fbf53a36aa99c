"""Statements (Abrechnungen): what a partner was paid for, per payout and for a partner over a time.

The lines are those of the ledger; the document of record stays the credit note in lexoffice.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from ledger.commissions.explanations import explained_by
from ledger.csv_writing import Cents, csv_lines
from ledger.database import TenantTransaction
from ledger.money import euro
from ledger.plain_text import code_of
from ledger.reasons import InWords
from ledger.refusals import NotAcceptable, NotFound
from ledger.tax.own_document_rules import rule_of_case
from ledger.types import Frozen, PayoutId, PayoutNumber, PayoutState, TaxCase

SECONDS = 15.0
MOST_DAYS = 366 * 2

KINDS = {
    "sale": "Provision",
    "clawback": "Rückbelastung",
    "reissue": "Provision erneut",
    "correction": "Korrektur",
    "month_close": "Monatsabschluss",
}
STATES = {
    PayoutState.AWAITING_APPROVAL: "wartet auf Freigabe",
    PayoutState.APPROVED: "freigegeben",
    PayoutState.REJECTED: "abgelehnt",
    PayoutState.OUTCOME_UNKNOWN: "in Klärung",
    PayoutState.CREDIT_NOTE_OPEN: "Beleg erstellt",
    PayoutState.PAID: "ausgezahlt",
    PayoutState.RETURNED: "Rückläufer",
    PayoutState.CANCELLED: "storniert",
    PayoutState.SETTLED_MANUALLY: "von Hand erledigt",
}


CAUSES = {
    "provider_refund": "Über den Zahlungsanbieter erstattet",
    "dispute_lost": "Nach Zahlungsstreit zurückgebucht",
    "credit_note": "Rechnung durch eine Gutschrift gemindert",
    "invoice_voided": "Rechnung storniert",
    "not_paid": "Rechnung nicht durch Zahlung beglichen",
    "base_lowered": "Rechnung niedriger als zuvor",
}


class StatementLine(Frozen):
    """One commission. Amounts are cents, net; `rule` says how it came about."""

    service_date: date
    sale: str
    campaign: str | None
    level: int | None
    kind: str
    base_cents: int
    percent: Decimal
    fixed_cents: int
    net_cents: int
    words: str | None = None
    """How it was computed, where that is stored with it."""
    planned_cents: int | None = None
    """By the plan, before any refund."""
    cause: str | None = None
    cause_document: str | None = None

    @property
    def rule(self) -> str:
        """In full: of a claw-back its cause and document, of a sale its calculation and what refunds left of it."""
        if self.kind == "clawback" and self.cause:
            return CAUSES.get(self.cause, self.cause) + (f" ({self.cause_document})" if self.cause_document else "")
        if self.words is None:
            return self.rate
        left = self.kind == "sale" and self.planned_cents not in (None, self.net_cents)
        return self.words + (f"; nach Erstattungen {euro(self.net_cents)}" if left else "")

    @property
    def rate(self) -> str:
        """The plan's, in short."""
        parts = []
        if self.percent:
            parts.append(f"{self.percent.normalize():f} %".replace(".", ","))
        if self.fixed_cents:
            parts.append(f"{Decimal(self.fixed_cents) / 100:.2f} € fest".replace(".", ","))
        return " + ".join(parts) or "–"

    @property
    def is_plain_rate(self) -> bool:
        """Whether base and rate alone give the amount: no tier, cap or refund, no claw-back, no close of a month."""
        exact = (self.base_cents * self.percent / 100).quantize(Decimal(1), ROUND_HALF_UP) + self.fixed_cents
        return self.kind == "sale" and exact == self.net_cents


class PayoutStatement(Frozen):
    """A payout with what it was paid for, as its partner may see it. Cents."""

    id: PayoutId
    number: PayoutNumber
    state: PayoutState
    tax_case: TaxCase
    partner_code: str
    partner_name: str
    partner_address: tuple[str, ...]
    tenant_name: str
    tenant_address: tuple[str, ...]
    credit_note_number: str | None
    created_on: date
    period_from: date
    period_to: date
    net_cents: int
    tax_rate: Decimal
    tax_cents: int
    gross_cents: int
    set_off_cents: int
    """What of it is not transferred, but set off against claims."""
    paid_on: date | None
    payment_reference: str | None
    lines: tuple[StatementLine, ...]

    @property
    def totals(self) -> tuple[tuple[str, int], ...]:
        """Below net and VAT, in the words of the document: the last is what is transferred."""
        if not self.set_off_cents:
            return (("Auszahlungsbetrag", self.gross_cents),)
        return (
            ("Gesamtbetrag", self.gross_cents),
            ("Verrechnet", -self.set_off_cents),
            ("Auszahlungsbetrag", self.gross_cents - self.set_off_cents),
        )

    @property
    def title(self) -> str:
        """Of its document: to a private person it is never a Gutschrift (§ 14c UStG)."""
        return rule_of_case(self.tax_case).title


class PartnerStatement(Frozen):
    """What a partner was paid, from day to day (both included), by the day the payout was made.

    `by_payment`: by the day on which the money came, and nothing else: what counts as income of a year (§ 11 EStG). [K]
    """

    partner_code: str
    partner_name: str
    partner_address: tuple[str, ...]
    tenant_name: str
    tenant_address: tuple[str, ...]
    first_day: date
    last_day: date
    payouts: tuple[PayoutStatement, ...]
    by_payment: bool = False

    @property
    def paid_cents(self) -> int:
        """Gross, of what has reached the partner; the rest is on its way or came back."""
        return sum(payout.gross_cents for payout in self.payouts if payout.state is PayoutState.PAID)


async def of_payout(tx: TenantTransaction, number: str, *, in_words: InWords) -> PayoutStatement:
    """The statement of a payout: its lines, and how each was calculated. Raises NotFound."""
    rows = await tx.fetch(_PAYOUTS + " AND p.number = $2", tx.tenant.id, number)
    if not rows:
        raise NotFound("payout_not_found")
    return _payout(rows[0], await _lines(tx, rows[0]["id"], in_words))


async def of_partner(
    tx: TenantTransaction, code: str, first_day: date, last_day: date, *, in_words: InWords
) -> PartnerStatement:
    """The statement of a partner over some days.

    Raises NotFound, NotAcceptable for days in the wrong order or more than two years apart.
    """
    return await _of_partner(
        tx,
        _Asked(code, first_day, last_day),
        """
          AND (p.created_at AT TIME ZONE 'Europe/Berlin')::date BETWEEN $3 AND $4
          AND p.state NOT IN ('rejected', 'cancelled')
        ORDER BY p.seq
        """,
        in_words=in_words,
    )


async def of_year(tx: TenantTransaction, code: str, year: int, *, in_words: InWords) -> PartnerStatement:
    """All that a partner was paid in a year, by the day of payment. Raises NotFound."""
    found = await _of_partner(
        tx,
        _Asked(code, date(year, 1, 1), date(year, 12, 31)),
        " AND p.paid_on BETWEEN $3 AND $4 AND p.state IN ('paid', 'settled_manually') ORDER BY p.paid_on, p.seq",
        in_words=in_words,
    )
    return found.model_copy(update={"by_payment": True})


class _Asked(NamedTuple):
    code: str
    first_day: date
    last_day: date


async def _of_partner(tx: TenantTransaction, asked: _Asked, which: str, *, in_words: InWords) -> PartnerStatement:
    code, first_day, last_day = asked
    if last_day < first_day or (last_day - first_day).days > MOST_DAYS:
        raise NotAcceptable("period_not_acceptable")
    code = code_of(code)
    partner = await tx.fetchrow(_WHO + " AND q.code = $2", tx.tenant.id, code)
    if partner is None:
        raise NotFound("partner_not_found")
    rows = await tx.fetch(
        _PAYOUTS + " AND q.code = $2" + which,
        tx.tenant.id,
        code,
        first_day,
        last_day,
        timeout=SECONDS,
    )
    return PartnerStatement(
        partner_code=code,
        partner_name=partner["partner_name"],
        partner_address=_address(partner, "partner"),
        tenant_name=partner["tenant_name"],
        tenant_address=_address(partner, "tenant"),
        first_day=first_day,
        last_day=last_day,
        payouts=tuple([_payout(row, await _lines(tx, row["id"], in_words)) for row in rows]),
    )


def payout_csv(statement: PayoutStatement) -> bytes:
    """Line by line; the sums below are those of the payout."""
    return csv_lines([_HEADER, *_rows(statement), *_sums(statement)], first=True)


async def partner_csv(statement: PartnerStatement) -> AsyncIterator[bytes]:
    """The statement as CSV, piece by piece: the header, then each payout's lines and sums. By payment each row begins
    with its day."""
    if not statement.by_payment:
        yield csv_lines([_HEADER], first=True)
        for payout in statement.payouts:
            yield csv_lines([*_rows(payout), *_sums(payout)])
        return
    yield csv_lines([("Bezahlt am", *_HEADER)], first=True)
    for payout in statement.payouts:
        yield csv_lines([(payout.paid_on, *row) for row in (*_rows(payout), *_sums(payout))])
    of_year = [
        (f"Im Jahr {statement.first_day.year} {word}", sum(getattr(payout, name) for payout in statement.payouts))
        for word, name in (("netto", "net_cents"), ("USt", "tax_cents"), ("zugeflossen", "gross_cents"))
    ]
    yield csv_lines([(None, None, None, None, word, *[None] * 5, Cents(cents)) for word, cents in of_year])


_HEADER = (
    "Auszahlung", "Beleg", "Leistungstag", "Verkauf", "Kampagne", "Stufe", "Art", "Basis netto", "Berechnung", "Netto",
)  # fmt: skip


def _rows(statement: PayoutStatement) -> Iterator[tuple[Any, ...]]:
    for line in statement.lines:
        yield (
            statement.number,
            statement.credit_note_number,
            line.service_date,
            line.sale,
            line.campaign,
            line.level,
            KINDS.get(line.kind, line.kind),
            Cents(line.base_cents),
            line.rule,
            Cents(line.net_cents),
        )


def _sums(statement: PayoutStatement) -> Iterator[tuple[Any, ...]]:
    for word, cents in (
        ("Summe netto", statement.net_cents),
        (f"USt {statement.tax_rate.normalize():f} %".replace(".", ","), statement.tax_cents),
        *statement.totals,
    ):
        yield (statement.number, statement.credit_note_number, None, word, *[None] * 5, Cents(cents))


_WHO = """
    SELECT q.code AS partner_code, q.name AS partner_name, q.supplement AS partner_supplement,
           q.street AS partner_street, q.zip AS partner_zip, q.city AS partner_city,
           t.name AS tenant_name, NULL AS tenant_supplement, t.street AS tenant_street, t.zip AS tenant_zip,
           t.city AS tenant_city
      FROM partners q JOIN tenants t ON t.id = q.tenant_id
     WHERE q.tenant_id = $1
"""

_PAYOUTS = """
    SELECT p.id, p.number, p.state, p.tax_case,
           (p.created_at AT TIME ZONE 'Europe/Berlin')::date AS created_on, p.period_from,
           p.period_to, p.net_cents, p.tax_rate, p.paid_on, p.payment_reference,
           -- The document wins a cent of VAT, and the bank pays its gross (rules.md, Money).
           CASE WHEN d.net_cents = p.net_cents AND abs(d.tax_cents - p.tax_cents) <= 1
                THEN d.tax_cents ELSE p.tax_cents END AS tax_cents,
           CASE WHEN d.net_cents = p.net_cents AND abs(d.tax_cents - p.tax_cents) <= 1
                THEN d.gross_cents ELSE p.gross_cents END AS gross_cents,
           p.set_off_cents,
           -- The voucher of a document of our own is the tenant's business; the partner sees what is out.
           CASE WHEN p.strategy = 'own_document' THEN o.number ELSE d.voucher_number END AS credit_note_number,
           q.code AS partner_code, q.name AS partner_name, q.supplement AS partner_supplement,
           q.street AS partner_street, q.zip AS partner_zip, q.city AS partner_city,
           t.name AS tenant_name, NULL AS tenant_supplement, t.street AS tenant_street, t.zip AS tenant_zip,
           t.city AS tenant_city
      FROM payouts p
      JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
      JOIN tenants t ON t.id = p.tenant_id
      LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id AND d.detached_at IS NULL
      LEFT JOIN own_documents o ON o.tenant_id = p.tenant_id AND o.payout_id = p.id AND o.handed_out_at IS NOT NULL
            AND o.kind IN ('self_billed', 'commission_statement')
     WHERE p.tenant_id = $1
"""


async def _lines(tx: TenantTransaction, payout: PayoutId, in_words: InWords) -> list[StatementLine]:
    rows = await tx.fetch(
        """
        SELECT c.service_date, k.name AS campaign, c.level, c.kind, c.base_cents, c.percent, c.fixed_cents, l.net_cents,
               c.calculation, (c.calculation->>'net_cents')::bigint AS planned_cents,
               c.cause, c.cause_document,
               COALESCE('Monat ' || to_char(c.month, 'MM/YYYY'), t.order_reference, d.voucher_number,
                        t.checkout_session, c.transaction_id::text, '–') AS sale
          FROM payout_lines l
          JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          LEFT JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
          LEFT JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = COALESCE(c.campaign_id, t.campaign_id)
          LEFT JOIN external_documents d
                 ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id AND d.detached_at IS NULL
         WHERE l.tenant_id = $1 AND l.payout_id = $2
           -- A cancelled payout has released all its lines; it still tells what it was made of.
           -- Lines that had been taken out before are not of it: its amounts are without them.
           AND (l.released_at IS NULL
                OR p.state IN ('cancelled', 'rejected')
                   AND l.released_at = (SELECT max(x.released_at) FROM payout_lines x
                                         WHERE x.tenant_id = p.tenant_id AND x.payout_id = p.id))
         ORDER BY c.service_date, l.position
        """,
        tx.tenant.id,
        payout,
        timeout=SECONDS,
    )
    return [_line(row, in_words) for row in rows]


def _line(row: Any, in_words: InWords) -> StatementLine:
    members = {name: value for name, value in row.items() if name != "calculation"}
    why = explained_by(row["calculation"]) if row["calculation"] else None
    return StatementLine(**members, words=in_words(why) if why else None)


def _payout(row: Any, lines: list[StatementLine]) -> PayoutStatement:
    own = ("partner_address", "tenant_address", "lines")
    return PayoutStatement(
        **{name: row[name] for name in PayoutStatement.model_fields if name not in own},
        partner_address=_address(row, "partner"),
        tenant_address=_address(row, "tenant"),
        lines=tuple(lines),
    )


def _address(row: Any, whose: str) -> tuple[str, ...]:
    town = " ".join(part for part in (row[f"{whose}_zip"], row[f"{whose}_city"]) if part)
    return tuple(line for line in (row[f"{whose}_supplement"], row[f"{whose}_street"], town) if line)
