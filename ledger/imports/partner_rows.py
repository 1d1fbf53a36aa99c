"""Partners from a file: who they are, the tree, tax status, agreement and bank details.

A column that the file has says all of its field: an empty cell empties it. Tax status, agreement and account are told
whole or not at all; empty cells leave what is there. Accounts wait for a second person as always.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import Field, SecretStr

from ledger import tax_numbers
from ledger.bank import partner_accounts
from ledger.bank.bank_ids import checked_iban, masked, payees_bic
from ledger.bank.partner_accounts import NewBankDetails
from ledger.database import TenantTransaction
from ledger.imports.judging import Difference, Judged, Judgement, outcome
from ledger.imports.rows import Row, RowProblem, fitted
from ledger.imports.sponsors import in_order, without_circles
from ledger.imports.standing_partners import Account, Known, Standing, known_partners
from ledger.payouts import rechecks
from ledger.plain_text import code_of
from ledger.programme import partners
from ledger.programme.partners import NewPartner, PartnerChange
from ledger.refusals import Refused
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import BusinessTime, PayoutNumber, Submitted
from ledger.vault import Vault

_TAX = {
    "status": "tax_status",
    "valid_from": "tax_valid_from",
    "valid_until": "tax_valid_until",
    "vat_id": "vat_id",
    "tax_number": "tax_number",
    "business_id": "business_id",
    "confirmed_year": "confirmed_year",
    "exclusion": "exclusion",
    "declared_on": "declared_on",
}
"""Columns by the members of a tax status."""
_AGREEMENT = ("agreement_version", "agreement_at")
_ACCOUNT = ("iban", "account_holder", "bic")
_CODES = ("sponsor_code", "predecessor_code")
_FIELDS = frozenset(PartnerChange.model_fields)


class AgreementInFile(Submitted):
    """The agreement on self-billing, as the JSON API takes it."""

    agreement_version: str = Field(min_length=1, max_length=50)
    agreement_at: BusinessTime


class PartnerPlan(NamedTuple):
    """What taking a row over does. `fields` are those that differ; of a new partner all that are told."""

    known: Known | None
    fields: dict[str, Any]
    tax: NewTaxStatus | None
    agreement: AgreementInFile | None
    account: NewBankDetails | None


async def judge(tx: TenantTransaction, vault: Vault, rows: Sequence[Row]) -> Judgement:
    """What these rows would do. Locks nothing."""
    problems: list[RowProblem] = []
    by_code = _by_code(rows, problems)
    standing = await known_partners(tx, list(by_code))
    judged = await asyncio.to_thread(_judge_each, by_code, standing, vault, problems)
    kept, wrong = without_circles(
        {code: (one.line, one.plan.fields) for code, one in judged.items()}, standing.sponsors
    )
    return Judgement([judged[code] for code in in_order(kept, standing.sponsors)], problems + wrong)


async def take(tx: TenantTransaction, vault: Vault, judged: Sequence[Judged], *, by: str) -> list[PayoutNumber]:
    """Write what was judged, sponsors first. Returns payouts that must look again; the caller holds the partners."""
    changed, followers = [], []
    for one in judged:
        plan: PartnerPlan = one.plan
        fields = dict(plan.fields)
        follows = {name: fields.pop(name) for name in ("predecessor_code",) if name in fields}
        if plan.known is None:
            partner = await partners.create(tx, NewPartner(code=one.about, **fields), by=by)
        else:
            partner = plan.known.partner
            if fields:
                await partners.change(tx, partner.id, PartnerChange(**fields), by=by)
        if follows:
            followers.append((partner.id, PartnerChange(**follows)))
        if plan.tax is not None:
            await tax_statuses.record_tax_status(tx, partner.id, plan.tax, by=by)
        if plan.agreement is not None:
            at: datetime = plan.agreement.agreement_at
            await partners.accept_agreement(
                tx, partner.id, version=plan.agreement.agreement_version, accepted_at=at, by=by
            )
        if plan.account is not None:
            await partner_accounts.save_bank_details(tx, vault, partner.id, plan.account, by=by)
        if plan.known is not None and one.outcome == "changed":
            changed.append(partner.id)
    for follower, change in followers:  # once all of them are there
        await partners.change(tx, follower, change, by=by)
    return [payout for partner_id in changed for payout in await rechecks.want_for_partner(tx, partner_id)]


async def hold(tx: TenantTransaction, rows: Iterable[Row]) -> None:
    """Lock the partners that these rows tell of, in the order of their codes."""
    codes = sorted({code_of(str(row.values.get("code") or row.values.get("partner_code") or "")) for row in rows})
    await tx.execute(
        "SELECT 1 FROM partners WHERE tenant_id = $1 AND code = ANY ($2) ORDER BY code FOR UPDATE", tx.tenant.id, codes
    )


def _by_code(rows: Sequence[Row], problems: list[RowProblem]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        code = code_of(row.values["code"])
        if code in found:
            first = found[code].line
            problems.append(RowProblem(line=row.line, column="code", code="row_twice", params={"line": first}))
        else:
            found[code] = row
    return found


def _judge_each(
    by_code: dict[str, Row], standing: Standing, vault: Vault, problems: list[RowProblem]
) -> dict[str, Judged]:
    judged: dict[str, Judged] = {}
    for code, row in by_code.items():
        one = _judge(row, code, standing.partners.get(code), standing.campaigns, vault)
        if isinstance(one, list):
            problems += one
        else:
            judged[code] = one
    return judged


def _judge(
    row: Row, code: str, known: Known | None, campaigns: frozenset[str], vault: Vault
) -> Judged | list[RowProblem]:
    told = {name: value for name, value in row.values.items() if name in _FIELDS}
    told |= {name: code_of(told[name]) for name in _CODES if told.get(name)}
    problems: list[RowProblem] = []
    fields = _fields(row, code, told, known, problems)
    slug = told.get("campaign_slug")
    if slug is not None and slug not in campaigns:
        problems.append(RowProblem(line=row.line, column="campaign_slug", code="unknown_campaign"))
    differences = (
        []
        if known is None
        else [
            Difference(column=name, before=getattr(known.partner, name), after=value) for name, value in fields.items()
        ]
    )
    tax = _tax(row, told, known, problems, differences)
    agreement = _agreement(row, known, problems, differences)
    account = _account(row, told, known, vault, problems, differences)
    if problems:
        return problems
    return Judged(
        row.line,
        code,
        outcome(is_known=known is not None, differences=differences),
        tuple(differences),
        PartnerPlan(known, fields, tax, agreement, account),
    )


def _fields(
    row: Row, code: str, told: dict[str, Any], known: Known | None, problems: list[RowProblem]
) -> dict[str, Any]:
    """What a change or a new partner is made of."""
    if (known is None or "name" in told) and told.get("name") is None:
        problems.append(RowProblem(line=row.line, column="name", code="cell_missing"))
        return {}
    given = {name: value for name, value in told.items() if value is not None}
    read = fitted(PartnerChange, given, row.line) if known else fitted(NewPartner, {"code": code, **given}, row.line)
    if isinstance(read, list):
        problems += read
        return {}
    if known is None:
        return {name: getattr(read, name) for name in given}
    after = {name: getattr(read, name) if name in given else None for name in told if name in given or name != "status"}
    return {name: value for name, value in after.items() if value != getattr(known.partner, name)}


def _tax(
    row: Row, told: dict[str, Any], known: Known | None, problems: list[RowProblem], differences: list[Difference]
) -> NewTaxStatus | None:
    given = {member: row.values[name] for member, name in _TAX.items() if row.values.get(name) is not None}
    if not given:
        return None
    lacking = [_TAX[member] for member in ("status", "valid_from") if member not in given]
    if lacking:
        problems += [RowProblem(line=row.line, column=name, code="cell_missing") for name in lacking]
        return None
    read = fitted(NewTaxStatus, given, row.line, _TAX)
    if isinstance(read, list):
        problems += [one if one.column else one.model_copy(update={"column": _number_of(one.code)}) for one in read]
        return None
    seat = told.get("country_code") if "country_code" in told else known and known.partner.country_code
    try:
        number = read.tax_number and tax_numbers.tax_number(read.tax_number, read.status, seat)
    except Refused as refused:
        problems.append(RowProblem(line=row.line, column="tax_number", code=refused.code, params=refused.params))
        return None
    before = None if known is None else known.tax
    after = read.model_dump() | {"tax_number": number}
    differs = [
        Difference(column=name, before=before and getattr(before, member), after=after[member])
        for member, name in _TAX.items()
        if name in row.values and (before is None or getattr(before, member) != after[member])
    ]
    if not differs:
        return None
    if known is not None:
        differences += differs
    return read


def _number_of(code: str) -> str:
    """Which of the numbers a refusal of all of them is about."""
    return next((name for name in ("tax_number", "vat_id", "business_id") if code.startswith(name)), "tax_status")


def _agreement(
    row: Row, known: Known | None, problems: list[RowProblem], differences: list[Difference]
) -> AgreementInFile | None:
    given = {name: row.values[name] for name in _AGREEMENT if row.values.get(name) is not None}
    if not given:
        return None
    read = fitted(AgreementInFile, given, row.line)
    if isinstance(read, list):
        problems += read
        return None
    partner = known and known.partner
    accepted = partner and partner.agreement_accepted_at
    before = (partner and partner.agreement_version, accepted and accepted.replace(microsecond=0))
    if before == (read.agreement_version, read.agreement_at):
        return None
    if known is not None:
        told = zip(_AGREEMENT, before, (read.agreement_version, read.agreement_at), strict=True)
        differences += [Difference(column=name, before=was, after=now) for name, was, now in told if was != now]
    return read


def _account(
    row: Row,
    told: dict[str, Any],
    known: Known | None,
    vault: Vault,
    problems: list[RowProblem],
    differences: list[Difference],
) -> NewBankDetails | None:
    given = {name: row.values[name] for name in _ACCOUNT if row.values.get(name) is not None}
    if not given:
        return None
    if "iban" not in given:
        problems.append(RowProblem(line=row.line, column="iban", code="cell_missing"))
        return None
    holder = given.get("account_holder") or told.get("name") or (known and known.partner.name) or ""
    read = fitted(NewBankDetails, given | {"account_holder": holder, "iban": SecretStr(given["iban"])}, row.line)
    if isinstance(read, list):
        problems += read
        return None
    try:
        iban = checked_iban(given["iban"])
        bic = payees_bic(read.bic, iban)
    except Refused as refused:
        column = "iban" if refused.code.startswith("iban") else "bic"
        problems.append(RowProblem(line=row.line, column=column, code=refused.code, params=refused.params))
        return None
    ways = vault.recognise_under_all_keys(iban.compact)
    now = Account(read.account_holder, iban.compact[-4:], None if bic is None else bic.compact)
    accounts = () if known is None else known.accounts
    if any(one.hmac in ways and one.account == now for one in accounts):
        return None
    if known is not None:
        before = accounts[0].account if accounts else None
        differences.append(
            Difference(
                column="iban",
                before=before and f"{before.holder}, {masked(before.last4)}",
                after=f"{now.holder}, {masked(now.last4)}",
            )
        )
    return read
