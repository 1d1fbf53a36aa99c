"""Tenants of a bench, each with an account in the sandbox, a partner and a plan; and payouts that are approved."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx

from activities.models import PayoutInput
from ledger.access import tenants
from ledger.booking import invoices, provider_reports, reconnection
from ledger.booking.invoices import InvoiceFacts
from ledger.booking.provider_reports import SaleReport
from ledger.connections import connecting, webhook_tokens
from ledger.connections.connecting import LexofficeAccount
from ledger.database import Ledger, TenantTransaction
from ledger.documents import documents
from ledger.documents.documents import Observed
from ledger.payouts import decisions, payout_requests
from ledger.payouts.decisions import Shown
from ledger.programme import campaigns, partners
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from ledger.programme.partners import NewPartner
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import DecisionId, DocumentKind, TaxStatus, Tenant, WithoutBankDetails
from ledger.vault import Vault

PARTNER = "ANNA"
_ADDRESS = {"street": "Lindenweg 5", "zip": "10115", "city": "Berlin", "country_code": "DE"}
_BY = "bench"


@dataclass(frozen=True)
class BenchTenant:
    tenant: Tenant
    organization: UUID
    token: str
    """Opens the tenant's webhook address; chosen, so that unsigned notifications are taken too."""


@dataclass(frozen=True)
class ApprovedPayout:
    """The ledger has approved it and the engine has not heard of it."""

    of: BenchTenant
    payout: PayoutInput
    decision: DecisionId


async def open_tenant(
    ledger: Ledger,
    vault: Vault,
    hooks: httpx.AsyncClient,
    *,
    slug: str,
    api_url: str,
    rate: float = 0.0,
    subscribe: Sequence[str] = (),
) -> BenchTenant:
    """`rate`: requests per second that the sandbox allows this account, 0 for any; `subscribe`: to these events."""
    key = f"bench-{secrets.token_hex(12)}"
    answer = await hooks.post("/sandbox/organizations", json={"name": slug, "apiKey": key, "rate": rate})
    account = answer.raise_for_status().json()
    organization = UUID(account["organizationId"])
    address = tenants.TenantAddress(street="Marktplatz 1", zip="20095", city="Hamburg", vat_id="DE123456788")
    tenant = await tenants.create(ledger, slug, f"{slug} GmbH", actor=_BY, address=address, is_demo=True)
    async with ledger.transaction(tenant) as tx:
        await reconnection.save_key(
            tx,
            vault,
            api_key=key,
            account=LexofficeAccount(
                organization_id=organization,
                connection_id=UUID(account["connectionId"]),
                company_name=f"{slug} GmbH",
                tax_type="net",
                small_business=False,
                profile={},
            ),
            actor=_BY,
        )
        await connecting.change_lexoffice(tx, confirm_credit_note_notice=True, actor=_BY)
        await tenants.change(tx, {"without_bank_details": WithoutBankDetails.BY_HAND}, actor=_BY)
        token = (await webhook_tokens.create(tx, vault, actor=_BY)).get_secret_value()
        await _make_partner(tx)
    for event_type in subscribe:
        wanted = {"eventType": event_type, "callbackUrl": f"{api_url}/api/webhooks/{slug}/lexoffice?token={token}"}
        told = await hooks.post("/v1/event-subscriptions", json=wanted, headers={"Authorization": f"Bearer {key}"})
        told.raise_for_status()
    return BenchTenant(tenant, organization, token)


async def approve_payouts(ledger: Ledger, of: Sequence[BenchTenant], count: int) -> list[ApprovedPayout]:
    """Sales that were paid, each in a payout of its own that a person has approved; spread over the tenants."""
    return [await _approve_one(ledger, of[number % len(of)]) for number in range(count)]


async def _approve_one(ledger: Ledger, of: BenchTenant) -> ApprovedPayout:
    tenant = of.tenant
    async with ledger.transaction(tenant, cause="bench") as tx:
        await _book_paid_sale(tx, of)
        made = await payout_requests.request_payout(tx, partner_code=PARTNER, actor=_BY)
        decision = await decisions.approve(
            tx, made.number, actor="key:bench", seen_hash=made.content_hash, shown=Shown(by_hand=True)
        )
        return ApprovedPayout(of, PayoutInput.of(tenant, made), decision.id)


async def _book_paid_sale(tx: TenantTransaction, of: BenchTenant) -> None:
    now = datetime.now(UTC)
    intent = f"pi_{secrets.token_hex(10)}"
    amounts: dict[str, Any] = {"net_cents": 100_000, "tax_cents": 19_000, "gross_cents": 119_000}
    await provider_reports.record_sale(
        tx,
        SaleReport(
            payment_intent=intent,
            partner_code=PARTNER,
            gross_cents=119_000,
            tax_cents=19_000,
            currency="eur",
            sold_at=now,
        ),
    )
    invoice = InvoiceFacts(
        resource_id=uuid4(),
        organization_id=of.organization,
        status="paid",
        voucher_date=now.date(),
        base_cents=100_000,
        paid_cents=119_000,
        paid_at=now,
        order_references=(intent,),
        **amounts,
    )
    await invoices.wait_for_turn(tx, invoice)
    observed = Observed(
        kind=DocumentKind.INVOICE,
        organization_id=of.organization,
        resource_id=invoice.resource_id,
        voucher_number=None,
        status="paid",
        version=1,
        updated_at=now,
        open_cents=0,
        snapshot_id=uuid4(),
        **amounts,
    )
    await documents.observe(tx, observed)
    await invoices.apply_invoice(tx, invoice)


async def _make_partner(tx: TenantTransaction) -> None:
    campaign = await campaigns.create(tx, NewCampaign(slug="bench", name="Bench"), by=_BY)
    plan = NewPlan(levels=(Rate(level=1, percent=Decimal(10)),))
    await campaigns.add_plan(tx, campaign.id, plan, by=_BY)
    await campaigns.make_default(tx, campaign.id, by=_BY)
    partner = await partners.create(tx, NewPartner(code=PARTNER, name="Anna Albrecht", **_ADDRESS), by=_BY)
    status = NewTaxStatus(status=TaxStatus.REGULAR, valid_from=date(2020, 1, 1), vat_id="DE987654328")
    await tax_statuses.record_tax_status(tx, partner.id, status, by=_BY)
    await partners.accept_agreement(
        tx, partner.id, version="2026-01", accepted_at=datetime(2026, 1, 2, tzinfo=UTC), by=_BY
    )
