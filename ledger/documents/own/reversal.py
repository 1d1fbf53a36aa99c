"""What takes an issued document back: the whole of it (Storno), or a part (Korrektur). Pure.

Tax case, rate and parties are those of the original, whatever they have become since (rules.md, strategy B); nothing
is paid by it. `issuing.issue` gives number and day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from ledger.documents.own.content import Original, OwnDocument, OwnDocumentKind, OwnLine
from ledger.refusals import NotAcceptable

ReversalCode = Literal["389", "261"]

PLACEHOLDER = "–"
"""Stands for the number of a document that has none yet."""
_NOTHING_PAID = "Keine Zahlung durch diesen Beleg."

_STANDS = (OwnDocumentKind.SELF_BILLED, OwnDocumentKind.COMMISSION_STATEMENT)


def reversal_of(original: OwnDocument, *, code: ReversalCode = "389") -> OwnDocument:
    """The Storno of a document, line by line. Raises NotAcceptable for what takes back itself.

    `code`: with 389 quantities are negative, with 261 (self-billed credit note) amounts are positive. XRechnung knows
    no 261 (BR-DE-17).
    """
    if original.profile == "xrechnung":
        code = "389"
    lines = tuple(line.model_copy(update={"net_cents": -line.net_cents}) for line in original.lines)
    told = _named(original)
    return _taking_back(
        original,
        kind=OwnDocumentKind.REVERSAL,
        lines=lines,
        reversal_code=code,
        # BR-CO-25 asks for terms where an amount is due, and with 261 it is written as a positive one.
        payment_terms=_NOTHING_PAID if code == "261" else None,
        sentences=(f"Dieser Beleg nimmt die {told} vollständig zurück.",),
        english="This document cancels the above original document in full.",
    )


def part_of(original: OwnDocument, lines: Sequence[OwnLine], *, earlier_cents: int = 0) -> OwnDocument:
    """The Korrektur of a part of a document: `lines` are negative, `earlier_cents` (≤ 0, net) what earlier ones took.

    Raises NotAcceptable where nothing is taken, or as much as the document is worth: that is a Storno.
    """
    taken = sum(line.net_cents for line in lines)
    if taken >= 0 or any(line.net_cents >= 0 for line in lines):
        raise NotAcceptable("correction_takes_nothing")
    if original.net_cents + earlier_cents + taken < 0 or taken == -original.net_cents:
        raise NotAcceptable("correction_takes_all", left=original.net_cents + earlier_cents)
    return _taking_back(
        original,
        kind=OwnDocumentKind.CORRECTION,
        lines=tuple(lines),
        sentences=(f"Dieser Beleg berichtigt die {_named(original)}.",),
        english="This document corrects the above original document in part.",
    )


def correction_over(
    like: OwnDocument, lines: Sequence[OwnLine], *, original: Original | None, period: tuple[date, date]
) -> OwnDocument:
    """The correcting document over a negative balance.

    Parties, tax case and rate are those of `like`, the newest document of the case. `original`: None, where it corrects
    several.

    Raises NotAcceptable where nothing is taken.
    """
    if sum(line.net_cents for line in lines) >= 0:
        raise NotAcceptable("correction_takes_nothing")
    told = f"den Beleg {original.number} vom {original.issued_on:%d.%m.%Y}" if original else "frühere Abrechnungen"
    return _taking_back(
        like,
        kind=OwnDocumentKind.CORRECTION,
        lines=tuple(lines),
        original=original,
        period_from=period[0],
        period_to=period[1],
        sentences=(
            f"Dieser Beleg berichtigt {told}. Der Gesamtbetrag ist zurückzuzahlen, soweit er nicht verrechnet wird.",
        ),
        english="This document corrects earlier ones. Its total is to be repaid unless it is set off.",
    )


def _taking_back(
    original: OwnDocument, /, *, sentences: tuple[str, ...], english: str, **members: object
) -> OwnDocument:
    if original.kind not in _STANDS:
        raise NotAcceptable("own_document_takes_back_itself")
    return OwnDocument.model_validate(
        {
            "payment_terms": None,
            "reversal_code": "389",
            **{name: getattr(original, name) for name in _KEPT},
            "number": PLACEHOLDER,
            "original": Original(number=original.number, issued_on=original.issued_on),
            "to_private_person": original.is_of_private_person,
            "sentences": sentences,
            "sentences_english": (english,) if original.sentences_english else (),
            **members,
        }
    )


_KEPT = (
    "issued_on", "period_from", "period_to", "seller", "buyer", "vat", "agreement", "profile", "buyer_reference",
    "without_xml",
)  # fmt: skip


def _named(original: OwnDocument) -> str:
    return f"{original.title} {original.number} vom {original.issued_on:%d.%m.%Y}"
