"""A local lexoffice: the public API, the notifications, and hooks for what a person would click.

Written from the API sheet alone and without the product's client, so that a misreading shows up as
a failing conversation. Start it with ``python -m sandbox.lexoffice``; README.md names every hook.
"""
