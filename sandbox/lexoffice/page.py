"""Placeholder until the page exists."""

from __future__ import annotations

from starlette.routing import Route

from .faults import FaultBook
from .office import Office


class Page:
    def __init__(self, office: Office, faults: FaultBook) -> None:
        self.office = office
        self.faults = faults

    def routes(self) -> list[Route]:
        return []
