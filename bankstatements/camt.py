"""Statements of ISO 20022 by local names: camt.052, .053 and .054, in the versions .001.02 to .001.13.

What changed between versions and is read in both shapes: `Sts` as text or as `Sts/Cd`; a party as `Cdtr/Nm` or
`Cdtr/Pty/Nm`; a detail's amount as `AmtDtls/TxAmt/Amt` or `Amt`; charges with or without `Rcrd`.
"""

from bankstatements import values
from bankstatements.errors import Unreadable
from bankstatements.models import MOST_STATEMENTS, Balance, Batch, Detail, Direction, Entry, Statement, StatementKind
from bankstatements.trees import Node

KINDS = {
    "BkToCstmrStmt": ("Stmt", StatementKind.STATEMENT),
    "BkToCstmrAcctRpt": ("Rpt", StatementKind.PREVIEW),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", StatementKind.DETAILS),
}
_NAME, _TEXT = 140, 500


def detail(node: Node) -> Detail:
    """A `TxDtls`."""
    amount = node.find("AmtDtls/TxAmt/Amt") or node.find("Amt")
    instructed = node.find("AmtDtls/InstdAmt/Amt")
    known = amount or instructed
    # Another currency than the transaction's would be compared with euros.
    same = amount is None or instructed is None or amount.currency == instructed.currency
    return Detail(
        end_to_end_id=values.reference(node.text("Refs/EndToEndId")),
        payment_information_id=values.reference(node.text("Refs/PmtInfId")),
        message_id=values.reference(node.text("Refs/MsgId")),
        bank_reference=values.reference(node.text("Refs/AcctSvcrRef", "Refs/TxId")),
        mandate_id=values.reference(node.text("Refs/MndtId")),
        amount_cents=None if amount is None else values.cents(amount.own_text()),
        instructed_cents=values.cents(instructed.own_text()) if instructed is not None and same else None,
        charges_cents=_charges(node),
        currency=values.currency(None if known is None else known.currency),
        direction=values.direction(node.text("CdtDbtInd")),
        debtor_name=_party(node, "Dbtr"),
        debtor_iban=values.iban(node.text("RltdPties/DbtrAcct/Id/IBAN")),
        creditor_name=_party(node, "Cdtr"),
        creditor_iban=values.iban(node.text("RltdPties/CdtrAcct/Id/IBAN")),
        code=_code(node),
        business_code=values.business_code(node.text("BkTxCd/Prtry/Cd")),
        return_code=values.reference(node.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")),
        return_text=values.printable(" ".join(node.texts("RtrInf/AddtlInf")), _TEXT),
        remittance=values.printable(
            " ".join([*node.texts("RmtInf/Ustrd"), *node.texts("RmtInf/Strd/CdtrRefInf/Ref")]), _TEXT
        ),
    )


def entry(node: Node) -> Entry:
    """A `Ntry`; its details were read when they closed. The position is given by who has them all."""
    amount = node.find("Amt")
    return Entry(
        position=0,
        amount_cents=None if amount is None else values.cents(amount.own_text()),
        currency=values.currency(None if amount is None else amount.currency),
        direction=values.direction(node.text("CdtDbtInd")),
        reversal=values.yes(node.text("RvslInd")),
        status=values.reference(node.text("Sts/Cd", "Sts/Prtry", "Sts")),
        booked_on=values.day(node.text("BookgDt/Dt", "BookgDt/DtTm")),
        valued_on=values.day(node.text("ValDt/Dt", "ValDt/DtTm")),
        bank_reference=values.reference(node.text("AcctSvcrRef")),
        code=_code(node),
        business_code=values.business_code(node.text("BkTxCd/Prtry/Cd")),
        batch=_batch(node),
        text=values.printable(node.text("AddtlNtryInf"), _TEXT),
        details=tuple(one.value for one in node.all("NtryDtls/TxDtls") if isinstance(one.value, Detail)),
    )


CONVERT = {"TxDtls": detail, "Ntry": entry}
"""For trees.parse: what is turned into values as it closes."""


def statements(message: Node, format: str) -> tuple[Statement, ...]:
    """All of a message: the element below `Document`. Raises Unreadable."""
    name, kind = KINDS[message.name]
    nodes = [*message.all(name)]
    if len(nodes) > MOST_STATEMENTS:
        raise Unreadable("statement_too_many_parts", most=MOST_STATEMENTS)
    message_id = values.reference(message.text("GrpHdr/MsgId"))
    found = tuple(_statement(node, kind, format, message_id) for node in nodes)
    if not found:
        raise Unreadable("statement_message_unknown")
    return found


def _statement(node: Node, kind: StatementKind, format: str, message_id: str | None) -> Statement:
    iban = values.iban(node.text("Acct/Id/IBAN"))
    other = values.reference(node.text("Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/IBAN"))
    if iban is None and other is None:
        raise Unreadable("statement_account_missing")
    entries = [one.value for one in node.all("Ntry") if isinstance(one.value, Entry)]
    last = node.text("StmtPgntn/LastPgInd", "RptPgntn/LastPgInd", "NtfctnPgntn/LastPgInd")
    return Statement(
        format=format,
        kind=kind,
        message_id=message_id,
        statement_id=values.reference(node.text("Id")),
        number=values.number(node.text("ElctrncSeqNb")) or values.number(node.text("LglSeqNb")),
        page=values.number(node.text("StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb")),
        last_page=None if last is None else values.yes(last),
        created_at=values.moment(node.text("CreDtTm")),
        iban=iban,
        other_account=None if iban else other,
        currency=values.currency(node.text("Acct/Ccy")),
        balances=tuple(_balances(node)),
        entries=tuple(one.model_copy(update={"position": position}) for position, one in enumerate(entries)),
    )


def _balances(node: Node) -> list[Balance]:
    found = []
    for one in node.all("Bal"):
        amount = one.find("Amt")
        kind = values.reference(one.text("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry"))
        side = values.direction(one.text("CdtDbtInd"))
        known = None if amount is None else values.cents(amount.own_text())
        if amount is None or known is None or kind is None or (side is None and known):
            continue
        found.append(
            Balance(
                kind=kind,
                cents=-known if side is Direction.DEBIT else known,
                currency=values.currency(amount.currency),
                day=values.day(one.text("Dt/Dt", "Dt/DtTm")),
            )
        )
    return found


def _batch(node: Node) -> Batch | None:
    found = node.find("NtryDtls/Btch")
    if found is None:
        return None
    return Batch(
        payment_information_id=values.reference(found.text("PmtInfId")),
        message_id=values.reference(found.text("MsgId")),
        number=values.number(found.text("NbOfTxs")),
        total_cents=values.cents(found.text("TtlAmt")),
    )


def _code(node: Node) -> str | None:
    parts = [node.text(f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return values.printable("-".join(part for part in parts if part), 20)


def _party(node: Node, which: str) -> str | None:
    return values.printable(node.text(f"RltdPties/{which}/Pty/Nm", f"RltdPties/{which}/Nm"), _NAME)


def _charges(node: Node) -> int | None:
    total = values.cents(node.text("Chrgs/TtlChrgsAndTaxAmt"))
    if total is not None:
        return total
    each = [values.cents(text) for path in ("Chrgs/Rcrd/Amt", "Chrgs/Amt") for text in node.texts(path)]
    return values.total([one for one in each if one is not None])
