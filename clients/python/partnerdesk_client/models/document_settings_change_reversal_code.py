from typing import Literal

DocumentSettingsChangeReversalCode = Literal["261", "389"]

DOCUMENT_SETTINGS_CHANGE_REVERSAL_CODE_VALUES: set[DocumentSettingsChangeReversalCode] = {
    "261",
    "389",
}


def check_document_settings_change_reversal_code(value: str) -> DocumentSettingsChangeReversalCode:
    if value in DOCUMENT_SETTINGS_CHANGE_REVERSAL_CODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_SETTINGS_CHANGE_REVERSAL_CODE_VALUES!r}")
