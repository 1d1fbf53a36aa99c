"""What `/v1/profile` says, in the ledger's terms."""

import json

from ledger.connecting import LexofficeAccount
from lexoffice.profile import Profile


def account_of(profile: Profile) -> LexofficeAccount:
    return LexofficeAccount(
        organization_id=profile.organization_id,
        connection_id=profile.connection_id,
        company_name=profile.company_name,
        tax_type=profile.tax_type,
        small_business=profile.small_business,
        profile=json.loads(profile.raw),
    )
