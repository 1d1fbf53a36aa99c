"""Partners: who they are, what they are for tax purposes, and where they are paid to."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.actions.rechecks import announce_rechecks
from api.http.parts import Doors
from api.http.rows import after, shown
from api.v1.answers import ListQuery, Page, PartnerCode, page
from api.v1.callers import Banker, Reader, Writer
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from api.v1.preconditions import CHANGED, UnlessChanged
from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import BankDetails, NewBankDetails
from ledger.database import TenantTransaction
from ledger.imports import questions
from ledger.keyset import RECORDED
from ledger.payouts import partner_balance, rechecks
from ledger.payouts.partner_balance import Balance
from ledger.programme import partner_list, partners
from ledger.programme.partner_list import PartnerFilter, PartnerRow
from ledger.programme.partners import NewPartner, Partner, PartnerChange, PartnerStatus
from ledger.refusals import NotFound
from ledger.tax import seat_decisions, tax_statuses, vat_checks, vat_proofs
from ledger.tax.seat_decisions import NewSeatDecision, SeatDecision
from ledger.tax.tax_statuses import NewTaxStatus, TaxRecord
from ledger.tax.vat_checks import ProofByHand, VatCheck
from ledger.tax.vat_proofs import Standing
from ledger.types import BusinessTime, Submitted

router = door_router("/api/v1/partners", "Partner")

_ANNA = {
    "code": "ANNA",
    "name": "Anna Beispiel",
    "email": "anna@example.com",
    "phone": "+49 30 1234567",
    "sponsor_code": None,
    "street": "Hauptstr. 1",
    "zip": "10115",
    "city": "Berlin",
    "country_code": "DE",
}


class PartnerInFull(Partner):
    """With balance, tax statuses (newest first) and accounts, of which only the end of the IBAN is shown.

    `pending_bank_details` waits for a second person, or for the end of its quarantine.
    """

    balance: Balance
    tax_statuses: list[TaxRecord]
    bank_details: BankDetails | None
    pending_bank_details: BankDetails | None


class Agreement(Submitted):
    """The partner's consent to self-billing (§ 14 Abs. 2 Satz 5 UStG)."""

    version: str = Field(min_length=1, max_length=50, examples=["2026-01"])
    accepted_at: BusinessTime = Field(examples=["2026-01-15T10:00:00+01:00"])


class NamedAccount(Submitted):
    account: UUID = Field(
        description="`id` der Bankverbindung, wie sie gezeigt wurde", examples=["0b9f6c1e-5a43-4f0e-9d0c-2f6a1f7a7c11"]
    )


class RefusedAccount(NamedAccount):
    reason: str = Field(min_length=1, max_length=500, examples=["Der Partner kennt diese IBAN nicht."])


class VatChecks(BaseModel):
    """How the VAT id of today stands, and what was asked about the partner's numbers, the newest first."""

    vat_id: str | None
    standing: Standing | None
    checks: list[VatCheck]


class PartnerQuery(ListQuery):
    status: Annotated[PartnerStatus | None, Query()] = None
    sponsor: Annotated[str | None, Query(max_length=32, description="Code des Sponsors")] = None


@router.get("", summary="Partner auflisten", operation_id="list_partners", response_model=Page[PartnerRow])
async def list_partners(doors: Doors, caller: Reader, asked: Annotated[PartnerQuery, Query()]) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        sponsor_id = None if asked.sponsor is None else (await _of_code(tx, asked.sponsor)).id
        found = await partner_list.list_partners(
            tx,
            PartnerFilter(status=asked.status, sponsor_id=sponsor_id, updated_since=asked.updated_since),
            order=RECORDED,
            after=after(asked.cursor),
            limit=asked.limit,
        )
    return JSONResponse(page(found))


@router.post(
    "",
    summary="Einen Partner anlegen",
    description="Der Sponsor muss schon angelegt sein. Steuerstatus, Vereinbarung und Anschrift braucht es erst zur "
    "ersten Auszahlung.",
    operation_id="create_partner",
    status_code=201,
    response_model=Partner,
)
async def create_partner(
    caller: Writer, once: OnlyOnce, new: Annotated[NewPartner, Body(examples=[_ANNA])]
) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await partners.create(tx, new, by=caller.actor)), status=201)


@router.get("/{code}", summary="Einen Partner ansehen", operation_id="get_partner", response_model=PartnerInFull)
async def get_partner(code: PartnerCode, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        return JSONResponse(await _shown(tx, code))


@router.patch(
    "/{code}",
    summary="Einen Partner ändern",
    description="Was nicht genannt ist, bleibt. Eine Änderung an Name oder Anschrift macht eine erteilte Freigabe "
    "ungültig, solange es zu ihr noch keine Gutschrift gibt.",
    operation_id="change_partner",
    responses=CHANGED,
    response_model=Partner,
)
async def change_partner(
    code: PartnerCode,
    doors: Doors,
    caller: Writer,
    unless_changed: UnlessChanged,
    change: Annotated[PartnerChange, Body(examples=[{"city": "Hamburg"}])],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        partner = await _of_code(tx, code)
        await unless_changed.require(lambda: partners.lock(tx, partner.id), lambda: _shown(tx, code))
        changed = await partners.change(tx, partner.id, change, by=caller.actor)
        touched = await rechecks.want_for_partner(tx, partner.id)
    await announce_rechecks(doors, caller.tenant, touched)
    return JSONResponse(shown(changed))


@router.post(
    "/{code}/agreement",
    summary="Die Vereinbarung zur Abrechnung per Gutschrift festhalten",
    operation_id="accept_agreement",
    status_code=201,
    response_model=Partner,
)
async def accept_agreement(code: PartnerCode, caller: Writer, once: OnlyOnce, agreement: Agreement) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        accepted_at: datetime = agreement.accepted_at
        changed = await partners.accept_agreement(
            tx, partner.id, version=agreement.version, accepted_at=accepted_at, by=caller.actor
        )
        after.rechecks(await rechecks.want_for_partner(tx, partner.id))
        return after.answer(shown(changed), status=201)


@router.post(
    "/{code}/tax-statuses",
    summary="Den Steuerstatus eines Partners festhalten",
    description="Ab seinem ersten Tag tritt der neue Status an die Stelle des bisherigen. Kleinunternehmer werden für "
    "ein Kalenderjahr bestätigt.",
    operation_id="record_tax_status",
    status_code=201,
    response_model=TaxRecord,
)
async def record_tax_status(
    code: PartnerCode,
    caller: Writer,
    once: OnlyOnce,
    new: Annotated[
        NewTaxStatus, Body(examples=[{"status": "regular", "valid_from": "2026-01-01", "vat_id": "DE123456788"}])
    ],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        recorded = await tax_statuses.record_tax_status(tx, partner.id, new, by=caller.actor)
        after.rechecks(await rechecks.want_for_partner(tx, partner.id))
        return after.answer(shown(recorded), status=201)


@router.post(
    "/{code}/seat",
    summary="Entscheiden, von wo aus ein Partner seine Leistung erbringt",
    description="Wo Sitz und USt-IdNr. von verschiedenen Seiten der Grenze sind, gibt es keinen Beleg, bis jemand "
    "entscheidet. Die Entscheidung gilt für diese Anschrift und diese Nummer.",
    operation_id="decide_seat",
    status_code=201,
    response_model=SeatDecision,
)
async def decide_seat(
    code: PartnerCode,
    caller: Writer,
    once: OnlyOnce,
    new: Annotated[NewSeatDecision, Body(examples=[{"rendered_from": "DE", "reason": "Betriebsstätte in Köln"}])],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        decided = await seat_decisions.decide_seat(tx, partner.id, new, by=caller.actor)
        after.rechecks(await rechecks.want_for_partner(tx, partner.id))
        return after.answer(shown(decided), status=201)


@router.get(
    "/{code}/vat-checks",
    summary="Nachweise der USt-IdNr. ansehen",
    description="Fragen an VIES und ihre Antworten, die neueste zuerst. `standing` sagt, ob die Nummer von heute "
    "nachgewiesen ist: `proven`, `missing`, `aged`, `away` (VIES antwortet seit mehr als fünf Tagen nicht) oder "
    "`invalid`.",
    operation_id="list_vat_checks",
    response_model=VatChecks,
)
async def list_vat_checks(code: PartnerCode, doors: Doors, caller: Reader) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        partner = await _of_code(tx, code)
        proof = await vat_proofs.of_partner(tx, partner.id)
        checks = await vat_checks.list_of_partner(tx, partner.id)
    return JSONResponse(
        {
            "vat_id": proof and proof.vat_id,
            "standing": proof and proof.standing,
            "checks": [shown(check) for check in checks],
        }
    )


@router.post(
    "/{code}/vat-checks",
    summary="Die USt-IdNr. jetzt bei VIES prüfen",
    description="Gefragt wird nach der Nummer, die heute in Kraft ist, mit der des Mandanten. Die Antwort steht in der "
    "Liste, sobald VIES sie gibt.",
    operation_id="check_vat_id",
    status_code=202,
    response_model=VatCheck,
)
async def check_vat_id(code: PartnerCode, doors: Doors, caller: Writer, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        check = await vat_checks.want_for(tx, partner.id, by=caller.actor)
        after(doors.announcer.vat_check, caller.tenant, check.id)
        return after.answer(shown(check), status=202)


@router.post(
    "/{code}/vat-checks/proof",
    summary="Einen Nachweis von Hand festhalten",
    description="Für den Fall, dass VIES von hier nicht gefragt werden kann: die Konsultationsnummer, die jemand auf "
    "der Seite von VIES bekommen hat, und ihr Tag.",
    operation_id="record_vat_proof",
    status_code=201,
    response_model=VatCheck,
)
async def record_vat_proof(code: PartnerCode, caller: Writer, once: OnlyOnce, proof: ProofByHand) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        return after.answer(shown(await vat_checks.record_by_hand(tx, partner.id, proof, by=caller.actor)), status=201)


@router.put(
    "/{code}/bank-details",
    summary="Eine Bankverbindung eines Partners festhalten",
    description="Sie gilt, sobald eine zweite Person sie bestätigt hat und, wenn sie eine andere ablöst, nach der "
    "Sperrfrist. Bis dahin ruhen die Auszahlungen des Partners. Gezeigt werden nur die letzten vier Zeichen der IBAN.",
    operation_id="save_bank_details",
    response_model=BankDetails,
)
async def save_bank_details(
    code: PartnerCode,
    doors: Doors,
    caller: Banker,
    new: Annotated[
        NewBankDetails, Body(examples=[{"account_holder": "Anna Beispiel", "iban": "DE02120300000000202051"}])
    ],
) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        partner = await _of_code(tx, code)
        saved = await partner_accounts.save_bank_details(tx, doors.vault, partner.id, new, by=caller.actor)
        await questions.close_done(tx, by=caller.actor)
        touched = await rechecks.want_for_partner(tx, partner.id)
    await announce_rechecks(doors, caller.tenant, touched)
    return JSONResponse(shown(saved))


@router.post(
    "/{code}/bank-details/confirm",
    summary="Eine Bankverbindung als zweite Person bestätigen",
    description="Wer sie festgehalten hat, bestätigt sie nicht; ein Schlüssel steht dabei für die Person, die ihn "
    "angelegt hat. 409 mit `iban_on_two_partners`, solange dazu eine Aufgabe offen ist.",
    operation_id="confirm_bank_details",
    response_model=BankDetails,
)
async def confirm_bank_details(code: PartnerCode, caller: Banker, once: OnlyOnce, named: NamedAccount) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        account, looking = await partner_accounts.confirm(tx, partner.id, named.account, by=caller.actor)
        await questions.close_done(tx, by=caller.actor)
        after.rechecks(looking)
        return after.answer(shown(account))


@router.post(
    "/{code}/bank-details/refuse",
    summary="Eine Bankverbindung verwerfen, die noch nicht gilt",
    operation_id="refuse_bank_details",
    response_model=BankDetails,
)
async def refuse_bank_details(
    code: PartnerCode, caller: Banker, once: OnlyOnce, refused: RefusedAccount
) -> JSONResponse:
    async with once.acting() as (tx, after):
        partner = await _of_code(tx, code)
        account, looking = await partner_accounts.refuse(
            tx, partner.id, refused.account, by=caller.actor, reason=refused.reason
        )
        await questions.close_done(tx, by=caller.actor)
        after.rechecks(looking)
        return after.answer(shown(account))


async def _of_code(tx: TenantTransaction, code: str) -> Partner:
    partner = await partners.find_by_code(tx, code)
    if partner is None:
        raise NotFound("partner_not_found")
    return partner


async def _shown(tx: TenantTransaction, code: str) -> dict[str, Any]:
    return await _in_full(tx, await _of_code(tx, code))


async def _in_full(tx: TenantTransaction, partner: Partner) -> dict[str, Any]:
    account = await partner_accounts.bank_details_of(tx, partner.id)
    pending = await partner_accounts.pending_of(tx, partner.id)
    return shown(
        partner,
        balance=shown(await partner_balance.of_partner(tx, partner.id)),
        tax_statuses=[shown(status) for status in await tax_statuses.tax_statuses(tx, partner.id)],
        bank_details=None if account is None else shown(account),
        pending_bank_details=None if pending is None else shown(pending),
    )
