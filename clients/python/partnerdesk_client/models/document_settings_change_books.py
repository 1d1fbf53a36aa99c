from typing import Literal

DocumentSettingsChangeBooks = Literal["easybill", "lexoffice", "none"]

DOCUMENT_SETTINGS_CHANGE_BOOKS_VALUES: set[DocumentSettingsChangeBooks] = {
    "easybill",
    "lexoffice",
    "none",
}


def check_document_settings_change_books(value: str) -> DocumentSettingsChangeBooks:
    if value in DOCUMENT_SETTINGS_CHANGE_BOOKS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DOCUMENT_SETTINGS_CHANGE_BOOKS_VALUES!r}")
