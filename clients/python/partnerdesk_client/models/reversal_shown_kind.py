from typing import Literal

ReversalShownKind = Literal["correction", "reversal"]

REVERSAL_SHOWN_KIND_VALUES: set[ReversalShownKind] = {
    "correction",
    "reversal",
}


def check_reversal_shown_kind(value: str) -> ReversalShownKind:
    if value in REVERSAL_SHOWN_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REVERSAL_SHOWN_KIND_VALUES!r}")
