"""Which payouts are those of a month: what its runs made, and what was asked for by hand for services ending in it."""

from datetime import date

from ledger.refusals import NotAcceptable
from ledger.types import business_day

OF_MONTH = """
    of_month AS (
        SELECT p.* FROM payout_runs r JOIN payouts p ON p.tenant_id = r.tenant_id AND p.run_id = r.id
         WHERE r.tenant_id = $1 AND NOT r.rehearsal AND left(r.period, 7) = to_char($2::date, 'YYYY-MM')
        UNION ALL
        SELECT p.* FROM payouts p
         WHERE p.tenant_id = $1 AND p.run_id IS NULL
           AND p.period_to >= $2::date AND p.period_to < ($2::date + interval '1 month')::date)
"""
"""For WITH: the payouts of the tenant $1 and the month whose first day is $2. A run is of the month that its cut-off
ends or lies in (payout_runs.period_of)."""


def read_month(text: str) -> date:
    """The first day of the month that a text names (YYYY-MM). Raises NotAcceptable."""
    try:
        return business_day(f"{text}-01")
    except ValueError:
        raise NotAcceptable("day_not_acceptable") from None
