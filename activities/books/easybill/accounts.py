"""Which account a key belongs to: easybill names none, so its oldest login stands for it (docs/easybill.md)."""

from uuid import UUID

from easybill.answers import Page
from easybill.logins import Login
from httpcalls.errors import UnexpectedAnswer
from ledger.provider_ids import Thing, numbered_id
from ledger.types import EASYBILL


def account_of(logins: Page[Login]) -> UUID:
    """The id that everything of this account is kept under. Raises UnexpectedAnswer where there is no login at all."""
    if not logins.items:
        raise UnexpectedAnswer(request="GET logins")
    return numbered_id(EASYBILL, Thing.ACCOUNT, min(login.id for login in logins.items))
