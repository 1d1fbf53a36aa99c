from typing import Literal

RunStage = Literal[
    "discarded",
    "draft",
    "executed",
    "handed_in",
    "partly_executed",
    "partly_rejected",
    "rejected",
    "released",
    "withdrawal_asked",
    "withdrawn",
]

RUN_STAGE_VALUES: set[RunStage] = {
    "discarded",
    "draft",
    "executed",
    "handed_in",
    "partly_executed",
    "partly_rejected",
    "rejected",
    "released",
    "withdrawal_asked",
    "withdrawn",
}


def check_run_stage(value: str) -> RunStage:
    if value in RUN_STAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RUN_STAGE_VALUES!r}")
