from typing import Literal

VatAnswer = Literal["invalid", "refused", "unanswered", "valid"]

VAT_ANSWER_VALUES: set[VatAnswer] = {
    "invalid",
    "refused",
    "unanswered",
    "valid",
}


def check_vat_answer(value: str) -> VatAnswer:
    if value in VAT_ANSWER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VAT_ANSWER_VALUES!r}")
