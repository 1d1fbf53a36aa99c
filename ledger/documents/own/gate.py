"""Whether the XML of a document keeps the rules of EN 16931 (and of XRechnung where it says that it is one).

In pure Python, in the worker, before a document is issued. The official rules judge the same documents in CI
(tests/ledger/documents/own/judges.py): their engine may not run inside a worker (engine.md, Own documents).
"""

from importlib.metadata import version
from typing import Literal

from ledger.types import Frozen


class Finding(Frozen):
    """One rule that the document breaks: its id (BR-CO-15), what it says, where."""

    rule: str
    severity: str
    message: str
    where: str | None = None


class Report(Frozen):
    """Kept with the document, with the version of the rules."""

    checked_by: str
    profile: str
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """No finding is fatal."""
        return not any(one.severity == "fatal" for one in self.findings)


def check(xml: bytes, profile: Literal["en16931", "xrechnung"]) -> Report:
    """Findings of the gate. Bytes that are no XML are one fatal finding. Takes some 10 ms of CPU."""
    from einvoice import validate_bytes  # reads its code lists, 0.2 s: with the first document, not with the start

    told = validate_bytes(xml, profile=profile)
    findings = [
        Finding(rule=one["rule"], severity=one["severity"], message=one["message"], where=one["field"])
        for one in told["violations"]
    ]
    if told.get("error"):
        findings.append(Finding(rule=told["error"], severity="fatal", message=told["message"]))
    return Report(
        checked_by=f"verifyhash-einvoice {version('verifyhash-einvoice')}", profile=profile, findings=tuple(findings)
    )
