"""Customers (REST API, Model/Customer). What the account asks about them freely stands in `info_1` and `info_2`."""

from typing import Annotated, Literal

from pydantic import Field

from easybill.answers import Fetched
from easybill.wire import Flag, IdOrNone, New, Several, Text, TextOrNone, Wire, at_most
from httpcalls.json_bodies import without_none, write_json

CustomerRole = Literal["CUSTOMER", "SUPPLIER", "CUSTOMER,SUPPLIER"]


class CustomerDetails(Wire):
    """A customer's own details; on a document, as they were when it was made."""

    number: TextOrNone = None
    company_name: TextOrNone = None
    first_name: TextOrNone = None
    last_name: TextOrNone = None
    personal: Flag = False
    emails: Several[str] = ()
    street: TextOrNone = None
    zip_code: TextOrNone = None
    city: TextOrNone = None
    country: TextOrNone = None
    vat_identifier: TextOrNone = None
    tax_number: TextOrNone = None
    info_1: TextOrNone = None
    info_2: TextOrNone = None
    note: TextOrNone = None
    archived: Flag = False

    @property
    def name(self) -> str | None:
        """The company's name, or first and last name of the person."""
        person = " ".join(part for part in (self.first_name, self.last_name) if part) or None
        return self.company_name or person


class Customer(CustomerDetails, Fetched):
    """A customer, who may be a supplier as well."""

    group_id: IdOrNone = None


_Short = Annotated[Text, at_most(200)]


class NewCustomer(New):
    """A firm or a person to keep. easybill gives the number; a firm, too, needs a `last_name`: that of the contact."""

    company_name: _Short | None = None
    first_name: _Short | None = None
    last_name: Annotated[Text, Field(min_length=1), at_most(200)]
    personal: bool = False
    emails: tuple[Annotated[Text, at_most(200)], ...] = ()
    street: _Short | None = None
    zip_code: Annotated[Text, at_most(20)] | None = None
    city: _Short | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    vat_identifier: Annotated[Text, at_most(30)] | None = None
    tax_number: Annotated[Text, at_most(30)] | None = None
    info_1: _Short | None = None
    info_2: _Short | None = None
    note: Annotated[Text, at_most(1000)] | None = None

    def body(self) -> bytes:
        """The JSON to send. `company_name` is always there: easybill asks for it, even of a person."""
        told = self.model_dump(exclude_none=True) | {"company_name": self.company_name or ""}
        return write_json(without_none(**told))
