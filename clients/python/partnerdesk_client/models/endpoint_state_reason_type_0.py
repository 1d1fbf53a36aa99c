from typing import Literal

EndpointStateReasonType0 = Literal["by_hand", "failing", "gone", "removed"]

ENDPOINT_STATE_REASON_TYPE_0_VALUES: set[EndpointStateReasonType0] = {
    "by_hand",
    "failing",
    "gone",
    "removed",
}


def check_endpoint_state_reason_type_0(value: str) -> EndpointStateReasonType0:
    if value in ENDPOINT_STATE_REASON_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENDPOINT_STATE_REASON_TYPE_0_VALUES!r}")
