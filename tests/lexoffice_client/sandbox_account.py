"""An organisation of its own in the sandbox lexoffice, and what a person does there."""

from dataclasses import dataclass
from typing import Any

import httpx

from lexoffice.client import LexofficeClient


@dataclass
class Account:
    organization_id: str
    api_key: str
    hooks: httpx.AsyncClient
    client: LexofficeClient

    async def does(self, what: str, **form: Any) -> dict[str, Any]:
        """A hook of this organisation, such as `invoices` or `faults`."""
        return await self._post(f"organizations/{self.organization_id}/{what}", form)

    async def clicks(self, document: object, what: str, **form: Any) -> dict[str, Any]:
        return await self._post(f"documents/{document}/{what}", form)

    async def changes(self, **settings: Any) -> None:
        (await self.hooks.patch(f"/sandbox/organizations/{self.organization_id}", json=settings)).raise_for_status()

    async def documents(self) -> list[dict[str, Any]]:
        return await self._list("documents", "content")

    async def calls(self) -> list[dict[str, Any]]:
        return await self._list("calls", "calls")

    async def _post(self, path: str, form: dict[str, Any]) -> dict[str, Any]:
        answer = await self.hooks.post(f"/sandbox/{path}", json=form)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def _list(self, what: str, member: str) -> list[dict[str, Any]]:
        answer = await self.hooks.get(f"/sandbox/organizations/{self.organization_id}/{what}")
        listed: list[dict[str, Any]] = answer.raise_for_status().json()[member]
        return listed
