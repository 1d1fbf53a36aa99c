"""The application and a fresh tenant for each test."""

from tests.fixtures.door import application, connected, door, engine_address, product_settings

__all__ = ["application", "connected", "door", "engine_address", "product_settings"]
