"""A product that gives up early, for creations that stand still."""

from tests.workflows.conftest import hasty_shop, impatient

__all__ = ["hasty_shop", "impatient"]
