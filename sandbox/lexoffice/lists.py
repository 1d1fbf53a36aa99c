"""Reference lists that public clients read: countries, conditions of payment, layouts."""

from __future__ import annotations

from .call import Call
from .countries import CODES, EU
from .errors import Answer, json_answer
from .sales import PRINT_LAYOUT

_CONDITION = "8a6f5a52-0d0b-4a53-8e7c-6d5a3d1f4b20"


async def countries(_: Call) -> Answer:
    return json_answer(
        200,
        [
            {
                "countryCode": code,
                "countryNameDE": code,
                "countryNameEN": code,
                "taxClassification": "de" if code == "DE" else "intraCommunity" if code in EU else "thirdPartyCountry",
            }
            for code in sorted(CODES)
        ],
    )


async def payment_conditions(call: Call) -> Answer:
    days = call.organization.payment_term_days
    return json_answer(
        200,
        [
            {
                "id": _CONDITION,
                "paymentTermLabelTemplate": "Zahlbar innerhalb von {paymentRange} Tagen",
                "paymentTermDuration": days,
                "organizationDefault": True,
            }
        ],
    )


async def print_layouts(_: Call) -> Answer:
    return json_answer(200, [{"id": str(PRINT_LAYOUT), "name": "Standard", "default": True}])
