"""What could be transferred now, as the JSON API shows it."""

from typing import Any

from pydantic import BaseModel, Field

from api.http.language import in_words
from ledger.bank.bank_candidates import Candidate


class CandidateShown(BaseModel):
    number: str
    partner_code: str
    credit_note_number: str | None
    amount_cents: int
    iban: str = Field(examples=["•••• 3000"])
    barred: str | None = Field(description="Warum sie nicht überwiesen werden kann; null, wenn sie es kann")
    barred_code: str | None
    barred_params: dict[str, Any] | None
    why_not: str | None = Field(description="Derselbe Grund als Wort für Maschinen", examples=["account_changed"])
    outside_sepa: str | None = Field(description="Land eines Kontos außerhalb des SEPA-Raums", examples=["AE"])
    must_be_reported: bool = Field(description="Z4-Meldung (§ 67 AWV): mehr als 50.000 € an einen Gebietsfremden")
    run: str | None = Field(description="Zahlungslauf, in dem sie schon steht")


class Candidates(BaseModel):
    """What could be transferred now, and what not and why."""

    payable: list[CandidateShown]
    barred: list[CandidateShown]
    outside_sepa: list[CandidateShown]
    total_cents: int = Field(description="Summe von `payable`")
    total_of: int = Field(description="Von wie vielen")


def candidate_shown(one: Candidate) -> dict[str, Any]:
    """One of them."""
    return CandidateShown(
        number=one.number,
        partner_code=one.partner_code,
        credit_note_number=one.credit_note_number,
        amount_cents=one.amount_cents,
        iban=one.masked_iban,
        barred=in_words(one.barred),
        barred_code=one.barred and one.barred.code,
        barred_params=one.barred and one.barred.params,
        why_not=one.why_not,
        outside_sepa=one.outside_sepa,
        must_be_reported=one.must_be_reported,
        run=one.run,
    ).model_dump(mode="json")
