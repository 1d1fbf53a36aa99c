from typing import Literal

DocumentSettingsReversalCode = Literal["261", "389"]

DOCUMENT_SETTINGS_REVERSAL_CODE_VALUES: set[DocumentSettingsReversalCode] = {
    "261",
    "389",
}


def check_document_settings_reversal_code(value: str) -> DocumentSettingsReversalCode:
    if value in DOCUMENT_SETTINGS_REVERSAL_CODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_SETTINGS_REVERSAL_CODE_VALUES!r}")
