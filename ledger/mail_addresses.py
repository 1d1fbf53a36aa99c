"""Addresses that mail can be sent to, checked where somebody enters one. Pure."""

import re
from typing import Annotated

import idna
from pydantic import AfterValidator

from ledger.refusals import NotAcceptable

_LONGEST = 254
"""Of an address in SMTP (RFC 5321, 4.5.3.1.3, less the angle brackets)."""
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}")


def address(text: str) -> str:
    """One address, trimmed, as it was written otherwise. Raises NotAcceptable."""
    written = text.strip()
    local, _, domain = written.rpartition("@")
    if not (written.isprintable() and len(written) <= _LONGEST and _LOCAL.fullmatch(local) and _is_domain(domain)):
        raise NotAcceptable("email_not_acceptable")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise NotAcceptable("email_not_acceptable")
    return written


def _is_domain(domain: str) -> bool:
    """By IDNA 2008. A name without a dot is a machine of one's own."""
    if domain == "localhost":
        return True
    try:
        return "." in domain.strip(".") and bool(idna.encode(domain, uts46=True, transitional=False))
    except idna.IDNAError:
        return False


MailAddress = Annotated[str, AfterValidator(address)]
"""What models of a request take."""
