"""What it looks like when the engine does not answer. Who tells it something must bear that: the row stands."""

from datetime import timedelta

from temporalio.service import RPCError

RPC_TIMEOUT = timedelta(seconds=2)
"""Of one announcement or question. Without one of its own a hanging engine costs 30 s (engine.md)."""

AWAY = (RPCError, RuntimeError, TimeoutError, OSError)
"""RuntimeError: of a lazy client that cannot connect. OSError: a refused connection."""
