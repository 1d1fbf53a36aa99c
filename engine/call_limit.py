"""How long one call of the engine may take: whoever calls has somebody waiting, and the row stands either way.

Without a limit of its own a hanging engine costs 30 s (engine.md). The limit is that of the client, set where it is
connected.
"""

from datetime import timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from temporalio.client import Client

DEFAULT = timedelta(seconds=2)


class Patience(NamedTuple):
    """In seconds: a call that takes longer than `slow` is slow; who finds the engine so does not ask for `pause`."""

    slow: float = 0.3
    pause: float = 5.0


_limits: WeakKeyDictionary[Client, timedelta] = WeakKeyDictionary()
_patience: WeakKeyDictionary[Client, Patience] = WeakKeyDictionary()


def limit_calls(client: Client, limit: timedelta, patience: Patience) -> None:
    """From now on each call of this client may take this long."""
    _limits[client] = limit
    _patience[client] = patience


def call_limit(client: Client) -> timedelta:
    """How long one call of this client may take: 2 s where nothing else was set."""
    return _limits.get(client, DEFAULT)


def patience_with(client: Client) -> Patience:
    """What counts as slow, and what follows from it (engine/breaker.py)."""
    return _patience.get(client, Patience())
