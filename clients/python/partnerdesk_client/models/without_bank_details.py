from typing import Literal

WithoutBankDetails = Literal["by_hand", "hold"]

WITHOUT_BANK_DETAILS_VALUES: set[WithoutBankDetails] = {
    "by_hand",
    "hold",
}


def check_without_bank_details(value: str) -> WithoutBankDetails:
    if value in WITHOUT_BANK_DETAILS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WITHOUT_BANK_DETAILS_VALUES!r}")
