from typing import Literal

NewCheckResult = Literal["close", "match", "none", "not_possible"]

NEW_CHECK_RESULT_VALUES: set[NewCheckResult] = {
    "close",
    "match",
    "none",
    "not_possible",
}


def check_new_check_result(value: str) -> NewCheckResult:
    if value in NEW_CHECK_RESULT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_CHECK_RESULT_VALUES!r}")
