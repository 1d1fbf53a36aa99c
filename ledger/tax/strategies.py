"""Who writes the document of a tax case (rules.md, The document): the books, we, or nobody; and where it is booked.

A payout keeps the strategy and the books that it was made with.
"""

from collections.abc import Mapping
from datetime import date

from ledger.audit import audit
from ledger.books import NO_BOOKS, books_named
from ledger.connections import running_workers
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable, NotFound
from ledger.tax.document_rules import RULES, BlockedBy, DocumentRule, PartnerFacts, TenantFacts, document_rule
from ledger.tax.own_document_rules import OwnDocumentRule, own_document_rule, rule_of_case
from ledger.types import DocumentStrategy, TaxCase

Strategies = Mapping[TaxCase, DocumentStrategy]
AnyRule = DocumentRule | OwnDocumentRule

DEFAULTS: Strategies = {
    TaxCase.REGULAR: DocumentStrategy.LEXOFFICE_CREDIT_NOTE,
    TaxCase.SMALL_BUSINESS: DocumentStrategy.LEXOFFICE_CREDIT_NOTE,
    TaxCase.PRIVATE: DocumentStrategy.LEXOFFICE_CREDIT_NOTE,
    TaxCase.EU_BUSINESS: DocumentStrategy.BLOCKED,
    TaxCase.THIRD_COUNTRY: DocumentStrategy.BLOCKED,
    TaxCase.SMALL_BUSINESS_EU: DocumentStrategy.BLOCKED,
}


async def strategies(tx: TenantTransaction) -> Strategies:
    """Of every tax case; what nobody has chosen is as it was before there was a choice."""
    rows = await tx.fetch("SELECT tax_case, strategy FROM document_strategies WHERE tenant_id = $1", tx.tenant.id)
    chosen = {TaxCase(row["tax_case"]): DocumentStrategy(row["strategy"]) for row in rows}
    return {case: chosen.get(case, default) for case, default in DEFAULTS.items()}


async def get_books(tx: TenantTransaction) -> str:
    """Where this tenant's documents are booked. Raises NotFound."""
    found = await tx.fetchval("SELECT books FROM tenants WHERE id = $1", tx.tenant.id)
    if found is None:
        raise NotFound("tenant_not_found")
    return str(found)


async def set_strategy(tx: TenantTransaction, case: TaxCase, strategy: DocumentStrategy, *, by: str) -> None:
    """For payouts that are made from now on. Raises NotAcceptable."""
    await choose(tx, {case: strategy}, books=None, by=by)


async def choose(tx: TenantTransaction, wanted: Strategies, *, books: str | None, by: str) -> Strategies:
    """Strategies of these cases and, where it is named, the books, together; for payouts that are made from now on.

    Raises NotAcceptable: a credit note of the books needs books, and a case that they know. NotAllowedNow: documents of
    our own, or other books, are switched on while a worker runs that does not know them. Holds the tenant's row.
    """
    held = await tx.fetchval("SELECT books FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tx.tenant.id)
    if held is None:
        raise NotFound("tenant_not_found")
    before, books = await strategies(tx), books or held
    after = {**before, **wanted}
    for case, strategy in after.items():
        if strategy is DocumentStrategy.LEXOFFICE_CREDIT_NOTE and case not in RULES:
            raise NotAcceptable("needs_own_document")
        if strategy is DocumentStrategy.LEXOFFICE_CREDIT_NOTE and not books_named(books).takes_credit_notes:
            raise NotAcceptable("credit_note_needs_books")
    changed = {case: strategy for case, strategy in after.items() if strategy is not before[case]}
    if DocumentStrategy.OWN_DOCUMENT in changed.values():
        await running_workers.require_all_to_read(tx, running_workers.OWN_DOCUMENTS)
    if books != held:
        await running_workers.require_all_to_read(tx, books_named(books).formula)
    for case, strategy in changed.items():
        await tx.execute(
            """
            INSERT INTO document_strategies (tenant_id, tax_case, strategy, changed_by) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id, tax_case) DO UPDATE SET strategy = $3, changed_by = $4, changed_at = now()
            """,
            tx.tenant.id,
            case,
            strategy,
            by,
        )
    await tx.execute("UPDATE tenants SET books = $2 WHERE id = $1 AND books <> $2", tx.tenant.id, books)
    told = {str(case): [str(before[case]), str(strategy)] for case, strategy in changed.items()}
    if held != books:
        told["books"] = [held, str(books)]
    if told:
        await audit.record(
            tx,
            actor=by,
            action="documents.strategy_changed",
            subject="tenant",
            subject_id=str(tx.tenant.id),
            detail=told,
        )
    return after


def document_for(partner: PartnerFacts, tenant: TenantFacts, day: date, chosen: Strategies) -> AnyRule | BlockedBy:
    """What document this partner gets for a service on this day by the tenant's choice, or why none."""
    strategy = DocumentStrategy.BLOCKED if partner.status is None else chosen[TaxCase(partner.status)]
    return rule_by(strategy, partner, tenant, day)


def rule_by(strategy: DocumentStrategy, partner: PartnerFacts, tenant: TenantFacts, day: date) -> AnyRule | BlockedBy:
    """The same by one strategy: that of a payout, which keeps its own."""
    if strategy is DocumentStrategy.OWN_DOCUMENT:
        if tenant.books != NO_BOOKS and not books_named(tenant.books).takes_vouchers:
            return BlockedBy.of("own_document_not_in_these_books", books=tenant.books)
        return own_document_rule(partner, tenant, day)
    if strategy is DocumentStrategy.LEXOFFICE_CREDIT_NOTE and not books_named(tenant.books).takes_credit_notes:
        return BlockedBy(code="credit_note_needs_books")
    rule = document_rule(partner, tenant, day)
    if strategy is DocumentStrategy.BLOCKED and isinstance(rule, DocumentRule):
        return BlockedBy(code="tax_case_blocked")
    return rule


def rule_kept(case: TaxCase, chosen: Strategies) -> AnyRule:
    """Of what keeps its tax case whatever its partner has become (a claw-back): nothing in it is of the partner."""
    if case in RULES and chosen[case] is not DocumentStrategy.OWN_DOCUMENT:
        return RULES[case]
    return rule_of_case(case)
