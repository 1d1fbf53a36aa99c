"""A firm with sales."""

from tests.fixtures.sale_books import sale_books as books

__all__ = ["books"]
