"""What a person does with a purchase voucher in lexoffice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from . import vouchers
from .clock import now
from .desk import NotOffered
from .document import Payment
from .office import Office
from .organizations import Organization
from .voucher import Voucher

_CHANGED = ("voucher.status.changed", "voucher.changed")
_PAID = (*_CHANGED, "payment.changed")


@dataclass(frozen=True)
class VoucherDesk:
    office: Office
    organization: Organization

    def pay(self, voucher: Voucher, amount: Decimal | None = None, reference: str | None = None) -> Voucher:
        """Assign a payment; settled when nothing stays open. A voucher on its way through the bank may be paid too."""
        self._only(voucher, "open", "transferred", "sepadebit")
        left = voucher.open_amount
        amount = left if amount is None else amount
        if not 0 < amount <= left:
            raise NotOffered(f"Der Betrag {amount} passt nicht zum offenen Betrag {left}.")
        item = Payment(type="partPaymentFinancialTransaction", posting_date=now(), amount=amount, reference=reference)
        payments = (*voucher.payments, item)
        if amount < left:
            return self._change(voucher, "voucher.changed", "payment.changed", payments=payments, status="open")
        return self._change(voucher, *_PAID, payments=payments, status=voucher.settled_word, settled_at=now())

    def unpay(self, voucher: Voucher) -> Voucher:
        """Take every payment off again."""
        if not voucher.payments:
            raise NotOffered("Der Beleg hat keine Zahlung.")
        return self._change(voucher, *_PAID, payments=(), status="open", settled_at=None)

    def transfer(self, voucher: Voucher) -> Voucher:
        """Hand it to lexoffice's own banking: money may have left, the bank has not confirmed."""
        self._only(voucher, "open")
        return self._change(voucher, *_CHANGED, status="transferred")

    def void(self, voucher: Voucher) -> Voucher:
        self._only(voucher, "open", "paid", "paidoff", "transferred", "sepadebit", "unchecked")
        return self._change(voucher, *_CHANGED, status="voided", settled_at=None)

    def edit(self, voucher: Voucher, gross: Decimal) -> Voucher:
        """Another total on one line, as a person types it."""
        first = voucher.items[0]
        items = (first.model_copy(update={"amount": gross - voucher.tax}), *voucher.items[1:])
        return self._change(voucher, "voucher.changed", gross=gross, items=items)

    def delete(self, voucher: Voucher) -> None:
        self._only(voucher, "open", "unchecked", "blank", "voided")
        vouchers.remove(self.office, self.organization, voucher)

    def _change(self, voucher: Voucher, *events: str, **update: object) -> Voucher:
        return vouchers.change(self.office, self.organization, voucher, *events, **update)

    def _only(self, voucher: Voucher, *states: str) -> None:
        if voucher.status not in states:
            raise NotOffered(f"Der Beleg {voucher.number} ist {voucher.status}.")
