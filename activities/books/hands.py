"""A provider of books at work in one process, as its folder opens it for the worker."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

from activities.books.calls import BooksCalls
from ledger.database import Ledger


class BooksHands(NamedTuple):
    """What its queue works with."""

    calls: BooksCalls
    fetching: Sequence[Callable[..., Any]]
    """Activities that fetch what its events hint at, called as lexoffice's are."""
    sweeping: Sequence[Callable[..., Any]] = ()
    """`sweep_awaited_credits`, where its row says that it is swept."""


OpenHands = Callable[[Ledger, Any], AbstractAsyncContextManager[BooksHands]]
"""With the settings, of which each provider reads its own."""
