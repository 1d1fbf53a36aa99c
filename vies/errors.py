"""What can go wrong with a question to VIES. `code` is VIES's own word, or one of ours in lower case.

ViesError
├── ViesAway       nobody has answered: ask again later. Never a no
└── ViesRefused    VIES does not take this question; the same again gets the same
"""


class ViesError(Exception):
    """A question without an answer; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ViesAway(ViesError):
    """VIES, or the register of the member state, is away or busy, or what came back is no answer."""


class ViesRefused(ViesError):
    """The number or the requester's own one has no form that VIES knows, or the requester is blocked."""


REFUSING = frozenset({"INVALID_INPUT", "INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED"})
"""Codes after which asking again changes nothing; of all others, also those not known, the question waits."""
