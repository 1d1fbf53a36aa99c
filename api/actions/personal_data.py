"""What was erased, kept and not reached, with its sentences; and the copy of a person's data as a file."""

from datetime import date
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.http.files import attachment
from api.http.language import say
from ledger.privacy.erasures import Erasure
from ledger.privacy.exports import PersonalData


class ErasedRecord(BaseModel):
    what: str = Field(description="Schlüssel der Art", examples=["erased_mail_address"])
    text: str
    count: int


class KeptRecord(ErasedRecord):
    paragraphs: list[str] = Field(examples=[["§ 147 Abs. 1 Nr. 4, Abs. 3 AO", "§ 14b Abs. 1 UStG"]])
    until: date = Field(description="Letzter Tag; danach wird es von selbst gelöscht")


class Unreached(BaseModel):
    what: str = Field(examples=["unreached_backups"])
    text: str


class ErasureTold(BaseModel):
    """What is erased, what the law demands to keep and until when, and what was not reached."""

    subject: str
    subject_id: str
    erased: list[ErasedRecord]
    kept: list[KeptRecord]
    not_reached: list[Unreached]
    is_finished: bool = Field(description="Nichts wird behalten")


def told(erasure: Erasure) -> dict[str, Any]:
    """Members of ErasureTold."""
    return {
        "subject": erasure.subject,
        "subject_id": str(erasure.subject_id),
        "erased": [{**one.model_dump(mode="json"), "text": say(one.what)} for one in erasure.erased],
        "kept": [{**one.model_dump(mode="json"), "text": say(one.what)} for one in erasure.kept],
        "not_reached": [{"what": what, "text": say(what)} for what in erasure.not_reached],
        "is_finished": erasure.is_finished,
    }


def file_of(data: PersonalData) -> Response:
    """JSON, as an attachment."""
    return attachment(
        data.model_dump_json(indent=2).encode(), f"{data.subject}-{data.subject_id}.json", "application/json"
    )
