"""What the bank said of a run before it booked: Verification of Payee, and what it rejected."""

from typing import Annotated

from fastapi import Body, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from api.http.parts import Doors
from api.http.rows import shown
from api.v1.bank_runs import RunNumber
from api.v1.callers import Banker
from api.v1.doors import door_router
from api.v1.once import OnlyOnce
from ledger.bank import bank_rejections, bank_run_rows, bank_runs, payee_checks
from ledger.bank.bank_run_rows import BankRun
from ledger.bank.partner_accounts import BankDetails
from ledger.bank.payee_checks import NewCheck, PayeeCheck
from ledger.types import Submitted

router = door_router("/api/v1/bank-runs", "Zahlungsläufe")
PayoutOfRun = Annotated[str, Path(max_length=32, examples=["PO-2026-0001"])]


class NameCheck(Submitted):
    wanted: bool = Field(description="Ob die Person bei der Bank die Namen prüfen lässt", examples=[True])


@router.post(
    "/{number}/name-check",
    summary="Festhalten, ob bei der Bank die Namen geprüft werden",
    description="Eine Notiz für die Person bei der Bank; in der Datei steht sie nicht. Eine einzelne Zahlung prüft die "
    "Bank immer.",
    operation_id="note_name_check",
    response_model=BankRun,
)
async def note_name_check(number: RunNumber, caller: Banker, once: OnlyOnce, asked: NameCheck) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await bank_runs.note_name_check(tx, number, wanted=asked.wanted, by=caller.actor)))


@router.post(
    "/{number}/rejection/confirm",
    summary="Als zweite Person bestätigen, was die Bank abgelehnt hat",
    description="Die Zahlungen, die ein pain.002 ablehnt (RJCT), sind danach frei für einen anderen Zahlungslauf, "
    "solange keine Buchung von ihnen bekannt ist.",
    operation_id="confirm_bank_rejection",
    response_model=BankRun,
)
async def confirm_rejection(number: RunNumber, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await bank_rejections.confirm(tx, number, by=caller.actor)))


@router.get(
    "/{number}/payee-checks",
    summary="Ergebnisse der Empfängerprüfung zu den Konten eines Zahlungslaufs",
    description="Das jeweils neueste Ergebnis eines Kontos, aus einem Bericht der Bank (pain.002) oder eingetragen.",
    operation_id="list_payee_checks",
    response_model=list[PayeeCheck],
)
async def list_checks(number: RunNumber, doors: Doors, caller: Banker) -> JSONResponse:
    async with doors.ledger.transaction(caller.tenant) as tx:
        lines = await bank_run_rows.lines(tx, (await bank_run_rows.get(tx, number)).id)
        found = await payee_checks.newest(tx, {line.bank_details_id for line in lines})
    return JSONResponse([shown(check) for check in found.values()])


@router.post(
    "/{number}/payments/{payout}/payee-check",
    summary="Ein Ergebnis der Empfängerprüfung eintragen",
    description="`match` (RCVC), `close` mit dem Namen, wie ihn die Bank führt (RVMC), `none` (RVNM) oder "
    "`not_possible` (RVNA). `none` hält das Konto aus jeder Datei, bis eine zweite Person es bestätigt.",
    operation_id="record_payee_check",
    response_model=PayeeCheck,
)
async def record(
    number: RunNumber,
    payout: PayoutOfRun,
    caller: Banker,
    once: OnlyOnce,
    new: Annotated[NewCheck, Body(examples=[{"result": "close", "holder_at_bank": "Anna Maria Beispiel"}])],
) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await payee_checks.record(tx, number, payout, new, by=caller.actor)))


@router.post(
    "/{number}/payments/{payout}/payee-check/confirm",
    summary="Ein Konto als zweite Person bestätigen, dessen Name nicht passt",
    description="409 mit `second_person_needed` für die Person, die Konto oder Ergebnis festgehalten hat.",
    operation_id="confirm_payee_check",
    response_model=PayeeCheck,
)
async def confirm(number: RunNumber, payout: PayoutOfRun, caller: Banker, once: OnlyOnce) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await payee_checks.confirm(tx, number, payout, by=caller.actor)))


@router.post(
    "/{number}/payments/{payout}/payee-check/take-name",
    summary="Den Namen vorschlagen, wie ihn die Bank führt",
    description="Dieselbe IBAN unter dem anderen Namen wartet auf eine zweite Person wie jede neue Bankverbindung; bis "
    "dahin ruhen die Auszahlungen des Partners.",
    operation_id="take_payee_name",
    response_model=BankDetails,
)
async def take_name(
    number: RunNumber, payout: PayoutOfRun, doors: Doors, caller: Banker, once: OnlyOnce
) -> JSONResponse:
    async with once.acting() as (tx, after):
        return after.answer(shown(await payee_checks.take_name(tx, doors.vault, number, payout, by=caller.actor)))
