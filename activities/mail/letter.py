"""What a mail says: a template of its kind and language, filled, as text and as HTML.

A template's first line is the subject. Then blocks, with an empty line between: lines that begin with `- ` are points
of a list, `=> label | address` is a link, all else is a paragraph. Whatever comes from outside is one line of printable
characters, so it can neither begin a block nor a header; the HTML part escapes everything.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ledger.types import BERLIN, Frozen
from words import sentence

_TEMPLATES = Path(__file__).parents[1] / "letters"
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_LONGEST = 300
_NO_BREAK = "\N{NO-BREAK SPACE}"
_FOOTERS = {
    "de": "PartnerDesk Payouts · Diese Mail wurde automatisch geschrieben. Welche Sie bekommen, wählen Sie unter {}",
    "en": "PartnerDesk Payouts · This mail was written automatically. Choose which ones you get at {}",
}
_FOOTERS_OUTSIDE = {
    "de": "Diese Mail wurde automatisch geschrieben.",
    "en": "This mail was written automatically.",
}
# Stricter than the standard: nothing that fits can begin a header, or be two addresses.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


class Letter(Frozen):
    subject: str
    text: str
    html: str


class Attachment(Frozen):
    """A file that goes with a mail; PDF only."""

    name: str
    content: bytes


class _Part(Frozen):
    text: str = ""
    points: tuple[str, ...] = ()
    label: str = ""
    link: str = ""


def reachable(address: str) -> str | None:
    """The address as SMTP takes it; None for what is none, and for what could be two."""
    local, at, domain = address.strip().rpartition("@")
    try:
        # IDNA 2008, where straße.de is another domain than strasse.de; Python's own codec knows 2003 only.
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return None
    whole = f"{local}{at}{ascii_domain}"
    return whole if _ADDRESS.fullmatch(whole) else None


def written(
    kind: str,
    language: str,
    facts: Mapping[str, Any],
    *,
    public_url: str,
    outside: bool = False,
    also: str | None = None,
) -> Letter:
    """`outside`: to a partner, who has no page to choose mails on. `also`: a language in which it is said once more,
    below; the subject is in the first."""
    subject, parts = _filled(kind, language, facts, public_url)
    if also is not None:
        head, more = _filled(kind, also, facts, public_url)
        parts = [*parts, _Part(text=head), *more]
    chosen_at = f"{public_url}/admin/benachrichtigungen"
    footer = _FOOTERS_OUTSIDE[language] if outside else _FOOTERS[language].format(chosen_at)
    html = _LAYOUT.get_template("layout.html").render(
        language=language, subject=subject, parts=_join_lists(parts), footer=footer
    )
    text = "\n\n".join(_as_text(part) for part in _join_lists(parts))
    return Letter(subject=subject, text=f"{text}\n\n-- \n{footer}\n", html=html)


def _filled(kind: str, language: str, facts: Mapping[str, Any], public_url: str) -> tuple[str, list[_Part]]:
    """Subject and parts."""
    filled = _environment(language).get_template(f"{language}/{kind}.txt").render(facts)
    head, _, body = filled.lstrip("\n").partition("\n")
    parts = [part for block in re.split(r"\n\s*\n", body) if (part := _part(block, public_url))]
    return _one_line(head), parts


def message(
    letter: Letter, *, sender: str, to: str, id: str, at: datetime, attachments: tuple[Attachment, ...] = ()
) -> EmailMessage:
    """`id` makes the Message-ID, `at` the date: the same at each attempt."""
    made = EmailMessage(policy=SMTP)
    made["From"] = f"PartnerDesk Payouts <{sender}>"
    made["To"] = to
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    for attachment in attachments:
        made.add_attachment(attachment.content, maintype="application", subtype="pdf", filename=attachment.name)
    return made


def _environment(language: str) -> Environment:
    from babel.dates import format_date
    from babel.dates import format_datetime as format_moment
    from babel.numbers import format_currency

    locale = _LOCALES[language]
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # noqa: S701 - the text part; layout.html escapes
        undefined=StrictUndefined,
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["money"] = lambda cents: format_currency(Decimal(cents) / 100, "EUR", locale=locale)
    made.filters["day"] = lambda at: format_date(_local(at), locale=locale)
    made.filters["why"] = lambda reason: sentence(reason.code, reason.params, language)
    made.filters["moment"] = lambda at: format_moment(
        at.astimezone(BERLIN), "dd.MM.yyyy HH:mm" if language == "de" else "d MMM yyyy, HH:mm", locale=locale
    )
    return made


_LAYOUT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _local(at: date | datetime) -> date:
    return at.astimezone(BERLIN).date() if isinstance(at, datetime) else at


def _one_line(value: Any) -> Any:
    """Printable, on one line, and not endless. Control and direction characters are left out."""
    if value is None or not isinstance(value, str):
        return "" if value is None else value
    kept = "".join(mark if mark == _NO_BREAK or not mark.isspace() else " " for mark in value if _shows(mark))
    words = kept.strip()
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _shows(mark: str) -> bool:
    return mark.isspace() or unicodedata.category(mark)[0] != "C"


def _part(block: str, public_url: str) -> _Part | None:
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    if not lines:
        return None
    if lines[0].startswith("=> "):
        label, _, address = lines[0].removeprefix("=> ").partition(" | ")
        return _Part(label=label, link=address if address.startswith(f"{public_url}/") else f"{public_url}{address}")
    if lines[0].startswith("- "):
        return _Part(points=tuple(line.removeprefix("- ") for line in lines))
    return _Part(text=" ".join(lines))


def _join_lists(parts: list[_Part]) -> list[_Part]:
    joined: list[_Part] = []
    for part in parts:
        if part.points and joined and joined[-1].points:
            joined[-1] = _Part(points=joined[-1].points + part.points)
        else:
            joined.append(part)
    return joined


def _as_text(part: _Part) -> str:
    if part.link:
        return f"{part.label}:\n{part.link}"
    if part.points:
        return "\n".join(f"- {point}" for point in part.points)
    return part.text
