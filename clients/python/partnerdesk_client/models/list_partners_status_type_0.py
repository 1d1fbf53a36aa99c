from typing import Literal

ListPartnersStatusType0 = Literal["active", "inactive"]

LIST_PARTNERS_STATUS_TYPE_0_VALUES: set[ListPartnersStatusType0] = {
    "active",
    "inactive",
}


def check_list_partners_status_type_0(value: str) -> ListPartnersStatusType0:
    if value in LIST_PARTNERS_STATUS_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PARTNERS_STATUS_TYPE_0_VALUES!r}")
