from typing import Literal

TransactionEventType = Literal["transaction.created", "transaction.refunded"]

TRANSACTION_EVENT_TYPE_VALUES: set[TransactionEventType] = {
    "transaction.created",
    "transaction.refunded",
}


def check_transaction_event_type(value: str) -> TransactionEventType:
    if value in TRANSACTION_EVENT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRANSACTION_EVENT_TYPE_VALUES!r}")
