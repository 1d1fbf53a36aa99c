"""A firm with sales."""

from tests.fixtures.sale_books import sale_books

__all__ = ["sale_books"]
