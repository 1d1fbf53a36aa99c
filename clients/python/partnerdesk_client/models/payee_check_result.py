from typing import Literal

PayeeCheckResult = Literal["close", "match", "none", "not_possible"]

PAYEE_CHECK_RESULT_VALUES: set[PayeeCheckResult] = {
    "close",
    "match",
    "none",
    "not_possible",
}


def check_payee_check_result(value: str) -> PayeeCheckResult:
    if value in PAYEE_CHECK_RESULT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PAYEE_CHECK_RESULT_VALUES!r}")
