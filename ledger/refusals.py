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

import re
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from ledger.reasons import plain

_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class Refused(Exception):
    """`code` says what is wrong and stays; `params` is what its sentence in `words/` names, as plain JSON.

    Days, moments, rates and ids may be given as they are. Until every place names a code, the first argument may be a
    German sentence instead; then `code` is given apart.
    """

    code = "refused"

    def __init__(self, code_or_sentence: str, /, *, code: str | None = None, **params: object) -> None:
        super().__init__(code_or_sentence)
        self.sentence = code_or_sentence
        if code is not None:
            self.code = code
        elif _CODE.fullmatch(code_or_sentence):
            self.code = code_or_sentence
        self.params = {name: plain(value) for name, value in params.items()}


class NotFound(Refused):
    code = "not_found"

    def __init__(self, what: str = "Objekt") -> None:
        super().__init__(f"{what} nicht gefunden.")


class AlreadyExists(Refused):
    code = "already_exists"


class NotAllowedNow(Refused):
    code = "not_allowed_now"


class ContentHasChanged(NotAllowedNow):
    code = "content_has_changed"

    def __init__(self) -> None:
        super().__init__("Der Inhalt der Auszahlung hat sich seit der Anzeige geändert. Bitte erneut prüfen.")


class DocumentUnderWay(NotAllowedNow):
    code = "document_under_way"

    def __init__(self) -> None:
        super().__init__(
            "Für diese Auszahlung wird bereits eine Gutschrift angelegt oder es gibt sie schon. "
            "Bitte stornieren Sie die Gutschrift in lexoffice."
        )


class NotAcceptable(Refused):
    code = "not_acceptable"


def require_reason(reason: str) -> None:
    """Raises NotAcceptable unless there are 1 to 500 characters."""
    if not 1 <= len(reason) <= 500:
        raise NotAcceptable("reason_missing")


class NothingDue(Refused):
    code = "nothing_due"

    def __init__(self, sentence: str = "Für diesen Partner ist keine freigegebene Provision offen.") -> None:
        super().__init__(sentence)


class Blocked(Refused):
    code = "blocked"


# SQLSTATEs that our migrations raise, and the constraints whose names say the rule.
_BY_SQLSTATE: dict[str, tuple[type[Refused], str, str]] = {
    "PD001": (NotAllowedNow, "state_does_not_allow", "Der Zustand lässt das nicht zu."),
    "PD002": (NotAcceptable, "plan_exceeds_base", "Die Stufen des Plans übersteigen zusammen die Basis."),
    "PD003": (NotAcceptable, "sponsor_cycle", "Ein Partner kann nicht unter sich selbst stehen."),
    "PD004": (
        NotAllowedNow,
        "commission_settled",
        "Der Betrag einer Provision in Auszahlung ist unveränderlich.",
    ),
    "PD005": (
        NotAcceptable,
        "lines_do_not_add_up",
        "Die Summe der Zeilen ist nicht der Betrag der Auszahlung.",
    ),
    "PD006": (DocumentUnderWay, "document_under_way", ""),
    "PD007": (NotAllowedNow, "payouts_stay", "Auszahlungen werden nie gelöscht."),
    "PD020": (NotAllowedNow, "bank_run_fixed", "Was freigegeben oder exportiert ist, ändert sich nicht mehr."),
    "PD008": (NotAcceptable, "clawback_exceeds", "Es würde mehr zurückgefordert, als verdient wurde."),
    "PD030": (NotAcceptable, "month_differs", "Die Zeile ist nicht der Betrag des Monatsabschlusses."),
}


@contextmanager
def refusals_of_the_database() -> Iterator[None]:
    """Turn what a constraint says into the refusal it stands for; other database errors pass."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise AlreadyExists("Diese Angabe ist bereits vergeben.", code=error.constraint_name) from error
    except asyncpg.PostgresError as error:
        found = _BY_SQLSTATE.get(error.sqlstate or "")
        if found is None:
            raise
        kind, code, sentence = found
        raise (DocumentUnderWay() if kind is DocumentUnderWay else kind(sentence, code=code)) from error
