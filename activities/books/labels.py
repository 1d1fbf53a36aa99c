"""What documents and customers name in free fields and on lines of text: partner, order, campaign. Pure.

rules.md, What a fetched document means: a line of its own that begins with a label. What stands behind the one for the
partner is meant, also where it can be no code: then a person is asked. Orders and campaigns stand in invoices for other
reasons too; there only what can be one counts.
"""

import re
from collections.abc import Iterator, Mapping

from ledger import plain_text

# Labels and custom fields are written by people: compared without case, blanks, `.`, `_` and `-`.
_ORDER_FIELDS = {"orderreference", "ordernumber", "orderno", "ordernr", "bestellung", "bestellnummer", "bestellnr"}
_ORDER_LINES = {"order", "ordernumber", "orderno", "ordernr", "bestellung", "bestellnummer", "bestellnr"}
_PARTNER_LINES = {"partner", "partnercode", "partnerid"}
_PARTNER_FIELDS = _PARTNER_LINES | {"affiliate", "affiliatecode", "affiliateid"}
_CAMPAIGN_FIELDS = {"campaign", "campaignslug", "kampagne"}
_CAMPAIGN_LINES = {"campaign", "kampagne"}

_LABELLED = re.compile(r"#?([^:#]{1,40})(?::|(?=#))(.*)")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{3,80}")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LONGEST = 100
_AROUND = " .,;:!?\"'„“”‚‘’»«()[]"
"""What people put around a word or at the end of a line, and what is no part of a code or an order."""


def orders_in(fields: Mapping[str, str], *texts: str | None) -> tuple[str, ...]:
    """Every order that fields and lines of these texts name, fields first."""
    named = [plain_text.order_of(value) for value in _fields(fields, _ORDER_FIELDS)]
    named += [plain_text.order_of(_bare(value)) for value in _lines(_ORDER_LINES, *texts)]
    return tuple(reference for reference in dict.fromkeys(named) if _REFERENCE.fullmatch(reference))


def campaign_in(fields: Mapping[str, str], *texts: str | None) -> str | None:
    """The campaign that a field or a line of these texts names."""
    named = [plain_text.cleaned(value) for value in _fields(fields, _CAMPAIGN_FIELDS)]
    lines = map(_bare, _lines(_CAMPAIGN_LINES, *texts))
    named += [value for value in lines if _SLUG.fullmatch(value)]
    return next((value[:_LONGEST] for value in named if value), None)


def codes_in(fields: Mapping[str, str], *texts: str | None) -> list[str]:
    """Every different partner that fields and lines of these texts name.

    A field that is empty was not filled in; a line that begins with the label was written by somebody.
    """
    named = [code for value in _fields(fields, _PARTNER_FIELDS) if (code := plain_text.code_of(value))]
    named += [plain_text.code_of(_bare(value)) for value in _lines(_PARTNER_LINES, *texts)]
    return list(dict.fromkeys(code[:_LONGEST] for code in named))


def _fields(fields: Mapping[str, str], wanted: set[str]) -> Iterator[str]:
    return (value for key, value in fields.items() if _label(key) in wanted)


def _lines(wanted: set[str], *texts: str | None) -> Iterator[str]:
    """What stands behind one of these labels, cleaned. `Order #1001` needs no colon."""
    for text in texts:
        for line in (text or "").splitlines():
            found = _LABELLED.fullmatch(plain_text.cleaned(line))
            if found and _label(found[1]) in wanted and (":" in found[0] or wanted is _ORDER_LINES):
                yield found[2]


def _bare(value: str) -> str:
    return value.strip(_AROUND)


def _label(written: str) -> str:
    return re.sub(r"[\s._-]", "", plain_text.cleaned(written)).casefold()
