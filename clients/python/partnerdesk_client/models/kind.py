from typing import Literal

Kind = Literal["customers", "opening_balances", "partners", "past_sales", "sales"]

KIND_VALUES: set[Kind] = {
    "customers",
    "opening_balances",
    "partners",
    "past_sales",
    "sales",
}


def check_kind(value: str) -> Kind:
    if value in KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KIND_VALUES!r}")
