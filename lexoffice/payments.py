"""What has been paid on a document (lexoffice API, Payments endpoint). Payments can be read, not written."""

from lexoffice.answers import Fetched
from lexoffice.wire import Amount, Several, Time, Wire, whole_cents


class PaymentItem(Wire):
    """One payment or write-off. It names neither payer nor bank transaction.

    `type` is manualPayment, partPaymentFinancialTransaction, partPaymentCashBox, partPaymentCreditNote,
    cashDiscount, dunningCosts, currencyConversion, irrecoverableReceivable, or a later addition.
    """

    payment_item_type: str
    posting_date: Time | None = None
    amount: Amount
    currency: str | None = None

    @property
    def type(self) -> str:
        """What kind of payment it is, in lexoffice's words."""
        return self.payment_item_type

    @property
    def amount_cents(self) -> int:
        """The amount in cents. Raises FractionOfACent."""
        return whole_cents(self.amount)


class Payments(Fetched):
    """The payments of one document.

    `payment_status` `balanced` does not mean paid: a voided document is balanced too, so look at
    `voucher_status`. `voucher_type` tells the kind of a document of which only the id is known.
    """

    open_amount: Amount
    currency: str
    payment_status: str
    voucher_type: str
    voucher_status: str
    paid_date: Time | None = None
    payment_items: Several[PaymentItem] = ()

    @property
    def open_cents(self) -> int:
        """What is still open, in cents, never negative. Raises FractionOfACent."""
        return whole_cents(self.open_amount)
