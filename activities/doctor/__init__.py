"""`partnerdesk doctor`: whether ledger, engine and lexoffice agree about a tenant, and how to mend what differs."""
