"""Who brought a sale, as its reports name it: never nobody, silently (rules.md, What a fetched document means).

Of several sources the first that names a partner counts. Where none names anybody, the payment belongs to the partner
of its subscription or customer. What is meant to name somebody and does not is a question.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger import tasks
from ledger.audit import audit
from ledger.booking import attribution
from ledger.booking.outcome import Outcome, SaleState, read_state, settled
from ledger.database import TenantTransaction
from ledger.programme import campaigns, coupons, partners
from ledger.programme.partners import Partner
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.sales import customers, introductions, transactions
from ledger.sales.customers import Customer
from ledger.sales.references import hold_references
from ledger.sales.sale_reports import SaleReport
from ledger.sales.transactions import Transaction
from ledger.types import CampaignId, CustomerId, Frozen, PartnerId, PayoutNumber, TransactionId

UNKNOWN_CODE = "unknown_partner_code"
SEVERAL_PARTNERS = "customer_of_several_partners"
FROM_MEMORY = ("subscription", "customer")
_LONGEST_CODE = 32


async def attribute(
    tx: TenantTransaction, sale: Transaction, report: SaleReport, customer: Customer | None
) -> Transaction:
    """Give the sale the partner and campaign that the report names, else those of its subscription or customer."""
    campaign = await campaigns.find_by_slug(tx, report.campaign_slug) if report.campaign_slug else None
    if report.campaign_slug and campaign is None:
        await _ask(tx, sale, "unknown_campaign", Reason.of("sale_names_unknown_campaign"))
        return sale
    wanted = campaign.id if campaign else None
    named = await _named_in_a_field(tx, report)
    if named is None and (sale.partner_id is None or _yields(sale, customer)):
        named = await _named_by_coupon(tx, report)
    if named is None:
        return await _without_name(tx, sale, report, wanted)
    if sale.partner_id not in (None, named.id) and not _yields(sale, customer):
        await _ask(tx, sale, "partner_differs", Reason.of("later_event_names_other_partner"))
        return sale
    bound = await _bound(tx, sale, named.id, wanted, by="name")
    if sale.partner_id is None:
        await close_questions(tx, sale.id, by="event")
    return bound


async def partner_named(tx: TenantTransaction, report: SaleReport) -> Partner | None:
    """By the first of its sources that names one; a coupon names its partner where nothing else does."""
    return await _named_in_a_field(tx, report) or await _named_by_coupon(tx, report)


async def _named_in_a_field(tx: TenantTransaction, report: SaleReport) -> Partner | None:
    for code in (report.shop_reference, report.partner_code, report.further_code):
        if code is not None and (found := await partners.find_by_code(tx, code)) is not None:
            return found
    return None


async def _named_by_coupon(tx: TenantTransaction, report: SaleReport) -> Partner | None:
    """Shops have coupons of anybody: one contradicts nothing that an earlier event of the sale named."""
    by_coupon = await coupons.partner_of(tx, report.coupons, report.sold_at) if report.coupons else None
    return None if by_coupon is None else await partners.get(tx, by_coupon)


def has_partner_name(report: SaleReport) -> bool:
    """Whether a member that is for the partner alone is filled in. The shop's reference may be a number of its own."""
    return report.partner_code is not None or report.further_code is not None


async def introduced(
    tx: TenantTransaction, report: SaleReport, customer: Customer | None
) -> tuple[Partner | None, bool]:
    """Keep whom a checkout that cost nothing names. Returns the partner, and whether that is news."""
    named = await partner_named(tx, report)
    if named is None and not has_partner_name(report):
        return None, False
    if report.subscription is None and customer is None:
        return named, False
    if named is None:
        await ask_about_introduction(tx, report, customer)
        return None, True
    campaign = await campaigns.find_by_slug(tx, report.campaign_slug) if report.campaign_slug else None
    news = await introductions.introduce(
        tx,
        introductions.Introduction(
            reference=report.certain[0].reference,
            subscription=report.subscription,
            customer_id=customer.id if customer else None,
            partner_id=named.id,
            campaign_id=campaign.id if campaign else None,
            told_at=report.sold_at,
        ),
    )
    return named, news


async def ask_about_introduction(tx: TenantTransaction, report: SaleReport, customer: Customer | None) -> None:
    """A question: whom did a checkout without a payment mean?"""
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=UNKNOWN_CODE,
            subject="introduction",
            subject_id=report.certain[0].reference,
            reason=Reason.of("checkout_names_unknown_partner"),
            actions=("assign_partner", "done"),
            detail={
                "subscription": report.subscription,
                "customer_id": str(customer.id) if customer else None,
                "told_at": report.sold_at.isoformat(),
            },
        ),
    )


async def hold_introduced(tx: TenantTransaction, told: dict[str, Any]) -> tuple[str | None, CustomerId | None]:
    """Subscription and customer of which a checkout without a payment told. They and their later payments are held."""
    customer = CustomerId(UUID(told["customer_id"])) if told.get("customer_id") else None
    await hold_references(tx, await customers.keys_of_payer(tx, told.get("subscription"), customer))
    await hold_later(
        tx,
        subscription=told.get("subscription"),
        customer_id=customer,
        since=datetime.fromisoformat(told["told_at"]),
    )
    return told.get("subscription"), customer


async def answer_introduction(
    tx: TenantTransaction, reference: str, told: dict[str, Any], partner_code: str, *, by: str
) -> list[PayoutNumber]:
    """A person says whom a checkout without a payment meant. Returns payouts to look at again. Raises NotAcceptable."""
    partner = await partners.find_by_code(tx, partner_code)
    if partner is None:
        raise NotAcceptable("unknown_partner")
    customer = CustomerId(UUID(told["customer_id"])) if told.get("customer_id") else None
    since = datetime.fromisoformat(told["told_at"])
    await hold_introduced(tx, told)
    await introductions.introduce(
        tx,
        introductions.Introduction(
            reference=reference,
            subscription=told.get("subscription"),
            customer_id=customer,
            partner_id=partner.id,
            campaign_id=None,
            told_at=since,
        ),
    )
    await audit.record(
        tx,
        actor=by,
        action="introduction.assigned",
        subject="introduction",
        subject_id=reference,
        detail={"partner": partner.code},
    )
    later = await give_later(tx, subscription=told.get("subscription"), customer_id=customer, since=since)
    return list((await settle_later(tx, later)).payouts)


class Later(Frozen):
    """Payments of a subscription or customer that belonged to nobody and have their partner now, as they were."""

    before: tuple[SaleState, ...] = ()
    payouts: tuple[PayoutNumber, ...] = ()
    """To be looked at again."""

    @property
    def sales(self) -> list[TransactionId]:
        """The first one first."""
        return [state.sale.id for state in self.before if state.sale is not None]

    def added_to(self, outcome: Outcome) -> Outcome:
        """The outcome of the sale that told it, with what became of them."""
        named = {"later_payments": [str(sale) for sale in self.sales]} if self.before else {}
        return outcome.model_copy(
            update={
                "changes": outcome.changes | named,
                "payouts": tuple(dict.fromkeys([*outcome.payouts, *self.payouts])),
            }
        )


async def hold_later(
    tx: TenantTransaction,
    *,
    subscription: str | None,
    customer_id: CustomerId | None,
    since: datetime,
    known: Sequence[Transaction] = (),
) -> None:
    """Lock what `give_later` may give a partner: before the sale that tells it takes a lock that comes after sales
    (docs/locks.md). `known`: the sale as it is, which may know more of its payer than its report."""
    payers = [(subscription, customer_id), *((sale.subscription, sale.customer_id) for sale in known)]
    await introductions.hold_of_nobody(
        tx,
        introductions.Payers(
            subscriptions=tuple(sorted({one for one, _ in payers if one})),
            customers=tuple(sorted({one for _, one in payers if one})),
            since=min([since, *(sale.sold_at for sale in known)]),
        ),
    )


async def give_later(
    tx: TenantTransaction,
    *,
    subscription: str | None,
    customer_id: CustomerId | None,
    since: datetime,
    but: TransactionId | None = None,
) -> Later:
    """It became known whose they are: give later payments that belonged to nobody their partner.

    The caller holds the references of subscription and customer, and the payments (hold_later); it settles first what
    told it, then these (settle_later).
    """
    given: list[SaleState] = []
    for sale_id in await introductions.of_nobody(
        tx, subscription=subscription, customer_id=customer_id, since=since, but=but
    ):
        sale = await transactions.get(tx, sale_id)
        before = await read_state(tx, sale_id)
        now = await _remembered(tx, sale, None)
        if now.partner_id is None:
            continue
        await close_questions(tx, sale_id, by="event")
        await attribution.hold_own_purchase(tx, before.sale, now)
        given.append(before)
    return Later(before=tuple(given))


async def settle_later(tx: TenantTransaction, later: Later) -> Later:
    """Let their commissions follow; with the payouts to look at again."""
    payouts: list[PayoutNumber] = []
    for before, sale in zip(later.before, later.sales, strict=True):
        payouts += (await settled(tx, before, sale)).payouts
    return later.model_copy(update={"payouts": tuple(payouts)})


async def take_over(tx: TenantTransaction, sale: Transaction, other: Transaction) -> Transaction:
    """The other was found to be the same sale, and had a partner: what only the one knows counts for both."""
    assert other.partner_id is not None
    remembered = other.partner_by in FROM_MEMORY
    if sale.partner_id is None or (_yields(sale, None) and not remembered):
        return await _bound(tx, sale, other.partner_id, other.campaign_id, by=other.partner_by)
    if sale.partner_id != other.partner_id and not remembered:
        await _ask(tx, sale, "partner_differs", Reason.of("later_event_names_other_partner"))
    return sale


async def _without_name(
    tx: TenantTransaction, sale: Transaction, report: SaleReport, campaign: CampaignId | None
) -> Transaction:
    if sale.partner_id is not None:
        if has_partner_name(report) and _yields(sale, None):
            await ask_for_partner(tx, sale)
        return await _bound(tx, sale, sale.partner_id, campaign, by=None)
    if has_partner_name(report):
        await ask_for_partner(tx, sale)
    elif not await _asked(tx, sale, UNKNOWN_CODE):
        remembered = await _remembered(tx, sale, campaign)
        if remembered.partner_id is not None:
            return remembered
        # Where nobody is known either: a text this short may well be meant as a code.
        if report.shop_reference is not None and len(report.shop_reference) <= _LONGEST_CODE:
            await ask_for_partner(tx, sale)
    # Kept for the partner that only the invoice may name.
    return await attribution.name_campaign(tx, sale, campaign) if campaign else sale


async def _remembered(tx: TenantTransaction, sale: Transaction, campaign: CampaignId | None) -> Transaction:
    """With the partner of its subscription or customer; a person is asked where several have brought this customer."""
    known = await introductions.whose(
        tx, subscription=sale.subscription, customer_id=sale.customer_id, at=sale.sold_at, but=sale.id
    )
    if known.unclear:
        await ask_which_partner(tx, sale)
    if known.partner_id is None:
        return sale
    return await _bound(tx, sale, known.partner_id, campaign or sale.campaign_id or known.campaign_id, by=known.by)


async def _bound(
    tx: TenantTransaction, sale: Transaction, partner: PartnerId, campaign: CampaignId | None, by: str | None
) -> Transaction:
    """`by`: how it got this partner; None where it stays as it was."""
    renamed = campaign is not None and campaign != sale.campaign_id and sale.provisional
    uncounted = sale.provisional and sale.subscription is not None and sale.payment_number is None
    how = by or sale.partner_by
    if partner == sale.partner_id and not renamed and not uncounted:
        return await attribution.note_how(tx, sale, how)
    kept = sale.campaign_id if sale.partner_id in (None, partner) else None
    return await attribution.bind(tx, sale, partner_id=partner, campaign_id=campaign or kept, by=how)


def _yields(sale: Transaction, customer: Customer | None) -> bool:
    """What the event without a name took from subscription or customer yields to the name, where that comes later."""
    if not sale.provisional:
        return False
    assigned = customer.assigned_partner_id if customer else None
    return sale.partner_by in FROM_MEMORY or (sale.partner_by is None and sale.partner_id == assigned)


async def ask_for_partner(tx: TenantTransaction, sale: Transaction) -> None:
    """A question: what is meant to name somebody names nobody."""
    await _ask(
        tx,
        sale,
        UNKNOWN_CODE,
        Reason.of("sale_names_unknown_partner"),
        actions=("assign_partner", "done"),
    )


async def ask_which_partner(tx: TenantTransaction, sale: Transaction) -> None:
    """A question: several partners have brought this customer."""
    await _ask(
        tx,
        sale,
        SEVERAL_PARTNERS,
        Reason.of("customer_of_several_partners"),
        actions=("assign_partner", "done"),
    )


async def close_questions(tx: TenantTransaction, sale: TransactionId, *, by: str) -> None:
    """It is known who brought it."""
    await tasks.close_questions(
        tx, subject="transaction", subject_id=str(sale), kinds=(UNKNOWN_CODE, SEVERAL_PARTNERS), by=by
    )


async def _ask(
    tx: TenantTransaction, sale: Transaction, kind: str, reason: Reason, actions: tuple[str, ...] = ("done",)
) -> None:
    await tasks.ask(
        tx,
        tasks.NewTask(
            kind=kind,
            subject="transaction",
            subject_id=str(sale.id),
            reason=reason,
            actions=actions,
            links={"transaction_id": str(sale.id)},
        ),
    )


async def _asked(tx: TenantTransaction, sale: Transaction, kind: str) -> bool:
    return bool(
        await tx.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM tasks WHERE tenant_id = $1 AND kind = $2 AND subject = 'transaction'
                                                AND subject_id = $3)
            """,
            tx.tenant.id,
            kind,
            str(sale.id),
        )
    )
