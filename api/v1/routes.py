"""All doors of the JSON API under one prefix."""

from fastapi import APIRouter

from api.v1 import (
    audit,
    bank_runs,
    campaigns,
    customers,
    events,
    papers,
    partners,
    payouts,
    providers,
    reports,
    subscriptions,
    tasks,
    tenant,
    transactions,
)

router = APIRouter(prefix="/api/v1")
for part in (
    tenant,
    audit,
    partners,
    customers,
    campaigns,
    transactions,
    payouts,
    events,
    tasks,
    providers,
    subscriptions,
    bank_runs,
    reports,
    papers,
):
    router.include_router(part.router)
