"""Comparing lexoffice's lists with the ledger, and looking after its subscriptions."""
