"""What the product says to people: a code with parameters becomes a sentence in the reader's language.

`de.toml` and `en.toml` hold one template per code, under the same table in both (a table is an area, not part of the
code). See `words.catalogue` for what a template may contain. Imports nothing of ours, so that every layer above the
ledger may render; the ledger itself only names codes.
"""

from words.catalogue import LANGUAGES, is_known, load, sentence
from words.formats import ENGLISH, GERMAN

__all__ = ["ENGLISH", "GERMAN", "LANGUAGES", "is_known", "load", "sentence"]
