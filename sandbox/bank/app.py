"""The bank as an application: doors for machines, and the page for people."""

from starlette.applications import Starlette

from .bank import Bank
from .doors import Doors
from .page import Page


def application(bank: Bank) -> Starlette:
    return Starlette(routes=[*Page(bank).routes(), *Doors(bank).routes()])
