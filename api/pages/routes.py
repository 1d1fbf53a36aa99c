"""All pages."""

from fastapi import APIRouter

from api.pages.account import forgotten_password, language_choice, login, mail_choices, own_account
from api.pages.bank import bank_accounts, bank_runs
from api.pages.frame import rendering
from api.pages.inbox import events, tasks
from api.pages.partners import bank_confirmation, partner_acts, partner_due, partner_portal, partners
from api.pages.payouts import approvals, payout_detail, payout_runs, payouts
from api.pages.programme import campaigns
from api.pages.reports import audit_trail, overview, reports, search, today
from api.pages.sales import commissions, customers, transactions
from api.pages.settings import (
    approval_rules,
    key_admin,
    lexoffice_settings,
    payout_rules,
    providers,
    stripe_settings,
    user_admin,
)

router = APIRouter()
for part in (
    rendering,
    language_choice,
    login,
    forgotten_password,
    own_account,
    today,
    overview,
    approvals,
    payouts,
    payout_runs,
    payout_detail,
    user_admin,
    key_admin,
    approval_rules,
    payout_rules,
    audit_trail,
    bank_confirmation,
    mail_choices,
    bank_accounts,
    bank_runs,
    reports,
    lexoffice_settings,
    transactions,
    commissions,
    partners,
    partner_acts,
    partner_due,
    campaigns,
    partner_portal,
    customers,
    events,
    tasks,
    search,
    providers,
    stripe_settings,
):
    router.include_router(part.router)
