"""How long one call of the engine may take: whoever calls has somebody waiting, and the row stands either way.

Without a limit of its own a hanging engine costs 30 s (engine.md). The limit is that of the client, set where it is
connected.
"""

from datetime import timedelta
from weakref import WeakKeyDictionary

from temporalio.client import Client

DEFAULT = timedelta(seconds=2)

_limits: WeakKeyDictionary[Client, timedelta] = WeakKeyDictionary()


def limit_calls(client: Client, limit: timedelta) -> None:
    """From now on each call of this client may take this long."""
    _limits[client] = limit


def call_limit(client: Client) -> timedelta:
    """How long one call of this client may take: 2 s where nothing else was set."""
    return _limits.get(client, DEFAULT)
