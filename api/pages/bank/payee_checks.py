"""Admin → Zahlungslauf: what the bank said of a payment's name and account, and what a person makes of it."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from api.pages.bank.bank_runs import PAGE, acting
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may
from ledger.bank import payee_checks
from ledger.bank.payee_checks import NewCheck
from ledger.refusals import NotAcceptable
from ledger.roles import Permission

router = APIRouter(prefix=PAGE, route_class=PageRoute, include_in_schema=False)
Banker = Annotated[Visit, may(Permission.BANK, page=PAGE)]
Second = Annotated[Visit, may(Permission.CONFIRM_BANK, page=PAGE)]
Number = Annotated[str, Path(max_length=32)]
Payout = Annotated[str, Path(max_length=32)]


@router.post("/{number}/zahlungen/{payout}/pruefung")
async def record(number: Number, payout: Payout, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        try:
            new = NewCheck.model_validate(
                {"result": visit.field("ergebnis"), "holder_at_bank": visit.field("inhaber") or None}
            )
        except ValidationError:
            raise NotAcceptable("payee_check_name") from None
        await payee_checks.record(tx, number, payout, new, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/zahlungen/{payout}/pruefung/bestaetigen")
async def confirm(number: Number, payout: Payout, visit: Second) -> Response:
    async with acting(visit, number) as tx:
        await payee_checks.confirm(tx, number, payout, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)


@router.post("/{number}/zahlungen/{payout}/pruefung/name")
async def take_name(number: Number, payout: Payout, visit: Banker) -> Response:
    async with acting(visit, number) as tx:
        await payee_checks.take_name(tx, visit.doors.vault, number, payout, by=visit.person.actor)
    return RedirectResponse(f"{PAGE}/{number}", status_code=303)
