"""Every question that the product asks has words of its own on the pages."""

import ast
from collections.abc import Iterator

from api.pages.frame import words
from api.pages.words import task_words
from ledger.bank import bank_rejections
from ledger.booking import unapplied_documents
from ledger.booking.invoice_questions import CLOSED_BY_AN_ANSWER
from tests.api.pages.frame.texts import ROOT

_WORKED_OUT = {
    "ledger/booking/invoice_questions.py": CLOSED_BY_AN_ANSWER,
    "ledger/connections/key_age.py": ("api_key_ends_in_60",),
    "activities/payouts/reversals.py": ("own_reversal_blocked",),
    "activities/payouts/reversal_steps.py": ("own_reversal_blocked",),
    "activities/payouts/payout_blocks.py": ("payout_blocked", "own_document_blocked", "voucher_refused"),
    "activities/creation/purchase_vouchers.py": ("voucher_refused", "voucher_number_taken", "voucher_differs"),
    "activities/notifications/voucher_conclusion.py": ("voucher_gone", "voucher_differs"),
}
"""Where a kind is no constant: the kinds that come out there."""
_TOLD_ELSEWHERE = {
    "BANK_REJECTED": bank_rejections.BANK_REJECTED,
    "NOT_APPLIED": unapplied_documents.NOT_APPLIED,
    "OTHER_ORGANIZATION": unapplied_documents.OTHER_ORGANIZATION,
}
"""Constants of one module that another one asks with."""


def test_every_kind_of_task_has_words_and_no_words_are_left_over() -> None:
    asked = dict(kinds_that_are_asked())
    assert not {kind: where for kind, where in asked.items() if task_words.of_kind(kind) is task_words.OTHER}
    assert not task_words.KINDS.keys() - asked.keys()


def kinds_that_are_asked() -> Iterator[tuple[str, str]]:
    """(kind, file) of each `tasks.NewTask` and of calls of functions that hand it the kind they were given."""
    for folder in ("ledger", "activities"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            where, parsed = str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))
            constants = _TOLD_ELSEWHERE | {
                target.id: node.value.value
                for node in parsed.body
                if isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            handed_on = {"block_and_ask": -1} | {
                node.name: [one.arg for one in node.args.args].index("kind")
                if "kind" in [one.arg for one in node.args.args]
                else -1
                for node in ast.walk(parsed)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _asks_what_it_is_told(node)
            }
            for call in (node for node in ast.walk(parsed) if isinstance(node, ast.Call)):
                name = ast.unparse(call.func)
                if name != "tasks.NewTask" and name not in handed_on:
                    continue
                kind = _argument(call, handed_on.get(name, -1))
                if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                    yield kind.value, where
                elif isinstance(kind, ast.Name) and kind.id in constants:
                    yield constants[kind.id], where
                elif where in _WORKED_OUT:
                    yield from ((one, where) for one in _WORKED_OUT[where])
                else:
                    assert isinstance(kind, ast.Name), f"{where}:{call.lineno}: which kinds are asked here?"
                    assert kind.id == "kind", f"{where}:{call.lineno}: which kinds are asked here?"
                    assert _inside(parsed, call, handed_on), f"{where}:{call.lineno}: which kinds are asked here?"


def _asks_what_it_is_told(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    told = {one.arg for one in [*function.args.args, *function.args.kwonlyargs]}
    return "kind" in told and any(
        isinstance(node, ast.Call) and ast.unparse(node.func) == "tasks.NewTask" for node in ast.walk(function)
    )


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "kind":
            return keyword.value
    return call.args[position] if 0 <= position < len(call.args) else None


def _inside(parsed: ast.Module, call: ast.Call, functions: dict[str, int]) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in functions and call in ast.walk(node)
        for node in ast.walk(parsed)
    )


def test_a_documents_state_is_said_in_words_and_a_new_one_as_it_came() -> None:
    assert words.of_document("paidoff") == words.of_document("paid") == "Bezahlt"
    assert words.of_document("archived") == "archived"
