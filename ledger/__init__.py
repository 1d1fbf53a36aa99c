"""The ledger: what is owed, to whom, why, and what happened. PostgreSQL decides what may happen; it says no.

This package imports nothing when imported, so that messages and types cost a workflow's sandbox nothing.
"""
