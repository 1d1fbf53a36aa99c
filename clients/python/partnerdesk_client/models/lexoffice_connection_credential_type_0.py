from typing import Literal

LexofficeConnectionCredentialType0 = Literal["api_key", "oauth"]

LEXOFFICE_CONNECTION_CREDENTIAL_TYPE_0_VALUES: set[LexofficeConnectionCredentialType0] = {
    "api_key",
    "oauth",
}


def check_lexoffice_connection_credential_type_0(value: str) -> LexofficeConnectionCredentialType0:
    if value in LEXOFFICE_CONNECTION_CREDENTIAL_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LEXOFFICE_CONNECTION_CREDENTIAL_TYPE_0_VALUES!r}")
