"""And the superuser, for what is written into the outbox."""

from tests.fixtures.trail import superuser

__all__ = ["superuser"]
