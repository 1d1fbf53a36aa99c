"""Whoever keeps books in easybill reads nothing of lexoffice: a sentence names a provider only where it is about it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import words
from ledger.books import providers
from tests.api.pages.frame import texts
from tests.words import sources
from words import GERMAN, LANGUAGES

PROVIDERS = (*providers(), "stripe", "digistore24", "copecart")
PAGES_OF = {
    "lexoffice": {"lexoffice.html", "lexoffice_settings.py", "lexoffice_oauth.py"},
    "easybill": {"easybill.html", "easybill_settings.py"},
}
"""Pages that are about one provider."""
TOGETHER = {
    "providers.html", "event_words.py", "sale_words.py", "document_settings.py", "document_settings.html",
    "event_preview.html", "transaction.html", "actor_names.py", "source_settings.py", "source.html",
}  # fmt: skip
"""Where providers stand beside each other, to be chosen or told apart."""
OF_ONE = {
    "Gutschrift (in lexoffice: Rechnungskorrektur)": "shown where the books are lexoffice",
    "Bitte sprechen Sie mit lexoffice, bevor es keine weiteren annimmt. Die Übersicht zählt sie.": "its yearly limit",
    "Bitte hinterlegen Sie auf der Seite von lexoffice einen neuen.": "a key of it that ends",
}

ABOUT_ONE = {
    "lexoffice": {
        "activities/notifications/conclusions.py": "by the provider of the document",
        "activities/sweep/subscriptions.py": "its event subscriptions",
        "ledger/connections/budget.py": "its yearly limit",
        "ledger/connections/key_age.py": "its keys end",
        "ledger/connections/oauth_tokens.py": "its OAuth",
        "workflows/subscriptions.py": "its event subscriptions",
    },
    "easybill": {"activities/notifications/conclusions.py": "by the provider of the document"},
}
"""Modules that name a code of a provider's own area, and bear another name."""
_OF_ALL_CODES = {"api/http/codes.py", "api/http/examples.py", "api/http/problems.py"}


def named_in(text: str) -> set[str]:
    """Providers that this text speaks of."""
    return {provider for provider in PROVIDERS if provider in text.casefold()}


def entries(language: str) -> Iterator[tuple[str, str, str]]:
    """(area, code, text) of each sentence, of all its forms."""
    file = Path(words.__file__).with_name(f"{language}.toml")
    for area, codes in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for code, template in codes.items():
            for text in [template] if isinstance(template, str) else template.values():
                yield area, code, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_names_a_provider_only_in_that_providers_own_area(language: str) -> None:
    found = list(entries(language))
    assert {area for area, _, _ in found} >= {"lexoffice", "easybill", "stripe"}
    assert not [(area, code, text) for area, code, text in found if not named_in(text) <= {area}]


@pytest.mark.parametrize("provider", ABOUT_ONE)
def test_a_sentence_of_one_provider_is_said_only_where_that_one_is_meant(provider: str) -> None:
    own = {code for area, code, _ in entries(GERMAN) if area == provider}
    saying = {
        path.relative_to(sources.ROOT).as_posix()
        for path, tree in sources.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in own
    }
    assert {path for path in saying - _OF_ALL_CODES if provider not in path} == set(ABOUT_ONE[provider])


def test_a_page_names_a_provider_only_where_it_is_about_it() -> None:
    of_a_provider = {file: provider for provider, files in PAGES_OF.items() for file in files}
    wrong = []
    for where, text in [*texts.texts_of_templates(), *texts.texts_of_python()]:
        file = where.partition(":")[0]
        forms = [text] if isinstance(text, str) else list(text)
        for form in forms:
            about = {of_a_provider[file]} if file in of_a_provider else set()
            if file not in TOGETHER and form not in OF_ONE and not named_in(form) <= about:
                wrong.append((where, form))
    assert not wrong
