"""The organisation behind a token (lexoffice API, Profile endpoint)."""

from uuid import UUID

from lexoffice.answers import Fetched
from lexoffice.wire import Flag, IdOrNone, Several


class Profile(Fetched):
    """`connection_id` is what a `token.revoked` notification names; keep it. `tax_type` is net, gross or vatfree."""

    organization_id: UUID
    company_name: str | None = None
    connection_id: IdOrNone = None
    small_business: Flag = False
    tax_type: str | None = None
    distance_sales_principle: str | None = None
    business_features: Several[str] = ()
