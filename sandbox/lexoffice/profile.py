"""`/v1/ping` and `/v1/profile` (§1.2, §8)."""

from __future__ import annotations

from .call import Call
from .clock import wire
from .document import without_nulls
from .errors import Answer, json_answer


async def ping(call: Call) -> Answer:
    return json_answer(200, {"userEmail": call.organization.user_email})


async def get(call: Call) -> Answer:
    organization = call.organization
    return json_answer(
        200,
        without_nulls(
            {
                "organizationId": organization.organization_id,
                "companyName": organization.name,
                "created": {
                    "userId": organization.user_id,
                    "userName": organization.user_name,
                    "userEmail": organization.user_email,
                    "date": wire(organization.created),
                },
                "connectionId": organization.connection_id,
                "taxType": organization.tax_type,
                "smallBusiness": organization.small_business,
                "businessFeatures": list(organization.business_features),
                "distanceSalesPrinciple": organization.distance_sales_principle,
            }
        ),
    )
