"""Firms with people and browsers."""

from tests.fixtures.people import firm, http, other_firm, people_app, people_settings, schema_owner

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings", "schema_owner"]
