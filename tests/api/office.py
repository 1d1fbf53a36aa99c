"""An organisation in the sandbox lexoffice, and what a person clicks there."""

from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.lexoffice_server import LexofficeAddresses


@dataclass(frozen=True)
class Office:
    app_url: str
    organization: str
    api_key: str

    @classmethod
    async def found(cls, addresses: LexofficeAddresses, **members: Any) -> "Office":
        async with httpx.AsyncClient(base_url=addresses.app_url) as http:
            answer = await http.post("/sandbox/organizations", json={"name": "Muster GmbH", "rate": 0} | members)
            made = answer.raise_for_status().json()
        return cls(addresses.app_url, made["organizationId"], made["apiKey"])

    async def hook(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx.AsyncClient(base_url=self.app_url) as http:
            answer = await http.request(method, f"/sandbox/organizations/{self.organization}/{path}", json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None

    async def calls(self) -> int:
        total: int = (await self.hook("GET", "calls"))["total"]
        return total
