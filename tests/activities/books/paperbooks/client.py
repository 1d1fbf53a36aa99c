"""Its typed client: knows nothing of payouts."""

import httpx
from pydantic import BaseModel

from httpcalls.errors import NotFound, OutcomeUnknown, ServerError, Unreachable


class NewNote(BaseModel):
    marker: str
    written_to: str
    net_cents: int
    gross_cents: int


class Note(NewNote):
    id: int
    number: str
    paid_with: str | None


class PaperClient:
    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, transport=transport, trust_env=False)

    async def create(self, note: NewNote) -> Note:
        try:
            answer = await self._http.post("/notes", json=note.model_dump())
        except httpx.ConnectError:
            raise Unreachable(request="POST notes") from None
        except httpx.HTTPError:
            raise OutcomeUnknown(request="POST notes") from None
        if answer.status_code != 201:
            raise OutcomeUnknown(status=answer.status_code, request="POST notes")
        return Note.model_validate_json(answer.content)

    async def note(self, id: int) -> Note:
        return Note.model_validate_json(await self._get(f"/notes/{id}"))

    async def marked(self, marker: str) -> list[Note]:
        answer = await self._http.get("/notes", params={"marker": marker})
        return [Note.model_validate(row) for row in answer.json()]

    async def _get(self, path: str) -> bytes:
        try:
            answer = await self._http.get(path)
        except httpx.HTTPError:
            raise ServerError(request=f"GET {path}") from None
        if answer.status_code == 404:
            raise NotFound(request=f"GET {path}")
        return answer.content
