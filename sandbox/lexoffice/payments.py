"""`GET /v1/payments/{voucherId}` (§5): what was paid, and never by which reference."""

from __future__ import annotations

from typing import Any

from . import documents, vouchers
from .call import Call
from .clock import wire
from .errors import Answer, RegularRefusal, json_answer
from .sales import as_read
from .voucher import SETTLED, Voucher


async def get(call: Call) -> Answer:
    voucher = vouchers.load(call.office.store, call.params["id"])
    if voucher is not None and voucher.organization_id == call.organization.organization_id:
        return _of_voucher(voucher)
    document = as_read(call, documents.find(call.office.store, call.organization, call.params["id"]))
    if document.status == "draft" or document.tied_to_invoice:
        raise RegularRefusal(406, "No payment information for this voucher/voucher type")
    open_amount = float(document.open_amount)
    answer: dict[str, Any] = {
        "openAmount": f"{document.open_amount:.2f}" if call.organization.open_amount_as_string else open_amount,
        "currency": document.currency,
        "paymentStatus": "openRevenue" if document.status == "open" else "balanced",
        "voucherType": document.kind.voucher_type,
        "voucherStatus": document.status_word(call.organization.credit_note_paid_word),
    }
    if document.status == "paid" and document.settled_at is not None:
        answer["paidDate"] = wire(document.settled_at)
    answer["paymentItems"] = [
        {
            "paymentItemType": payment.type,
            "postingDate": wire(payment.posting_date),
            "amount": float(payment.amount),
            "currency": document.currency,
        }
        for payment in document.payments
    ]
    return json_answer(200, answer)


def _of_voucher(voucher: Voucher) -> Answer:
    """Purchases say `openExpense`; one that nobody has checked has no payments yet."""
    if voucher.status in ("blank", "unchecked"):
        raise RegularRefusal(406, "No payment information for this voucher/voucher type")
    answer: dict[str, Any] = {
        "openAmount": float(voucher.open_amount),
        "currency": "EUR",
        "paymentStatus": "balanced" if voucher.status in SETTLED else "openExpense",
        "voucherType": voucher.type,
        "voucherStatus": voucher.status,
    }
    if voucher.settled_at is not None:
        answer["paidDate"] = wire(voucher.settled_at)
    answer["paymentItems"] = [
        {
            "paymentItemType": payment.type,
            "postingDate": wire(payment.posting_date),
            "amount": float(payment.amount),
            "currency": "EUR",
        }
        for payment in voucher.payments
    ]
    return json_answer(200, answer)
