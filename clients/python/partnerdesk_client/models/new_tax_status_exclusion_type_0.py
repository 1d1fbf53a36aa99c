from typing import Literal

NewTaxStatusExclusionType0 = Literal["employee", "exempt_mediation"]

NEW_TAX_STATUS_EXCLUSION_TYPE_0_VALUES: set[NewTaxStatusExclusionType0] = {
    "employee",
    "exempt_mediation",
}


def check_new_tax_status_exclusion_type_0(value: str) -> NewTaxStatusExclusionType0:
    if value in NEW_TAX_STATUS_EXCLUSION_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_TAX_STATUS_EXCLUSION_TYPE_0_VALUES!r}")
