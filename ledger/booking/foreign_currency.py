"""A payment or an invoice in another currency than the euro: a person is asked for the rate, and then it is booked."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from ledger import clock, plain_text, tasks
from ledger.audit import audit, hands
from ledger.booking.outcome import Outcome
from ledger.database import TenantTransaction
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.sales import foreign_payments
from ledger.sales.foreign_payments import EURO, Rate, ToldPayment
from ledger.types import EventId, EventState, TransactionId, business_day

KIND = "foreign_currency"
SUBJECT = "foreign_payment"


async def rate_or_question(tx: TenantTransaction, told: ToldPayment) -> Rate | Outcome:
    """The rate that a person gave for this payment; else the outcome of what waits for one, and the question."""
    payment, same = await foreign_payments.note(tx, told)
    for other in same:
        await tasks.close_questions(tx, subject=SUBJECT, subject_id=str(other), kinds=(KIND,), by="event")
    if payment.given is not None:
        return payment.given
    if payment.state == "dismissed":
        return Outcome(state=EventState.IGNORED, reason=Reason.of("foreign_payment_dismissed"))
    proposed = await foreign_payments.proposed_rate(tx, payment.currency)
    params: dict[str, Any] = {
        "currency": payment.currency,
        "amount": f"{payment.amount.normalize():f}" if payment.amount % 1 == 0 else f"{payment.amount:.2f}",
        "day": payment.happened_on,
    }
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=KIND,
            subject=SUBJECT,
            subject_id=str(payment.id),
            reason=Reason.of("payment_in_foreign_currency", **params),
            actions=("convert", "done"),
            detail={
                "currency": payment.currency,
                "amount": str(payment.amount),
                "tax": None if payment.tax is None else str(payment.tax),
                "day": payment.happened_on.isoformat(),
                "names": list(payment.names),
                "proposed": proposed.model_dump(mode="json") if proposed else None,
            },
            links={"event_ids": list(payment.events)},
        ),
    )
    return Outcome(state=EventState.WAITING, reason=Reason.of("exchange_rate_awaited", **params))


async def answer(
    tx: TenantTransaction, payment: UUID, *, action: str, detail: dict[str, Any], by: str
) -> tuple[EventId, ...]:
    """`convert` with rate, day and source, or `done`: it is not booked. Returns the events to handle again.

    Raises NotAcceptable.
    """
    given = _given(detail) if action == "convert" else None
    await hands.hold_tenant(tx)
    decided = await foreign_payments.decide(tx, payment, given, by=by)
    await audit.record(
        tx,
        actor=by,
        action="foreign_payment.converted" if given else "foreign_payment.dismissed",
        subject=SUBJECT,
        subject_id=str(payment),
        detail={"currency": decided.currency, "amount": str(decided.amount)}
        | (given.model_dump(mode="json") if given else {}),
    )
    return tuple(EventId(event) for event in decided.events)


async def keep_original(
    tx: TenantTransaction, sale: TransactionId, rate: Rate, *, currency: str, amount: Decimal
) -> None:
    """What the euro amounts of this sale were computed from; the first one stays, an amount may still grow."""
    await tx.execute(
        """
        UPDATE transactions
           SET original_amount = CASE WHEN original_currency IS NULL OR original_currency = $3
                                      THEN greatest(original_amount, $4::numeric) ELSE original_amount END,
               exchange_rate = COALESCE(exchange_rate, $5), rate_day = COALESCE(rate_day, $6),
               rate_source = COALESCE(rate_source, $7), original_currency = COALESCE(original_currency, $3)
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        sale,
        currency,
        amount,
        rate.rate,
        rate.rate_day,
        rate.rate_source,
    )


def is_euro(currency: str) -> bool:
    """However it is written."""
    return currency.upper() == EURO


def _given(detail: dict[str, Any]) -> Rate:
    """As people and programs write it: „1,0823“ or „1.0823“. Raises NotAcceptable."""
    written = plain_text.cleaned(str(detail.get("rate") or "")).replace(",", ".")
    source = plain_text.cleaned(str(detail.get("rate_source") or ""), 200)
    try:
        rate, day = Decimal(written), business_day(str(detail.get("rate_day") or ""))
        given = Rate(rate=rate.quantize(Decimal("0.00000001")), rate_day=day, rate_source=source)
    except (InvalidOperation, ValidationError, ValueError):
        raise NotAcceptable("exchange_rate_missing") from None
    if day > clock.today():
        raise NotAcceptable("exchange_rate_of_the_future")
    return given
