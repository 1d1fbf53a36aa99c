"""What an approver is told about the document that a payout will get: its tax case, who writes it, what it costs."""

from ledger.database import TenantTransaction
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.tax import turnovers
from ledger.tax.own_document_rules import BookedAs, is_reverse_charge, reverse_charge_tax_cents, rule_of_case
from ledger.tax.tax_facts import tenant_facts
from ledger.types import Books, DocumentStrategy, Frozen, TaxCase


class DocumentOutlook(Frozen):
    """`booked_as`: the category of the books that takes it; None where nothing is booked by a voucher of ours."""

    tax_case: TaxCase
    strategy: DocumentStrategy
    books: Books
    title: str
    booked_as: BookedAs | None
    reverse_charge_cents: int | None
    """The tax that the tenant owes of it (§ 13b UStG); None: none."""
    to_be_declared: bool
    """The tenant is a small business, deducts nothing and has to declare this tax all the same."""
    warnings: tuple[Reason, ...]


async def outlook(tx: TenantTransaction, payout: Payout) -> DocumentOutlook:
    """What is said before the approval. Raises NotFound."""
    facts = await tenant_facts(tx, payout.books)
    rule = rule_of_case(payout.tax_case)
    is_own = payout.strategy is DocumentStrategy.OWN_DOCUMENT
    owed = reverse_charge_tax_cents(payout.net_cents) if is_reverse_charge(payout.tax_case) else None
    return DocumentOutlook(
        tax_case=payout.tax_case,
        strategy=payout.strategy,
        books=payout.books,
        title=rule.title,
        booked_as=rule.booked_as if is_own and payout.books is Books.LEXOFFICE else None,
        reverse_charge_cents=owed,
        to_be_declared=owed is not None and bool(facts.small_business),
        warnings=() if is_own else await _warnings(tx, payout),
    )


async def _warnings(tx: TenantTransaction, payout: Payout) -> tuple[Reason, ...]:
    if payout.tax_case is not TaxCase.REGULAR or payout.gross_cents <= turnovers.SMALL_AMOUNT_CENTS:
        return ()
    year = turnovers.question([payout.period_to], await turnovers.turnovers(tx))
    return () if year is None else (Reason.of("turnover_unanswered", year=year),)
