"""A third provider of books, as CONTRIBUTING.md describes adding one: its server, its client, its folder, its rows.

It keeps numbered notes, prints no file and sells nothing.
"""
