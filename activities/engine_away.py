"""What it looks like when the engine does not answer. Who tells it something must bear that: the row stands."""

from temporalio.service import RPCError

AWAY = (RPCError, RuntimeError, TimeoutError, OSError)
"""RuntimeError: of a lazy client that cannot connect. OSError: a refused connection."""
