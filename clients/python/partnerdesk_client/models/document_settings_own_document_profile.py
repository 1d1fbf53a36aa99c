from typing import Literal

DocumentSettingsOwnDocumentProfile = Literal["en16931", "xrechnung"]

DOCUMENT_SETTINGS_OWN_DOCUMENT_PROFILE_VALUES: set[DocumentSettingsOwnDocumentProfile] = {
    "en16931",
    "xrechnung",
}


def check_document_settings_own_document_profile(value: str) -> DocumentSettingsOwnDocumentProfile:
    if value in DOCUMENT_SETTINGS_OWN_DOCUMENT_PROFILE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_SETTINGS_OWN_DOCUMENT_PROFILE_VALUES!r}")
