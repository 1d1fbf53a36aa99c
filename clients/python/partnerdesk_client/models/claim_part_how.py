from typing import Literal

ClaimPartHow = Literal["bank", "hand", "written_off"]

CLAIM_PART_HOW_VALUES: set[ClaimPartHow] = {
    "bank",
    "hand",
    "written_off",
}


def check_claim_part_how(value: str) -> ClaimPartHow:
    if value in CLAIM_PART_HOW_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLAIM_PART_HOW_VALUES!r}")
