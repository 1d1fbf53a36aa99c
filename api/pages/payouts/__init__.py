"""Payouts, approvals, and runs of many."""
