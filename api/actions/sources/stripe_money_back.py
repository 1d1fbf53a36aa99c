"""What Stripe's objects say of money that went back: refunded charges, refunds that failed, disputes. Pure."""

from api.actions.sources.members import currency, id_of, instant, mail, members, text, units
from api.actions.sources.message import NOT_HANDLED, Ignored
from api.actions.sources.stripe_reading import NO_AMOUNT, NO_PAYMENT_INTENT, NOT_CAPTURED, StripeEvent
from ledger.booking.provider_reports import DisputeReport, RefundReport


def of_refunded_charge(event: StripeEvent) -> RefundReport | Ignored:
    """Of an authorisation captured in part the rest is released: Stripe counts it as refunded, and it never came."""
    charge = event.object
    amount, told = units(charge.get("amount")), units(charge.get("amount_refunded"))
    if amount is None or told is None:
        return NO_AMOUNT
    captured = _captured(charge, amount)
    if captured == 0:
        return NOT_CAPTURED
    released = max(0, amount - captured)
    intent, invoice, id_ = id_of(charge.get("payment_intent")), id_of(charge.get("invoice")), text(charge.get("id"))
    if intent is None and invoice is None and id_ is None:
        return NO_PAYMENT_INTENT
    return RefundReport(
        payment_intent=intent,
        charge=id_,
        provider_invoice=invoice,
        charge_cents=captured,
        # Less than what was released is none of it: it is still to be captured, and this went back of what was.
        refunded_cents=told - released if told >= released else told,
        currency=currency(charge),
        sold_at=instant(charge.get("created")) or event.created,
        as_of=event.created,
        customer_email=mail(members(charge.get("billing_details")).get("email")) or mail(charge.get("receipt_email")),
    )


def of_failed_refund(event: StripeEvent) -> RefundReport | Ignored:
    """A refund that failed or was taken back. One that went through is told by its charge."""
    refund = event.object
    intent, charge, id_ = id_of(refund.get("payment_intent")), id_of(refund.get("charge")), text(refund.get("id"))
    amount = units(refund.get("amount"))
    if refund.get("status") not in ("failed", "canceled"):
        return NOT_HANDLED
    if (intent is None and charge is None) or id_ is None:
        return NO_PAYMENT_INTENT
    if amount is None:
        return NO_AMOUNT
    expanded = members(refund.get("charge"))
    whole = units(expanded.get("amount"))
    return RefundReport(
        payment_intent=intent,
        charge=charge,
        charge_cents=None if whole is None else _captured(expanded, whole) or None,
        refunded_cents=amount,
        currency=currency(refund),
        sold_at=event.created,
        as_of=event.created,
        failed_refund=id_,
    )


_DECIDED = {"lost": "lost", "won": "won", "warning_closed": "won", "prevented": "won"}


def of_dispute(event: StripeEvent) -> DisputeReport | Ignored:
    dispute = event.object
    intent, charge = id_of(dispute.get("payment_intent")), id_of(dispute.get("charge"))
    amount = units(dispute.get("amount"))
    if intent is None and charge is None:
        return NO_PAYMENT_INTENT
    if amount is None:
        return NO_AMOUNT
    told = text(dispute.get("status")) or ""
    # Won on appeal, or given back by the customer's bank: the money is there again.
    reinstated = event.type == "charge.dispute.funds_reinstated"
    closed = event.type == "charge.dispute.closed"
    status = "won" if reinstated else _DECIDED.get(told, "won" if closed else "open")
    expanded = members(dispute.get("charge"))  # an id, unless it is expanded
    whole = units(expanded.get("amount"))
    return DisputeReport.model_validate(
        {
            "payment_intent": intent,
            "charge": charge,
            "dispute": text(dispute.get("id")) or intent or charge,
            "status": status,
            "charge_cents": None if whole is None else _captured(expanded, whole) or None,
            "disputed_cents": amount,
            "currency": currency(dispute),
            "sold_at": event.created,
            "as_of": event.created,
        }
    )


def _captured(charge: dict[str, object], amount: int) -> int:
    """What the customer really paid; all of it where a version of the API does not say."""
    if charge.get("captured") is False:
        return 0
    told = units(charge.get("amount_captured"))
    return amount if told is None else told
