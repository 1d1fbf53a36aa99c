"""The purchase voucher of a document of ours, as it is sent to lexoffice (rules.md, strategy B, „booked as")."""

import calendar
from datetime import date
from decimal import Decimal

from activities.books.lexoffice.voucher_content import VoucherContent
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import Intent, NewIntent
from ledger.documents.own import issuing, posting_rules
from ledger.documents.own.content import OwnDocument, OwnDocumentKind
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.documents.own.posting import PostingCase
from ledger.documents.own.posting_rules import Posting
from ledger.payouts.payouts import Payout
from ledger.types import LEXOFFICE, DecisionId, Frozen, PartnerId, TaxCase

_NO_TAX = Decimal(0)


class VoucherFor(Frozen):
    """Whose document is booked, and as what. `payout` is None for what takes back: a Storno or a correction."""

    partner: PartnerId
    tax_case: TaxCase
    payout: Payout | None = None
    counts_in: date | None = None
    """The month whose tax what takes back changes, where that is not the original's (§ 17 UStG, an objection)."""


async def write_voucher(
    tx: TenantTransaction, document: OwnDocumentRow, about: VoucherFor, *, booked_on: date | None = None
) -> VoucherContent:
    """The voucher for an issued document; `booked_on` is the day that a person chose for a closed period.

    Raises NotAllowedNow: no category, § 13b not confirmed, nothing connected.
    """
    where = await posting_rules.posting_of(tx, about.tax_case)
    tenant_pays_no_tax = bool((await connections.get(tx, LEXOFFICE)).small_business)
    return _written(
        document,
        await issuing.get_content(tx, document.id),
        about,
        where,
        booked_on=booked_on,
        tenant_is_small=tenant_pays_no_tax,
    )


async def open_booking(
    tx: TenantTransaction,
    document: OwnDocumentRow,
    about: VoucherFor,
    *,
    booked_on: date | None = None,
    decision: DecisionId | None = None,
) -> Intent:
    """Commit to booking the document: one intent, which alone permits the POST. The payout, if any, is locked.

    `decision`: of whoever has it booked once more. Raises what write_voucher raises.
    """
    where = await posting_rules.posting_of(tx, about.tax_case)
    content = await write_voucher(tx, document, about, booked_on=booked_on)
    return await intents.open_intent(
        tx,
        NewIntent(
            kind=content.kind,
            marker=intents.new_marker(document.number),
            organization_id=where.organization_id,
            content=content.model_dump(mode="json"),
            content_hash=about.payout.content_hash if about.payout else "",
            net_cents=content.net_cents,
            gross_cents=content.gross_cents,
            payout_id=about.payout.id if about.payout else None,
            own_document_id=document.id,
            decision_id=decision,
        ),
    )


def _written(
    document: OwnDocumentRow,
    content: OwnDocument,
    about: VoucherFor,
    where: Posting,
    *,
    booked_on: date | None,
    tenant_is_small: bool,
) -> VoucherContent:
    takes_back = document.kind in (OwnDocumentKind.REVERSAL, OwnDocumentKind.CORRECTION)
    net, tax, rate = abs(document.net_cents), abs(document.tax_cents), content.vat.rate
    if where.case.is_reverse_charge:
        # The category works the tax out; the line carries none.
        tax_type, cents = "net", net
    elif tenant_is_small:
        # An account of a Kleinunternehmer takes 0 % only: what is on the document is the cost.
        tax_type, cents, tax, rate = "gross", net + tax, 0, _NO_TAX
    elif rate:
        tax_type, cents = "net", net
    else:
        tax_type, cents = "vatfree", net
    return VoucherContent.model_validate(
        {
            "type": "purchasecreditnote" if takes_back else "purchaseinvoice",
            "number": document.number,
            "voucher_date": booked_on or _day(document, content, where.case, about.counts_in),
            "tax_type": tax_type,
            "cents": cents,
            "tax_cents": tax,
            "rate": rate,
            "category_id": where.category_id,
            "remark": _remark(content, about.payout),
            "partner": about.partner,
        }
    )


def _day(document: OwnDocumentRow, content: OwnDocument, case: PostingCase, counts_in: date | None) -> date:
    """§ 13b (EU): the last day of the month of the service, which is when the tax arises (§ 13b Abs. 1 UStG), or of
    the month in which it changes."""
    if case is not PostingCase.REVERSE_CHARGE_EU:
        return document.issued_on
    month = counts_in or content.period_to
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _remark(content: OwnDocument, payout: Payout | None) -> str:
    words = [content.title if content.original else f"{content.title} {content.number}"]
    if payout is not None:
        words.append(f"Auszahlung {payout.number}")
    return ", ".join(words)
