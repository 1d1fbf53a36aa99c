from typing import Literal

LexofficeChangeCredentialType0 = Literal["api_key", "oauth"]

LEXOFFICE_CHANGE_CREDENTIAL_TYPE_0_VALUES: set[LexofficeChangeCredentialType0] = {
    "api_key",
    "oauth",
}


def check_lexoffice_change_credential_type_0(value: str) -> LexofficeChangeCredentialType0:
    if value in LEXOFFICE_CHANGE_CREDENTIAL_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LEXOFFICE_CHANGE_CREDENTIAL_TYPE_0_VALUES!r}")
