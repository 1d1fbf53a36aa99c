"""The provider's own side: notes, kept in memory, behind HTTP. It shares no code with the client."""

from typing import Any

from fastapi import FastAPI, HTTPException


def app() -> FastAPI:
    """`state.notes` is what it keeps."""
    serving = FastAPI()
    notes: list[dict[str, Any]] = []
    serving.state.notes = notes

    @serving.post("/notes", status_code=201)
    async def write(told: dict[str, Any]) -> dict[str, Any]:
        notes.append({**told, "id": len(notes) + 1, "number": f"PN-{len(notes) + 1}", "paid_with": None})
        return notes[-1]

    @serving.get("/notes/{id}")
    async def read(id: int) -> dict[str, Any]:
        if not 0 < id <= len(notes):
            raise HTTPException(404)
        return notes[id - 1]

    @serving.get("/notes")
    async def find(marker: str) -> list[dict[str, Any]]:
        return [note for note in notes if note["marker"] == marker]

    return serving
