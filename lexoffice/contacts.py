"""Customers and vendors (lexoffice API, Contacts endpoint)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from httpcalls.json_bodies import read_json, without_none, write_json
from lexoffice.custom_fields import WithCustomFields
from lexoffice.wire import New, Several, Text, Wire, at_most


class Role(Wire):
    """A role of a contact; `number` is the customer or vendor number that lexoffice assigned."""

    number: int | None = None


class Roles(Wire):
    """As what the contact is kept; one of both at least is set."""

    customer: Role | None = None
    vendor: Role | None = None


class ContactPerson(Wire):
    """A person to talk to at a company."""

    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    primary: bool | None = None
    email_address: str | None = None
    phone_number: str | None = None


class Company(Wire):
    """The contact of a firm. None and () where lexoffice sends nothing."""

    name: str | None = None
    tax_number: str | None = None
    vat_registration_id: str | None = None
    allow_tax_free_invoices: bool | None = None
    contact_persons: Several[ContactPerson] = ()


class Person(Wire):
    """The contact of a private person."""

    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class PostalAddress(Wire):
    """One address; `country_code` is ISO 3166 alpha-2."""

    supplement: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str | None = None


class Addresses(Wire):
    """The addresses of a contact, by use."""

    billing: Several[PostalAddress] = ()
    shipping: Several[PostalAddress] = ()


class EmailAddresses(Wire):
    """The mail addresses of a contact, by use."""

    business: Several[str] = ()
    office: Several[str] = ()
    private: Several[str] = ()
    other: Several[str] = ()


class Contact(WithCustomFields):
    """A contact, which is either a `company` or a `person`. It has no times of creation or change."""

    id: UUID
    organization_id: UUID | None = None
    version: int
    roles: Roles = Roles()
    company: Company | None = None
    person: Person | None = None
    addresses: Addresses = Addresses()
    email_addresses: EmailAddresses = EmailAddresses()
    note: str | None = None
    archived: bool | None = None

    @field_validator("roles", "addresses", "email_addresses", mode="before")
    @classmethod
    def _empty_for_none(cls, value: object) -> object:
        return {} if value is None else value

    @property
    def name(self) -> str | None:
        """The company's name, or first and last name of the person."""
        if self.company is not None:
            return self.company.name
        if self.person is not None:
            return " ".join(part for part in (self.person.first_name, self.person.last_name) if part) or None
        return None

    @property
    def emails(self) -> tuple[str, ...]:
        """All mail addresses, each once: the contact's by kind, then those of a company's people."""
        own = self.email_addresses
        people = self.company.contact_persons if self.company is not None else ()
        known = (*own.business, *own.office, *own.private, *own.other, *(p.email_address for p in people))
        return tuple(dict.fromkeys(address for address in known if address))

    @property
    def has_both_roles(self) -> bool:
        """Whether it is customer and vendor."""
        return self.roles.customer is not None and self.roles.vendor is not None

    def with_both_roles(self) -> bytes:
        """The body of a PUT: everything as it was read, and both roles. What is left out would be emptied."""
        told = read_json(self.raw)
        assert isinstance(told, dict), "a contact was read from an object"
        held = told.get("roles")
        told["roles"] = {"customer": {}, "vendor": {}} | (held if isinstance(held, dict) else {})
        return write_json(told)


class NewContact(New):
    """A firm or a person to keep, as customer and vendor alike. lexoffice gives the numbers."""

    name: Annotated[Text, Field(min_length=1), at_most(200)]
    is_person: bool = False
    """By last name: a name is not cut into parts that nobody has told us."""
    supplement: Annotated[Text, at_most(200)] | None = None
    street: Annotated[Text, at_most(200)] | None = None
    zip: Annotated[Text, at_most(20)] | None = None
    city: Annotated[Text, at_most(100)] | None = None
    country_code: str
    vat_id: Annotated[Text, at_most(30)] | None = None
    mail: Annotated[Text, at_most(200)] | None = None
    note: Annotated[Text, Field(min_length=1), at_most(1000)]
    """By this the contact is found again: there is neither idempotency key nor custom field."""

    def body(self) -> bytes:
        """The JSON to send."""
        address = without_none(
            supplement=self.supplement,
            street=self.street,
            zip=self.zip,
            city=self.city,
            countryCode=self.country_code,
        )
        who: dict[str, object] = (
            {"person": {"lastName": self.name}}
            if self.is_person
            else {"company": without_none(name=self.name, vatRegistrationId=self.vat_id)}
        )
        return write_json(
            {
                "version": 0,
                "roles": {"customer": {}, "vendor": {}},
                **who,
                "addresses": {"billing": [address]},
                **without_none(emailAddresses={"business": [self.mail]} if self.mail else None, note=self.note),
            }
        )
