from typing import Literal

EntryProofKind = Literal["debit", "return", "reversal"]

ENTRY_PROOF_KIND_VALUES: set[EntryProofKind] = {
    "debit",
    "return",
    "reversal",
}


def check_entry_proof_kind(value: str) -> EntryProofKind:
    if value in ENTRY_PROOF_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENTRY_PROOF_KIND_VALUES!r}")
