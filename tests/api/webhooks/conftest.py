"""A shop that sells through Stripe."""

from tests.fixtures.stripe_shop import intent, stripe_shop

__all__ = ["intent", "stripe_shop"]
