"""Status reports (pain.002): what a bank says of a file that was handed in, results of a Verification of Payee too."""

from bankstatements import values
from bankstatements.models import Report, ReportedBlock, ReportedPayment, StatusReason
from bankstatements.trees import Node

ROOTS = ("CstmrPmtStsRpt", "pain.002.001.02")


def payment(node: Node) -> ReportedPayment:
    """A `TxInfAndSts`."""
    return ReportedPayment(
        end_to_end_id=values.reference(node.text("OrgnlEndToEndId")),
        status=values.reference(node.text("TxSts")),
        reasons=_reasons(node),
        amount_cents=values.cents(node.text("OrgnlTxRef/Amt/InstdAmt")),
        creditor_iban=values.iban(node.text("OrgnlTxRef/CdtrAcct/Id/IBAN")),
    )


CONVERT = {"TxInfAndSts": payment}
"""For trees.parse: what is turned into values as it closes."""


def report(message: Node, format: str) -> Report:
    """The whole report: the element below `Document`."""
    whole = message.find("OrgnlGrpInfAndSts") or message
    blocks = [_block(node) for node in message.all("OrgnlPmtInfAndSts")]
    if loose := _payments(message):
        # The oldest version names transfers without their block.
        blocks.append(ReportedBlock(payments=loose))
    return Report(
        format=format,
        message_id=values.reference(message.text("GrpHdr/MsgId")),
        created_at=values.moment(message.text("GrpHdr/CreDtTm")),
        original_message_id=values.reference(whole.text("OrgnlMsgId")),
        original_message=values.reference(whole.text("OrgnlMsgNmId")),
        status=values.reference(whole.text("GrpSts")),
        reasons=_reasons(whole),
        blocks=tuple(blocks),
    )


def _block(node: Node) -> ReportedBlock:
    return ReportedBlock(
        payment_information_id=values.reference(node.text("OrgnlPmtInfId")),
        status=values.reference(node.text("PmtInfSts")),
        reasons=_reasons(node),
        payments=_payments(node),
    )


def _payments(node: Node) -> tuple[ReportedPayment, ...]:
    return tuple(one.value for one in node.all("TxInfAndSts") if isinstance(one.value, ReportedPayment))


def _reasons(node: Node) -> tuple[StatusReason, ...]:
    return tuple(
        StatusReason(
            code=values.reference(one.text("Rsn/Cd", "Rsn/Prtry")),
            text=values.printable(" ".join(one.texts("AddtlInf")), 500),
        )
        for one in node.all("StsRsnInf")
    )
