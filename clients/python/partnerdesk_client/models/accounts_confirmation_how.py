from typing import Literal

AccountsConfirmationHow = Literal["sample", "whole"]

ACCOUNTS_CONFIRMATION_HOW_VALUES: set[AccountsConfirmationHow] = {
    "sample",
    "whole",
}


def check_accounts_confirmation_how(value: str) -> AccountsConfirmationHow:
    if value in ACCOUNTS_CONFIRMATION_HOW_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_CONFIRMATION_HOW_VALUES!r}")
