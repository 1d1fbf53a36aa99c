"""Firms with people and browsers, and the books of one."""

from tests.pages.conftest import books, firm, http, other_firm, owner, people_app, people_settings

__all__ = ["books", "firm", "http", "other_firm", "owner", "people_app", "people_settings"]
