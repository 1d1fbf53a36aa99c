"""The attributes by which ops find workflows. An unregistered one would fail workflow tasks for ever, so the worker
and /readyz refuse to start until `partnerdesk migrate` (or script/dev) has registered these four."""

from temporalio.common import SearchAttributeKey

TENANT = SearchAttributeKey.for_keyword("Tenant")
PARTNER = SearchAttributeKey.for_keyword("Partner")
PAYOUT_STATUS = SearchAttributeKey.for_keyword("PayoutStatus")
CREDIT_NOTE_NUMBER = SearchAttributeKey.for_keyword("CreditNoteNumber")

ALL = (TENANT, PARTNER, PAYOUT_STATUS, CREDIT_NOTE_NUMBER)
