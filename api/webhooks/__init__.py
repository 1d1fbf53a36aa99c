"""Events of providers, taken in."""
