"""Customers from a file, and whose they are: what they buy from now on belongs to that partner."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ledger.database import TenantTransaction
from ledger.imports.balance_rows import partner_ids
from ledger.imports.judging import Difference, Judged, Judgement, outcome
from ledger.imports.rows import Row, RowProblem, fitted
from ledger.imports.standing_partners import SECONDS
from ledger.payouts import rechecks
from ledger.plain_text import code_of
from ledger.sales import customers
from ledger.sales.customers import Customer, CustomerNames, NewCustomer

_SURE = ("external_id", "lexoffice_contact_id", "email")
"""Names that identify; the earlier one is the surer."""
_NAMES = (*_SURE, "name")


class CustomerPlan(NamedTuple):
    """`names`: those that differ."""

    known: Customer | None
    told: NewCustomer
    names: CustomerNames
    assigns: bool


async def judge(tx: TenantTransaction, rows: Sequence[Row]) -> Judgement:
    """What these rows would do. Locks nothing."""
    codes = {code_of(row.values["partner_code"]) for row in rows if row.values.get("partner_code")}
    partners = await partner_ids(tx, codes)
    known = await known_customers(tx, [row.values for row in rows])
    judged, problems = [], []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        names = {name: row.values[name] for name in _NAMES if row.values.get(name) is not None}
        code = row.values.get("partner_code") and code_of(row.values["partner_code"])
        read = fitted(NewCustomer, names | {"assigned_partner_code": code}, row.line)
        if isinstance(read, list):
            problems += read
            continue
        if not read.identify:
            problems.append(RowProblem(line=row.line, code="customer_without_name"))
            continue
        if code and code not in partners:
            problems.append(RowProblem(line=row.line, column="partner_code", code="unknown_partner"))
            continue
        keys = _keys(read.model_dump())
        twice = next((key for key in keys if key in seen), None)
        if twice is not None:
            problems.append(RowProblem(line=row.line, column=twice[0], code="row_twice", params={"line": seen[twice]}))
            continue
        seen |= dict.fromkeys(keys, row.line)
        judged.append(_judged(row, read, next((known[key] for key in keys if key in known), None)))
    return Judgement(judged, problems)


async def take(tx: TenantTransaction, judged: Sequence[Judged], *, by: str, reason: str) -> None:
    """Write what was judged. `reason` stands where a customer gets another partner; payouts look again by the clock."""
    assigned = []
    for one in judged:
        plan: CustomerPlan = one.plan
        if plan.known is None:
            await customers.create(tx, plan.told, by=by)
            continue
        if plan.names != CustomerNames():
            await customers.correct(tx, plan.known.id, plan.names, by=by)
        if plan.assigns:
            await customers.assign_partner(tx, plan.known.id, plan.told.assigned_partner_code, by=by, reason=reason)
            assigned.append(plan.known.id)
    for customer in assigned:
        await rechecks.want_for_payer(tx, None, customer)


async def known_customers(tx: TenantTransaction, told: Sequence[dict[str, Any]]) -> dict[tuple[str, str], Customer]:
    """By each of the names that identify: the customers that have one of those told."""
    wanted: dict[str, list[str]] = {name: [] for name in _SURE}
    for values in told:
        for name, value in _keys(values):
            wanted[name].append(value)
    rows = await tx.fetch(
        f"""
        {customers.CUSTOMER}
          AND (c.external_id = ANY ($2) OR c.lexoffice_contact_id::text = ANY ($3) OR lower(c.email) = ANY ($4))
        """,
        tx.tenant.id,
        *wanted.values(),
        timeout=SECONDS,
    )
    found: dict[tuple[str, str], Customer] = {}
    for row in rows:
        customer = Customer.from_row(row)
        found |= dict.fromkeys(_keys(customer.model_dump()), customer)
    return found


def _keys(names: dict[str, Any]) -> list[tuple[str, str]]:
    told = [(name, str(names[name])) for name in _SURE if names.get(name) is not None]
    return [(name, value.lower() if name != "external_id" else value) for name, value in told]


def _judged(row: Row, told: NewCustomer, known: Customer | None) -> Judged:
    about = told.external_id or told.email or str(told.lexoffice_contact_id)
    if known is None:
        return Judged(row.line, about, "new", (), CustomerPlan(None, told, CustomerNames(), assigns=False))
    names = {
        name: getattr(told, name)
        for name in _NAMES
        if getattr(told, name) is not None and getattr(told, name) != getattr(known, name)
    }
    assigns = "partner_code" in row.values and known.assigned_partner_code != told.assigned_partner_code
    differences = [Difference(column=name, before=getattr(known, name), after=value) for name, value in names.items()]
    if assigns:
        before, after = known.assigned_partner_code, told.assigned_partner_code
        differences.append(Difference(column="partner_code", before=before, after=after))
    plan = CustomerPlan(known, told, CustomerNames(**names), assigns=assigns)
    return Judged(row.line, about, outcome(is_known=True, differences=differences), tuple(differences), plan)
