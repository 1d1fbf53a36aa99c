"""All doors of the JSON API under one prefix."""

from fastapi import APIRouter

from api.v1 import (
    audit,
    bank_runs,
    campaigns,
    customers,
    due,
    events,
    papers,
    partners,
    payout_runs,
    payouts,
    plans,
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
    due,
    campaigns,
    plans,
    transactions,
    payouts,
    payout_runs,
    events,
    tasks,
    providers,
    subscriptions,
    bank_runs,
    reports,
    papers,
):
    router.include_router(part.router)
