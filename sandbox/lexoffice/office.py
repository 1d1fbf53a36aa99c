"""What every part of the running sandbox holds on to."""

from __future__ import annotations

from dataclasses import dataclass, field

from .delivery import Courier
from .organizations import Dialect
from .signature import Signer
from .store import Store


@dataclass(frozen=True)
class Defaults:
    """How an organisation is treated that was made without saying otherwise."""

    rate: float = 2.0
    burst: int = 2
    dialect: Dialect = "lexoffice"
    number_patterns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """Who may come in by the hooks, and where notifications may go by plain http."""

    remote_hooks: bool = False
    plain_http_hosts: frozenset[str] = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass
class Office:
    store: Store
    signer: Signer
    courier: Courier
    defaults: Defaults
    reach: Reach
    access_token_seconds: int
    desk_url: str = ""
    """Where the program is that keeps books here; empty when nobody said."""
    """Life of an access token, of OAuth clients that were made without saying otherwise."""
