"""Kinds of worked examples: a module each, with KIND and check (docs/money.md, at its end)."""
