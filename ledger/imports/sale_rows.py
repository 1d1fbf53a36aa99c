"""Sales from a file as they are told, one a row: those that earn here and those that earned elsewhere alike. Pure."""

from collections.abc import Sequence
from typing import Any

from ledger.imports.rows import Row, RowProblem, fitted
from ledger.plain_text import code_of
from ledger.sales.told_sales import BuyerNames, GivenRate, NewSale

_OF_CUSTOMER = {"external_id": "customer_external_id", "email": "customer_email", "name": "customer_name"}
_OF_RATE = {"rate": "exchange_rate", "day": "rate_day", "source": "rate_source"}
_OF_SALE = (
    *("external_id", "gross_cents", "tax_cents", "currency", "sold_at", "campaign_slug", "order_reference"),
    *("subscription", "awaits_invoice"),
)


def sales_of(rows: Sequence[Row]) -> tuple[list[tuple[int, NewSale]], list[RowProblem]]:
    """Each sale with its line, and what is wrong with the others. A sale is told once."""
    sales: list[tuple[int, NewSale]] = []
    problems: list[RowProblem] = []
    seen: dict[str, int] = {}
    for row in rows:
        read = _sale(row)
        if isinstance(read, list):
            problems += read
        elif read.external_id in seen:
            first = seen[read.external_id]
            problems.append(RowProblem(line=row.line, column="external_id", code="row_twice", params={"line": first}))
        else:
            seen[read.external_id] = row.line
            sales.append((row.line, read))
    return sales, problems


def _sale(row: Row) -> NewSale | list[RowProblem]:
    told = {name: row.values[name] for name in _OF_SALE if row.values.get(name) is not None}
    told |= _tax(row.values)
    if "tax_cents" not in told:
        return [RowProblem(line=row.line, column="tax_cents", code="sale_without_tax_or_net")]
    if not 0 <= told["tax_cents"] <= told["gross_cents"]:
        return [RowProblem(line=row.line, column="tax_cents", code="tax_exceeds_gross")]
    if row.values.get("partner_code"):
        told["partner_code"] = code_of(row.values["partner_code"])
    for member, names, model in (("customer", _OF_CUSTOMER, BuyerNames), ("exchange_rate", _OF_RATE, GivenRate)):
        given = {part: row.values[name] for part, name in names.items() if row.values.get(name) is not None}
        if given:
            read = fitted(model, given, row.line, names)
            if isinstance(read, list):
                return read
            told[member] = read
    return fitted(NewSale, told, row.line)


def _tax(values: dict[str, Any]) -> dict[str, int]:
    if values.get("tax_cents") is not None:
        return {"tax_cents": values["tax_cents"]}
    if values.get("net_cents") is not None:
        return {"tax_cents": values["gross_cents"] - values["net_cents"]}
    return {}
