"""Customers and vendors (lexoffice API, Contacts endpoint)."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from lexoffice.custom_fields import WithCustomFields
from lexoffice.wire import New, Several, Text, Wire, at_most, without_none, write_json


class Role(Wire):
    """A role of a contact; `number` is the customer or vendor number that lexoffice assigned."""

    number: int | None = None


class Roles(Wire):
    customer: Role | None = None
    vendor: Role | None = None


class ContactPerson(Wire):
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    primary: bool | None = None
    email_address: str | None = None
    phone_number: str | None = None


class Company(Wire):
    name: str | None = None
    tax_number: str | None = None
    vat_registration_id: str | None = None
    allow_tax_free_invoices: bool | None = None
    contact_persons: Several[ContactPerson] = ()


class Person(Wire):
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class PostalAddress(Wire):
    supplement: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str | None = None


class Addresses(Wire):
    billing: Several[PostalAddress] = ()
    shipping: Several[PostalAddress] = ()


class EmailAddresses(Wire):
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


Name = Annotated[Text, Field(min_length=1), at_most(255)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}(_[A-Z]{2})?$")]  # extended: ES_CN are the Canary Islands


class NewCompany(New):
    name: Name
    tax_number: Annotated[Text, at_most(255)] | None = None
    vat_registration_id: Annotated[Text, at_most(255)] | None = None


class NewPerson(New):
    last_name: Name
    first_name: Annotated[Text, at_most(255)] | None = None
    salutation: Annotated[Text, at_most(25)] | None = None


class NewPostalAddress(New):
    country_code: CountryCode
    supplement: Annotated[Text, at_most(255)] | None = None
    street: Annotated[Text, at_most(255)] | None = None
    zip: Annotated[Text, at_most(255)] | None = None
    city: Annotated[Text, at_most(255)] | None = None


class NewContact(New):
    """A contact to create: a company or a person, in at least one role.

    Credit notes and invoices can only be addressed to a contact with the role customer. `email` becomes the
    business address.
    """

    company: NewCompany | None = None
    person: NewPerson | None = None
    customer: bool = True
    vendor: bool = False
    billing_address: NewPostalAddress | None = None
    email: Annotated[Text, Field(min_length=3), at_most(255)] | None = None
    note: Annotated[Text, at_most(1000)] | None = None

    @model_validator(mode="after")
    def _one_kind_and_a_role(self) -> Self:
        if (self.company is None) == (self.person is None):
            raise ValueError("a contact is either a company or a person")
        if not (self.customer or self.vendor):
            raise ValueError("a contact needs a role")
        return self

    def body(self) -> bytes:
        """The JSON to send."""
        members: dict[str, Any] = without_none(
            version=0,
            roles={role: {} for role in ("customer", "vendor") if getattr(self, role)},
            note=self.note,
        )
        if self.company is not None:
            members["company"] = without_none(
                name=self.company.name,
                taxNumber=self.company.tax_number,
                vatRegistrationId=self.company.vat_registration_id,
            )
        if self.person is not None:
            members["person"] = without_none(
                salutation=self.person.salutation,
                firstName=self.person.first_name,
                lastName=self.person.last_name,
            )
        if self.billing_address is not None:
            address = self.billing_address
            members["addresses"] = {
                "billing": [
                    without_none(
                        supplement=address.supplement,
                        street=address.street,
                        zip=address.zip,
                        city=address.city,
                        countryCode=address.country_code,
                    )
                ]
            }
        if self.email is not None:
            members["emailAddresses"] = {"business": [self.email]}
        return write_json(members)
