"""JSON hooks for purchase vouchers: what a person writes and clicks, and what an oracle reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import organizations, vouchers
from .hooks import NoSuchThing, hook, known_organization, read
from .office import Office
from .organizations import Organization, Wire
from .voucher import Voucher, public
from .voucher_desk import VoucherDesk


class VoucherClick(Wire):
    """What goes with a click: an amount of a payment or, to edit, the new total."""

    amount: Decimal | None = Field(None, gt=0)
    payment_reference: str | None = None


class VoucherHooks:
    def __init__(self, office: Office) -> None:
        self.office = office

    def routes(self) -> list[Route]:
        return [
            Route("/sandbox/organizations/{organization}/vouchers", hook(self.list_vouchers), methods=["GET"]),
            Route("/sandbox/vouchers/{voucher}", hook(self.get_voucher), methods=["GET"]),
            Route("/sandbox/vouchers/{voucher}/{click}", hook(self.click), methods=["POST"]),
        ]

    async def list_vouchers(self, request: Request) -> Response:
        organization = known_organization(self.office, request)
        held = vouchers.of_organization(self.office.store, organization.organization_id)
        return JSONResponse({"content": [full(voucher) for voucher in held]})

    async def get_voucher(self, request: Request) -> Response:
        return JSONResponse(full(self._voucher(request)))

    async def click(self, request: Request) -> Response:
        voucher = self._voucher(request)
        desk = VoucherDesk(self.office, self._organization(voucher))
        form = await read(request, VoucherClick)
        match request.path_params["click"]:
            case "pay":
                return JSONResponse(full(desk.pay(voucher, form.amount, form.payment_reference)))
            case "edit" if form.amount is not None:
                return JSONResponse(full(desk.edit(voucher, form.amount)))
            case "unpay":
                return JSONResponse(full(desk.unpay(voucher)))
            case "transfer":
                return JSONResponse(full(desk.transfer(voucher)))
            case "void":
                return JSONResponse(full(desk.void(voucher)))
            case "delete":
                desk.delete(voucher)
                return JSONResponse({"deleted": voucher.id})
            case other:
                raise NoSuchThing(f"the click {other!r}")

    def _voucher(self, request: Request) -> Voucher:
        found = vouchers.load(self.office.store, request.path_params["voucher"])
        if found is None:
            raise NoSuchThing("this voucher")
        return found

    def _organization(self, voucher: Voucher) -> Organization:
        found = organizations.by_id(self.office.store, voucher.organization_id)
        assert found is not None
        return found


def full(voucher: Voucher) -> dict[str, Any]:
    """The API's answer, and beside it what the API hides."""
    return {
        **public(voucher),
        "openAmount": str(voucher.open_amount),
        "payments": [
            {"amount": str(payment.amount), "paymentReference": payment.reference} for payment in voucher.payments
        ],
    }
