from typing import Literal

ExportListName = Literal["commissions", "payouts", "transactions"]

EXPORT_LIST_NAME_VALUES: set[ExportListName] = {
    "commissions",
    "payouts",
    "transactions",
}


def check_export_list_name(value: str) -> ExportListName:
    if value in EXPORT_LIST_NAME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EXPORT_LIST_NAME_VALUES!r}")
