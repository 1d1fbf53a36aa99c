"""Firms with people and browsers, as in tests/people."""

from tests.people.conftest import firm, http, other_firm, people_app, people_settings

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]
