"""What pages say: the texts that go through `_()`, and those that do not."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import nodes
from jinja2.ext import extract_from_ast

import api.pages
from api.pages.frame.rendering import _TEMPLATES

PAGES = Path(api.pages.__file__).parent
ROOT = PAGES.parent.parent
TEMPLATES = PAGES / "templates"
_MARKS = {"_", "N_"}
_OURS = {
    "PartnerDesk",
    "Payouts",
    "PartnerDesk Payouts",
    "· PartnerDesk Payouts",
    "lexoffice",
    "OAuth",
    "IBAN",
    "€",
    "CSV",
}
"""Names, the same in every language."""
_SENTENCE = re.compile(r"[A-ZÄÖÜ„].* .*[.!?]")
_WORD = re.compile(r"[^\W\d_]{2}")
_SEEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "label"}
_TEMPLATE_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def templates() -> list[Path]:
    # docs.html and its neighbours outside the folder are no pages for people at work.
    return sorted(TEMPLATES.glob("*.html"))


def texts_of_templates() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(where, text or its forms) of each call of `_` and `ngettext`."""
    for path in templates():
        parsed = _TEMPLATES.parse(path.read_text(encoding="utf-8"))
        for line, function, found in extract_from_ast(parsed, ("_", "ngettext")):
            if function == "ngettext" and isinstance(found, tuple):
                forms = tuple(form for form in found if form)
                if len(forms) == 2:
                    yield f"{path.name}:{line}", forms
            else:
                text = found[0] if isinstance(found, tuple) else found
                if text:
                    yield f"{path.name}:{line}", text


def texts_of_python() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """The same for the modules of pages, with what `N_` marks."""
    for path in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            constants = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if name in _MARKS and constants:
                yield f"{path.name}:{node.lineno}", constants[0]
            elif name == "ngettext" and len(constants) >= 2:
                yield f"{path.name}:{node.lineno}", (constants[0], constants[1])


def refusals() -> Iterator[tuple[str, str]]:
    """Sentences that the ledger and the pages raise: they raise codes."""
    for folder in ("ledger", "api/pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.relative_to(ROOT).as_posix().startswith(tuple(_NOT_FOR_PAGES)):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                    continue
                for argument in node.exc.args:
                    text = argument.value if isinstance(argument, ast.Constant) else None
                    if isinstance(text, str) and _SENTENCE.fullmatch(text):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def bare_texts(path: Path) -> list[str]:
    """What a template says outside `_()`: between tags, in attributes that are read out, in expressions."""
    source = path.read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(_TEMPLATE_CODE.sub(" ", source))
    found = [*reader.found, *_bare_strings(_TEMPLATES.parse(source))]
    return [text for text in found if _WORD.search(text) and text not in _OURS]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        # A macro that writes attributes stands between tags, too.
        if not re.match(r'\s*[a-z-]+="', data):
            self.found.append(" ".join(data.split()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value.strip() for name, value in attrs if name in _SEEN_ATTRIBUTES and value]


def _bare_strings(parsed: nodes.Template) -> list[str]:
    """Strings that an expression writes out: `{{ "Sperren" if … else "Entsperren" }}`."""
    found: list[str] = []

    def written(node: nodes.Node) -> None:
        match node:
            case nodes.Const(value=str() as value):
                # Values of attributes are written the same way; a text has a capital or a space.
                if re.match(r"[A-ZÄÖÜ„]", value) or re.search(r"\w \w", value):
                    found.append(value)
            case nodes.CondExpr():
                for branch in (node.expr1, node.expr2):
                    if branch is not None:
                        written(branch)
            case nodes.Concat():
                for part in node.nodes:
                    written(part)
            case nodes.Or() | nodes.Add():
                written(node.left)
                written(node.right)

    for output in parsed.find_all(nodes.Output):
        for node in output.nodes:
            written(node)
    return found


_NOT_FOR_PAGES = {
    "ledger/reports/invariants.py": "in English, for operators",
    "ledger/reports/own_document_checks.py": "in English, for operators",
    "ledger/reports/standstills.py": "in English, for operators",
    "ledger/reports/uncompared_books.py": "in English, for operators",
    "ledger/backups/": "in English, for operators",
    "ledger/migrate.py": "in English, for operators",
    "ledger/migrations/": "in English, for operators",
    "activities/doctor/": "in English, for operators",
    "ledger/lock_order.py": "in English, for developers",
    "ledger/reports/statement_pdf.py": "papers are German",
    "ledger/documents/own/reversal.py": "so are documents",
    "ledger/payouts/own_content.py": "so are documents",
    "ledger/payouts/document_lines.py": "so are documents",
    "ledger/tax/own_document_rules.py": "so are documents",
    "activities/mail/letter.py": "mails speak both languages by themselves",
}
_NO_SENTENCE = re.compile(r"SELECT|INSERT|UPDATE ")


def sentences() -> Iterator[tuple[str, str]]:
    """Sentences of ledger and activities for people, with or without places."""
    for where, node, docstrings in _strings():
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "Wert" for part in node.values)
        else:
            text = node.value if id(node) not in docstrings and isinstance(node.value, str) else ""
        if _SENTENCE.fullmatch(text) and not _NO_SENTENCE.search(text):
            yield where, text


def _strings() -> Iterator[tuple[str, ast.Constant | ast.JoinedStr, set[int]]]:
    for folder in ("ledger", "activities"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(tuple(_NOT_FOR_PAGES)):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            no_text = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            no_text |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant | ast.JoinedStr):
                    yield f"{name}:{node.lineno}", node, no_text
