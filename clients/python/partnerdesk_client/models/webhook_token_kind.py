from typing import Literal

WebhookTokenKind = Literal["chosen", "subscription"]

WEBHOOK_TOKEN_KIND_VALUES: set[WebhookTokenKind] = {
    "chosen",
    "subscription",
}


def check_webhook_token_kind(value: str) -> WebhookTokenKind:
    if value in WEBHOOK_TOKEN_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WEBHOOK_TOKEN_KIND_VALUES!r}")
