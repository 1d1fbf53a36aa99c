"""A tenant with a trail, and the superuser who could tamper with it."""

from tests.fixtures.trail import audited, superuser

__all__ = ["audited", "superuser"]
