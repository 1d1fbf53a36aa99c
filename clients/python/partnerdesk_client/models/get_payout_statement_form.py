from typing import Literal

GetPayoutStatementForm = Literal["csv", "pdf"]

GET_PAYOUT_STATEMENT_FORM_VALUES: set[GetPayoutStatementForm] = {
    "csv",
    "pdf",
}


def check_get_payout_statement_form(value: str) -> GetPayoutStatementForm:
    if value in GET_PAYOUT_STATEMENT_FORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_PAYOUT_STATEMENT_FORM_VALUES!r}")
