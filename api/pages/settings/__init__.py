"""Providers, rules, keys, users."""
