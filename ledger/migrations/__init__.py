"""The ledger's schema: numbered SQL files, run in order by `partnerdesk migrate`, and the few modules that run them."""
