"""All pages."""

from api.pages.account import forgotten_password, language_choice, login, mail_choices, own_account
from api.pages.bank import bank_accounts, bank_runs, payee_checks, statements, unassigned
from api.pages.frame import rendering
from api.pages.inbox import events, tasks
from api.pages.partners import bank_confirmation, partner_acts, partner_due, partner_portal, partners
from api.pages.payouts import (
    approvals,
    claims,
    payout_attempts,
    payout_detail,
    payout_documents,
    payout_reversals,
    payout_runs,
    payouts,
)
from api.pages.programme import campaigns
from api.pages.reports import audit_trail, month, open_vouchers, overview, reports, search, today
from api.pages.sales import commissions, customers, transactions
from api.pages.settings import (
    approval_rules,
    company,
    document_settings,
    easybill_settings,
    key_admin,
    lexoffice_settings,
    payout_rules,
    personal_data,
    posting,
    providers,
    source_settings,
    user_admin,
    webhooks,
)

ROUTERS = [
    rendering.router,
    language_choice.router,
    login.router,
    forgotten_password.router,
    own_account.router,
    today.router,
    month.router,
    open_vouchers.router,
    overview.router,
    approvals.router,
    payouts.router,
    payout_runs.router,
    payout_detail.router,
    payout_documents.router,
    payout_reversals.router,
    payout_attempts.router,
    claims.router,
    user_admin.router,
    key_admin.router,
    company.router,
    approval_rules.router,
    payout_rules.router,
    document_settings.router,
    personal_data.router,
    posting.router,
    audit_trail.router,
    bank_confirmation.router,
    mail_choices.router,
    bank_accounts.router,
    bank_runs.router,
    payee_checks.router,
    statements.router,
    unassigned.router,
    reports.router,
    lexoffice_settings.router,
    transactions.router,
    commissions.router,
    partners.router,
    partner_acts.router,
    partner_due.router,
    campaigns.router,
    partner_portal.router,
    customers.router,
    events.router,
    tasks.router,
    search.router,
    providers.router,
    source_settings.router,
    easybill_settings.router,
    webhooks.router,
]
