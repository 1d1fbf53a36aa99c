"""What was paid on documents (REST API, Model/DocumentPayment). Unlike in lexoffice they can be written."""

from datetime import date
from typing import Annotated

from pydantic import Field

from easybill.answers import Fetched
from easybill.wire import Cents, DayOrNone, Flag, Id, New, Text, TextOrNone, at_most, render_day
from httpcalls.json_bodies import write_json


class Payment(Fetched):
    """One payment. `amount` is in cents, and negative where it goes to the customer [inf]: look at `cents`."""

    document_id: Id
    amount: Cents
    payment_at: DayOrNone = None
    type: TextOrNone = None
    provider: TextOrNone = None
    reference: TextOrNone = None
    notice: TextOrNone = None
    is_overdue_fee: Flag = False

    @property
    def cents(self) -> int:
        """The amount, never negative."""
        return abs(self.amount)


class NewPayment(New):
    """A payment to record. There is no idempotency key: look for its reference before it is sent again."""

    document_id: Id
    amount_cents: Annotated[int, Field(strict=True, ge=-(10**13), le=10**13)]
    payment_at: date
    type: Annotated[Text, at_most(60)] = ""
    provider: Annotated[Text, at_most(60)] = ""
    reference: Annotated[Text, Field(min_length=1), at_most(140)]
    notice: Annotated[Text, at_most(500)] = ""

    def body(self) -> bytes:
        """The JSON to send."""
        return write_json(
            {
                "document_id": self.document_id,
                "amount": self.amount_cents,
                "payment_at": render_day(self.payment_at),
                "type": self.type,
                "provider": self.provider,
                "reference": self.reference,
                "notice": self.notice,
            }
        )
