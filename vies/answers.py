"""What a qualified question asks, and what VIES answers to it."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictBool
from pydantic.alias_generators import to_camel


class ViesQuestion(BaseModel):
    """A number with its country (EL for Greece), who asks, and what the trader is said to be called.

    Without a requester the answer holds no consultation number and proves nothing later.
    """

    model_config = ConfigDict(frozen=True)

    vat_id: str
    requester: str | None = None
    name: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None

    def body(self) -> dict[str, str]:
        """As `POST /check-vat-number` takes it; what is not known is left out."""
        members = {
            "countryCode": self.vat_id[:2],
            "vatNumber": self.vat_id[2:],
            "requesterMemberStateCode": self.requester and self.requester[:2],
            "requesterNumber": self.requester and self.requester[2:],
            "traderName": self.name,
            "traderStreet": self.street,
            "traderPostalCode": self.zip,
            "traderCity": self.city,
        }
        return {name: value for name, value in members.items() if value}


_LONGEST = 1000


class Match(StrEnum):
    """Whether what we said of the trader is what the register says. Many states do not compare."""

    VALID = "VALID"
    INVALID = "INVALID"
    NOT_PROCESSED = "NOT_PROCESSED"


def _said(given: Any) -> Any:
    """VIES writes `---` for what a state does not disclose. What no database can hold becomes U+FFFD."""
    if not isinstance(given, str) or not given.strip(" -\n"):
        return None
    whole = given.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "\ufffd")[:_LONGEST]


def _day(given: Any) -> Any:
    """`2026-08-29+02:00` and `2026-08-29T09:12:33.123Z` alike: the day that stands there."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", given, re.ASCII) if isinstance(given, str) else None
    return found[0] if found else None


def _match(given: Any) -> Any:
    return given if isinstance(given, str) and given in Match.__members__ else None


_Said = Annotated[str | None, BeforeValidator(_said)]
_Matched = Annotated[Match | None, BeforeValidator(_match)]


class ViesAnswer(BaseModel):
    """Yes or no. `request_identifier` is the consultation number, which proves that we asked."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )

    valid: StrictBool
    request_date: Annotated[date | None, BeforeValidator(_day)] = None
    request_identifier: _Said = None
    name: _Said = None
    address: _Said = None
    trader_name_match: _Matched = None
    trader_street_match: _Matched = None
    trader_postal_code_match: _Matched = None
    trader_city_match: _Matched = None
