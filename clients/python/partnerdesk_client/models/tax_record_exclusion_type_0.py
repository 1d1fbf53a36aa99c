from typing import Literal

TaxRecordExclusionType0 = Literal["employee", "exempt_mediation"]

TAX_RECORD_EXCLUSION_TYPE_0_VALUES: set[TaxRecordExclusionType0] = {
    "employee",
    "exempt_mediation",
}


def check_tax_record_exclusion_type_0(value: str) -> TaxRecordExclusionType0:
    if value in TAX_RECORD_EXCLUSION_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TAX_RECORD_EXCLUSION_TYPE_0_VALUES!r}")
