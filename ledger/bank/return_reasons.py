"""Why a bank sends a credit transfer back: the codes of ISO 20022 that German banks use, and which are of the account.

Source: EPC135-18, „Guidance on reason codes for SEPA credit transfer r-transactions", and DK, Anlage 3, as of 2026-11.
[K] To be compared with the annex of the tenant's own bank. A code that is missing here is shown as it is.
"""

from types import MappingProxyType

from ledger.reasons import Reason

AS_OF = "2026-11"
_WORDS = MappingProxyType(
    {
        "AC01": Reason.of("return_account_number_wrong"),
        "AC03": Reason.of("return_account_number_wrong"),
        "AC04": Reason.of("return_account_closed"),
        "AC06": Reason.of("return_account_blocked"),
        "AC13": Reason.of("return_account_of_another_kind"),
        "AC14": Reason.of("return_account_of_another_kind"),
        "AG01": Reason.of("return_not_allowed_on_account"),
        "AG02": Reason.of("return_operation_code"),
        "AM04": Reason.of("return_not_enough_money"),
        "AM05": Reason.of("return_twice"),
        "BE01": Reason.of("return_name_does_not_fit"),
        "BE04": Reason.of("return_address_missing"),
        "CNOR": Reason.of("return_bank_not_reached"),
        "CUST": Reason.of("return_asked_for_by_payer"),
        "DNOR": Reason.of("return_bank_not_reached"),
        "FF01": Reason.of("return_file_format"),
        "FOCR": Reason.of("return_after_recall"),
        "MD07": Reason.of("return_holder_died"),
        "MS02": Reason.of("return_refused_by_payee"),
        "MS03": Reason.of("return_without_reason"),
        "RC01": Reason.of("return_bic_wrong"),
        "RR01": Reason.of("return_regulatory"),
        "RR02": Reason.of("return_regulatory"),
        "RR03": Reason.of("return_regulatory"),
        "RR04": Reason.of("return_regulatory"),
        "TECH": Reason.of("return_technical"),
    }
)
OF_THE_ACCOUNT = frozenset({"AC01", "AC03", "AC04", "AC06", "AC13", "AC14", "AG01", "BE01", "MD07", "RC01"})
"""Sending again to the same account would come back again: the partner is asked for another one."""


def in_words(code: str | None) -> Reason:
    """Why the bank sent it back; a code that we do not know is shown as it is."""
    if code is None:
        return Reason.of("return_without_reason")
    return _WORDS.get(code.upper()) or Reason(code="return_with_code", params={"code": code})
