"""All pages."""

from fastapi import APIRouter

from api.pages import (
    admin,
    approval_rules,
    audit_trail,
    bank_accounts,
    bank_confirmation,
    bank_runs,
    commissions,
    key_admin,
    language_choice,
    lexoffice_settings,
    login,
    notifications,
    partner_acts,
    partners,
    reports,
    second_factor,
    static_files,
    transactions,
    user_admin,
)

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
    audit_trail,
    bank_confirmation,
    notifications,
    bank_accounts,
    bank_runs,
    reports,
    lexoffice_settings,
    transactions,
    commissions,
    partners,
    partner_acts,
):
    router.include_router(part.router)
