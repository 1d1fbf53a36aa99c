"""Whom no right stops, so that a delivery can be one of yesterday."""

from tests.fixtures.trail import superuser

__all__ = ["superuser"]
