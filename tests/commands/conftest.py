"""The application and its people, whom commands do something for."""

from tests.fixtures.door import application, connected, door, engine_address, other, product_settings
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings, schema_owner

__all__ = [
    "application",
    "connected",
    "door",
    "engine_address",
    "firm",
    "http",
    "other",
    "other_firm",
    "people_app",
    "people_settings",
    "product_settings",
    "schema_owner",
]
