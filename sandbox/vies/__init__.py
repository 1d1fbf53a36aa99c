"""A VIES of our own: the REST API of „VIES on the Web“ with its failures, and a page with buttons (README.md)."""
