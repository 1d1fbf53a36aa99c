from typing import Literal

GetPartnerStatementForm = Literal["csv", "pdf"]

GET_PARTNER_STATEMENT_FORM_VALUES: set[GetPartnerStatementForm] = {
    "csv",
    "pdf",
}


def check_get_partner_statement_form(value: str) -> GetPartnerStatementForm:
    if value in GET_PARTNER_STATEMENT_FORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_PARTNER_STATEMENT_FORM_VALUES!r}")
