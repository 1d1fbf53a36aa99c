"""What an approver sees before a document of our own exists: the very document without its number, and its booking."""

from decimal import Decimal

from ledger.books import NO_BOOKS
from ledger.database import TenantTransaction
from ledger.documents.own import posting, posting_rules
from ledger.documents.own.content import OwnDocument, OwnDocumentKind
from ledger.documents.own.posting import PostingCase
from ledger.documents.own.posting_rules import CASES
from ledger.payouts import own_content
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.refusals import Blocked, NotAllowedNow
from ledger.tax.own_document_rules import is_reverse_charge, reverse_charge_tax_cents
from ledger.tax.tax_facts import tenant_facts
from ledger.types import DocumentStrategy, Frozen, PayoutState, TaxCase

NUMBER = "Vorschau"
"""Stands where the number will stand; no circle gives it."""


class Booking(Frozen):
    """What will be booked where. Cents; without books nothing is."""

    books: str
    posting_case: PostingCase | None = None
    category: str | None = None
    """Its name in lexoffice, as an admin chose it."""
    net_cents: int = 0
    tax_cents: int = 0
    rate: Decimal = Decimal(0)
    missing: Reason | None = None
    """Why it cannot be booked yet."""


class Preview(Frozen):
    """The document as it would be issued now; `missing` says what keeps it from being one."""

    tax_case: TaxCase
    kind: OwnDocumentKind | None = None
    sentences: tuple[str, ...] = ()
    """What the law wants said on it, German."""
    net_cents: int = 0
    tax_cents: int = 0
    gross_cents: int = 0
    transfer_cents: int = 0
    """Gross less what is set off."""
    has_xml: bool = False
    must_be_e_invoice: bool = False
    declare_cents: int | None = None
    """§ 13b: the tax that a Kleinunternehmer has to declare and cannot deduct."""
    booking: Booking | None = None
    missing: Reason | None = None


async def find(tx: TenantTransaction, payout: Payout) -> Preview | None:
    """None where there is nothing to preview: the document is lexoffice's, or is issued already."""
    if not _is_ahead(payout):
        return None
    try:
        draft = await own_content.gather(tx, payout)
    except Blocked as blocked:
        return Preview(tax_case=payout.tax_case, missing=Reason(code=blocked.code, params=blocked.params))
    document, facts = draft.document, await tenant_facts(tx)
    reverse = is_reverse_charge(payout.tax_case)
    return Preview(
        tax_case=payout.tax_case,
        kind=document.kind,
        sentences=tuple(one for one in (document.vat.reason, *document.sentences) if one),
        net_cents=document.net_cents,
        tax_cents=document.tax_cents,
        gross_cents=document.gross_cents,
        transfer_cents=document.transfer_cents,
        has_xml=document.has_xml,
        must_be_e_invoice=draft.must_be_e_invoice,
        declare_cents=reverse_charge_tax_cents(document.net_cents) if reverse and facts.small_business else None,
        booking=await _booking(tx, payout, document, tenant_is_small=bool(facts.small_business)),
    )


async def document_of(tx: TenantTransaction, payout: Payout) -> OwnDocument:
    """What will stand on it. Raises NotAllowedNow (nothing to preview), Blocked with what is missing."""
    if not _is_ahead(payout):
        raise NotAllowedNow("nothing_to_preview")
    draft = await own_content.gather(tx, payout)
    return OwnDocument.model_validate(dict(draft.document) | {"number": NUMBER})


def _is_ahead(payout: Payout) -> bool:
    return (
        payout.strategy is DocumentStrategy.OWN_DOCUMENT
        and payout.document_stage is None
        and payout.state in (PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED)
    )


async def _booking(tx: TenantTransaction, payout: Payout, document: OwnDocument, *, tenant_is_small: bool) -> Booking:
    if payout.books == NO_BOOKS:
        return Booking(books=NO_BOOKS)
    case = CASES[payout.tax_case]
    chosen = (await posting.list_mappings(tx)).get(case)
    # As the voucher will have it: who deducts no tax books what is paid; § 13b is worked out by the category.
    tax = 0 if tenant_is_small or case.is_reverse_charge else document.tax_cents
    return Booking(
        books=payout.books,
        posting_case=case,
        category=chosen and chosen.name,
        net_cents=document.net_cents if case.is_reverse_charge else document.gross_cents - tax,
        tax_cents=tax,
        rate=document.vat.rate if tax else Decimal(0),
        missing=await posting_rules.why_not_bookable(tx, payout.tax_case),
    )
