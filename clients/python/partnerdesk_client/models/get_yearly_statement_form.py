from typing import Literal

GetYearlyStatementForm = Literal["csv", "pdf"]

GET_YEARLY_STATEMENT_FORM_VALUES: set[GetYearlyStatementForm] = {
    "csv",
    "pdf",
}


def check_get_yearly_statement_form(value: str) -> GetYearlyStatementForm:
    if value in GET_YEARLY_STATEMENT_FORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_YEARLY_STATEMENT_FORM_VALUES!r}")
