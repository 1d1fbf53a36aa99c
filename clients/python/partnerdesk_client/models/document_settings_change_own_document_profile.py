from typing import Literal

DocumentSettingsChangeOwnDocumentProfile = Literal["en16931", "xrechnung"]

DOCUMENT_SETTINGS_CHANGE_OWN_DOCUMENT_PROFILE_VALUES: set[DocumentSettingsChangeOwnDocumentProfile] = {
    "en16931",
    "xrechnung",
}


def check_document_settings_change_own_document_profile(value: str) -> DocumentSettingsChangeOwnDocumentProfile:
    if value in DOCUMENT_SETTINGS_CHANGE_OWN_DOCUMENT_PROFILE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {DOCUMENT_SETTINGS_CHANGE_OWN_DOCUMENT_PROFILE_VALUES!r}"
    )
