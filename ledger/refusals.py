"""What the business refuses, one type per meaning. HTTP status, ApplicationError and words are mapped elsewhere, once.

Refused
├── NotFound             no such object in this tenant (another tenant's is no different)
├── AlreadyExists        a reference that must be unique is taken
├── NotAllowedNow        the state does not allow it
│   ├── ContentHasChanged    an approval named a hash that is no longer true
│   └── DocumentUnderWay     a creation intent exists: the document must be voided in lexoffice first
├── NotAcceptable        the data contradict a rule (a sponsor circle, a plan above its base, …)
├── NothingDue           no commission of this partner is ready to be paid
└── Blocked              the document table or a missing fact forbids the payout, with the reason
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from ledger.reasons import Reason, plain


class Refused(Exception):
    """`code` says what is wrong and stays; `params` is what its sentence in `words/` names, as plain JSON.

    Days, moments, rates and ids may be given as they are.
    """

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = {name: plain(value) for name, value in params.items()}

    @property
    def reason(self) -> Reason:
        """As a row keeps it."""
        return Reason(code=self.code, params=self.params)


class NotFound(Refused):
    """What was asked for is not there, or not in this tenant."""


class AlreadyExists(Refused):
    """Something else has this name, number or account already."""


class NotAllowedNow(Refused):
    """The state of the thing forbids it; later, or by somebody else, it may be allowed."""


class ContentHasChanged(NotAllowedNow):
    """What is decided about is not what was shown: the hash of its content differs."""

    def __init__(self) -> None:
        super().__init__("content_has_changed")


class DocumentUnderWay(NotAllowedNow):
    """A document for it is being created at this moment, or it is not known whether it was."""

    def __init__(self) -> None:
        super().__init__("document_under_way")


class NotAcceptable(Refused):
    """The input cannot be taken as it is, whatever the state."""


def require_reason(reason: str) -> None:
    """Nothing, if a person gave a reason. Raises NotAcceptable unless there are 1 to 500 characters."""
    if not 1 <= len(reason) <= 500:
        raise NotAcceptable("reason_length")


class NothingDue(Refused):
    """There is nothing to pay out now; the code says why."""

    def __init__(self, code: str = "nothing_due", /, **params: Any) -> None:
        super().__init__(code, **params)


class Blocked(Refused):
    """A rule keeps the payout from being made until somebody has mended its cause."""


# SQLSTATEs that our migrations raise.
BY_SQLSTATE: dict[str, tuple[type[Refused], str]] = {
    "PD001": (NotAllowedNow, "state_does_not_allow"),
    "PD002": (NotAcceptable, "plan_exceeds_base"),
    "PD003": (NotAcceptable, "sponsor_cycle"),
    "PD004": (NotAllowedNow, "commission_settled"),
    "PD005": (NotAcceptable, "lines_do_not_add_up"),
    "PD007": (NotAllowedNow, "payouts_stay"),
    "PD008": (NotAcceptable, "clawback_exceeds"),
    "PD020": (NotAllowedNow, "bank_run_fixed"),
    "PD030": (NotAcceptable, "month_differs"),
    "PD031": (NotAcceptable, "parts_differ"),
    "PD040": (NotAllowedNow, "own_document_stays"),
    "PD050": (NotAllowedNow, "stays_as_written"),
    "PD051": (NotAllowedNow, "approval_without_decision"),
    "PD052": (NotAcceptable, "account_of_another_partner"),
    "PD053": (NotAllowedNow, "line_without_cause"),
    "PD054": (NotAllowedNow, "own_document_stands"),
    "PD055": (NotAllowedNow, "more_set_off_than_owed"),
    "PD060": (NotAllowedNow, "sale_taken_over"),
}
_DOCUMENT_UNDER_WAY = "PD006"


@contextmanager
def translating_refusals() -> Iterator[None]:
    """Turn what a constraint says into the refusal it stands for; other database errors pass."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise AlreadyExists("value_taken", constraint=error.constraint_name) from error
    except asyncpg.PostgresError as error:
        if error.sqlstate == _DOCUMENT_UNDER_WAY:
            raise DocumentUnderWay from error
        found = BY_SQLSTATE.get(error.sqlstate or "")
        if found is None:
            raise
        kind, code = found
        raise kind(code) from error
