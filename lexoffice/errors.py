"""What can go wrong at lexoffice alone; what can at any provider stands in `httpcalls.errors`."""

from httpcalls.errors import ProviderError, UnexpectedAnswer


class FractionOfACent(UnexpectedAnswer):
    """A total that is no whole number of cents."""


class SearchWindowExceeded(ProviderError):
    """The list has more rows than the 10,000 that lexoffice pages through; narrow the query."""
