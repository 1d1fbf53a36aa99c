"""All pages."""

from fastapi import APIRouter

from api.pages import (
    admin,
    approval_rules,
    commissions,
    key_admin,
    language_choice,
    lexoffice_settings,
    login,
    second_factor,
    static_files,
    partner_acts,
    partners,
    user_admin,
)
    transactions,

router = APIRouter()
for part in (
    static_files,
    language_choice,
    login,
    second_factor,
    admin,
    user_admin,
    key_admin,
    approval_rules,
    lexoffice_settings,
):
    router.include_router(part.router)
    transactions,
    commissions,
    partners,
    partner_acts,
