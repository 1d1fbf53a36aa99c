"""The VAT of one document as EN 16931 says it: category, rate, and why nothing is charged. BT numbers are its terms."""

from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from ledger.types import Frozen


class VatCategory(StrEnum):
    """BT-118 and BT-151 (UNTDID 5305)."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"


class Vat(Frozen):
    """The one tax case of a document: category and rate in percent; why nothing is charged, in words and as a code."""

    category: VatCategory
    rate: Decimal
    reason: str | None = None
    """BT-120, German; printed on the document."""
    reason_english: str | None = None
    code: str | None = None
    """BT-121 (VATEX). There is none for § 19 UStG."""

    @model_validator(mode="after")
    def _pair(self) -> Self:
        # No published rule set compares code and category, so it is done here.
        charged = self.category is VatCategory.STANDARD
        if charged != (self.rate > 0) or charged != (self.reason is None):
            raise ValueError("vat_reason_and_rate_disagree")
        if (self.code == "VATEX-EU-AE") != (self.category is VatCategory.REVERSE_CHARGE):
            raise ValueError("vat_code_and_category_disagree")
        return self
