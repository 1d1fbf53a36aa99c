"""Firms with people and browsers."""

from tests.fixtures.people import firm, http, other_firm, owner, people_app, people_settings

__all__ = ["firm", "http", "other_firm", "owner", "people_app", "people_settings"]
