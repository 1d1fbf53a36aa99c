"""Four eyes see all hands: whoever made a payout what it is, by whatever act, does not approve it above the limit."""

from datetime import date
from uuid import UUID

import pytest

from ledger.access.four_eyes import SecondPersonNeeded
from ledger.booking import sale_decisions
from ledger.commissions import manual_lines
from ledger.commissions.manual_lines import NewManualLine
from ledger.payouts import decisions, payout_content, payout_hands, payout_requests, payouts
from ledger.payouts.decisions import Shown
from ledger.payouts.payout_hands import Hand
from ledger.payouts.payouts import Payout
from ledger.programme import campaigns, partners
from ledger.programme.calculation import Rate
from ledger.programme.campaigns import NewCampaign, NewPlan
from ledger.programme.partners import PartnerChange
from ledger.roles import Role
from ledger.sales import customers
from ledger.sales.customers import NewCustomer
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import PayoutState, TaxStatus, TransactionId
from tests.api.pages.payouts.test_four_eyes_unweakened import allowed, refused_above
from tests.api.pages.programme.test_import_pages import brought
from tests.fixtures.browsers import Browser
from tests.fixtures.four_eyes import ABOVE, BELOW, Office, office

__all__ = ["office"]


async def hands_of(office: Office, payout: Payout) -> list[Hand]:
    async with office.ledger() as tx:
        return await payout_hands.of_payout(tx, payout)


async def acts(office: Office, payout: Payout, actor: str) -> list[str]:
    return [hand.act for hand in await hands_of(office, payout) if hand.actor == actor]


async def sale(office: Office, code: str, *, customer: str | None = None, by: str | None = None) -> TransactionId:
    """Paid, 20.000 € net, sold by this partner: 2.000 € of commission."""
    async with office.ledger() as tx:
        found = await tx.fetchval(
            """
            INSERT INTO transactions (tenant_id, source, partner_id, campaign_id, plan_id, base_cents, gross_cents,
                                      paid_cents, provisional, sold_at, paid_at, customer_id, partner_by)
            SELECT $1, 'api', q.id, c.id, p.id, 2000000, 2380000, 2380000, false, now(), now(), $3::uuid, $4
              FROM partners q, campaigns c JOIN plans p ON p.tenant_id = c.tenant_id AND p.campaign_id = c.id
             WHERE q.tenant_id = $1 AND q.code = $2 AND c.tenant_id = $1 LIMIT 1 RETURNING id
            """,
            office.tenant.id,
            code,
            customer and UUID(customer),
            by,
        )
        await tx.execute(
            "UPDATE transactions SET state = 'approved' WHERE tenant_id = $1 AND id = $2", office.tenant.id, found
        )
        await tx.execute(
            """
            INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date, plan_id)
            SELECT tenant_id, id, partner_id, 1, 2000000, 200000, 'approved', false, current_date, plan_id
              FROM transactions WHERE tenant_id = $1 AND id = $2
            """,
            office.tenant.id,
            found,
        )
    return TransactionId(found)


async def request(office: Office, code: str = "ANNA", *, by: str) -> Payout:
    async with office.ledger() as tx:
        return await payout_requests.request_payout(tx, partner_code=code, actor=by)


async def test_who_gives_a_sale_to_another_partner_does_not_approve_what_it_pays(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    one = await sale(office, "BERT")
    moved = await admin.post(f"/admin/transaktionen/{one}/partner", {"partner": "ANNA", "reason": "Verwechslung"})
    assert moved.status_code == 303
    payout = await request(office, by="key:bot")
    assert payout.gross_cents == 200_000
    await refused_above(office, payout, admin)
    page = await admin.get(f"/admin/auszahlungen/{payout.number}")
    assert "Verkauf anders zugeordnet" in page.text
    await allowed(office, payout, other)
    assert await hands_of(office, payout) == []


async def test_who_switches_the_default_plan_does_not_approve_what_it_pays(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    async with office.ledger() as tx:
        rich = await campaigns.create(tx, NewCampaign(slug="rich", name="Rich"), by="setup")
        await campaigns.add_plan(tx, rich.id, NewPlan(levels=(Rate(level=1, percent=70),)), by="key:planner")
    assert (await admin.post("/admin/kampagnen/rich/vorgabe")).status_code == 303
    async with office.ledger() as tx:
        await tx.execute(
            """
            WITH sale AS (INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at)
                          VALUES ($1, 'api', 2380000, 2380000, false, now()) RETURNING id)
            INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date, plan_id)
            SELECT $1, sale.id, q.id, 1, 2380000, 1666000, 'approved', false, current_date, p.id
              FROM sale, partners q, plans p
             WHERE q.tenant_id = $1 AND q.code = 'ANNA' AND p.tenant_id = $1 AND p.campaign_id = $2
            """,
            office.tenant.id,
            rich.id,
        )
    payout = await request(office, by="key:bot")
    await refused_above(office, payout, admin)
    await allowed(office, payout, other)


async def test_who_assigns_a_customer_does_not_approve_what_its_sales_pay(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    async with office.ledger() as tx:
        customer = await customers.create(tx, NewCustomer(email="k@example.test"), by="key:shop")
    assigned = await admin.post(f"/admin/kunden/{customer.id}", {"partner": "ANNA", "grund": "Stammkunde"})
    assert assigned.status_code == 303
    await sale(office, "ANNA", customer=str(customer.id), by="customer")
    payout = await request(office, by="key:bot")
    await refused_above(office, payout, admin)
    await allowed(office, payout, other)


async def test_who_takes_over_whose_a_customer_is_does_not_approve_what_its_sales_pay(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    heading = "Verkaufsnummer;Brutto;USt;Verkauft am;Partnercode;Kundennummer\n"
    file = await brought(admin, f"{heading}ALT-1;119,00;19,00;01.05.2026;ANNA;K1\n", kind="past_sales")
    assert (await admin.post(f"{file}/uebernehmen", shown_at=file)).status_code == 303
    async with office.ledger() as tx:
        customer = await tx.fetchval("SELECT id FROM customers WHERE external_id = 'K1'")
    await sale(office, "ANNA", customer=str(customer), by="customer")
    payout = await request(office, by="key:bot")
    await refused_above(office, payout, admin)
    page = await admin.get(f"/admin/auszahlungen/{payout.number}")
    assert "Verkäufe von früher übernommen" in page.text
    await allowed(office, payout, other)


async def test_who_gives_a_coupon_to_a_partner_does_not_approve_what_its_sales_pay(office: Office) -> None:
    admin, other = await office.firm.person(Role.ADMIN), await office.firm.member(Role.APPROVER)
    given = await admin.post("/admin/partner/ANNA/gutschein", {"coupon": "ANNA10"})
    assert given.status_code == 303
    await sale(office, "ANNA", by="name")
    payout = await request(office, by="key:bot")
    await refused_above(office, payout, admin)
    await allowed(office, payout, other)


@pytest.mark.parametrize(
    "change",
    [
        PartnerChange(name="Anna Neu"),
        PartnerChange(street="Anderer Weg 1"),
        PartnerChange(email="neu@example.test"),
        PartnerChange(lexoffice_contact_id=UUID(int=7)),
    ],
    ids=["name", "address", "mail", "contact"],
)
async def test_who_changes_who_is_paid_does_not_approve_it(office: Office, change: PartnerChange) -> None:
    async with office.ledger() as tx:
        await partners.change(tx, office.anna, change, by="key:editor")
    payout = await office.payout(ABOVE, by="key:bot")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, "key:editor")
    await office.approve(payout, "key:second")


async def test_who_accepted_the_agreement_for_the_partner_does_not_approve(office: Office) -> None:
    async with office.ledger() as tx:
        now = await tx.fetchval("SELECT now()")
        await partners.accept_agreement(tx, office.anna, version="2", accepted_at=now, by="key:editor")
    payout = await office.payout(ABOVE, by="key:bot")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, "key:editor")


async def test_who_placed_a_sponsor_above_a_seller_does_not_approve_what_the_sponsor_gets(office: Office) -> None:
    async with office.ledger() as tx:
        bert = await partners.find_by_code(tx, "BERT")
        assert bert is not None
        await partners.change(tx, bert.id, PartnerChange(sponsor_code="ANNA"), by="key:editor")
    one = await sale(office, "BERT")
    async with office.ledger() as tx:
        await tx.execute(
            """
            INSERT INTO commissions (tenant_id, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date, plan_id)
            SELECT tenant_id, id, $3, 2, 2000000, 200000, 'approved', false, current_date, plan_id
              FROM transactions WHERE tenant_id = $1 AND id = $2
            """,
            office.tenant.id,
            one,
            office.anna,
        )
        # Taken back at once, so that nobody sees it where the partner stands.
        await partners.change(tx, bert.id, PartnerChange(sponsor_code=None), by="key:editor")
    payout = await request(office, by="key:bot")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, "key:editor")
    await office.approve(payout, "key:second")


async def test_a_status_that_somebody_recorded_for_another_day_masks_nobody(office: Office) -> None:
    payout = await office.payout(ABOVE, by="key:bot")
    async with office.ledger() as tx:
        later = NewTaxStatus(status=TaxStatus.PRIVATE, valid_from=date(2099, 1, 1))
        await tax_statuses.record_tax_status(tx, office.anna, later, by="key:somebody")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, "key:taxes")
    await office.approve(payout, "key:somebody")


async def test_who_wrote_a_line_approves_it_only_once_a_second_person_confirmed_the_line(office: Office) -> None:
    async with office.ledger() as tx:
        new = NewManualLine(kind="bonus", net_cents=ABOVE, service_date=date(2026, 1, 5), reason="Messe")
        line = await manual_lines.write(tx, office.anna, new, by="key:hand")
        await manual_lines.decide(tx, line, confirmed=True, by="key:second", reason=None)
    payout = await request(office, by="key:bot")
    assert await acts(office, payout, "key:hand") == []
    await office.approve(payout, "key:hand")


async def test_an_account_that_a_second_person_confirmed_bars_nobody(office: Office) -> None:
    await office.confirm(await office.record(by="key:banker"))
    payout = await office.payout(ABOVE)
    await office.approve(payout, "key:banker")


# How hands end


async def edit(office: Office, by: str) -> None:
    async with office.ledger() as tx:
        street = await tx.fetchval("SELECT street || '1' FROM partners WHERE id = $1", office.anna)
        await partners.change(tx, office.anna, PartnerChange(street=street), by=by)


async def test_a_hand_ends_with_the_first_payout_that_somebody_without_it_approved(office: Office) -> None:
    await edit(office, "key:editor")
    await office.approve(await office.payout(ABOVE, by="key:bot"), "key:second")
    await office.approve(await office.payout(ABOVE, by="key:bot"), "key:editor")


async def test_an_own_approval_below_the_limit_ends_no_own_hand(office: Office) -> None:
    await edit(office, "key:editor")
    await office.approve(await office.payout(BELOW, by="key:bot"), "key:editor")
    payout = await office.payout(ABOVE, by="key:bot")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, "key:editor")


async def test_an_approval_that_becomes_void_has_ended_no_hand(office: Office) -> None:
    await edit(office, "key:editor")
    payout = await office.payout(ABOVE, by="key:bot")
    await office.approve(payout, "key:second")
    async with office.ledger() as tx:
        held = await payouts.lock(tx, payout.number)
        await payouts.change_state(tx, held, PayoutState.AWAITING_APPROVAL)
    for maker in ("key:editor", "key:bot"):
        with pytest.raises(SecondPersonNeeded):
            await office.approve(payout, maker)


async def test_a_hand_that_was_not_shown_is_not_ended_by_the_approval(office: Office) -> None:
    payout = await office.payout(ABOVE, by="key:bot")
    shown = (await hands_of(office, payout))[-1].id
    async with office.ledger() as tx:
        # What is hashed stays as it was: only the hand is new.
        await partners.change(tx, office.anna, PartnerChange(email="x@example.test"), by="key:editor")
        seen = await payout_content.content_hash(tx, payout.id)
        await decisions.approve(
            tx, payout.number, actor="key:second", seen_hash=seen, shown=Shown(last_hand=shown, by_hand=True)
        )
    following = await office.payout(ABOVE, by="key:bot")
    assert await acts(office, following, "key:editor") == ["partner.changed"]


async def confirm_at_page(browser: Browser, payout: Payout, hand: UUID) -> int:
    page = f"/admin/auszahlungen/{payout.number}"
    answer = await browser.post(f"{page}/beteiligungen/{hand}/bestaetigen", shown_at=page)
    return answer.status_code


async def test_a_firm_of_two_does_not_stand_still(office: Office) -> None:
    one, two = await office.firm.person(Role.ADMIN), await office.firm.person(Role.ADMIN)
    await edit(office, f"user:{one.user}")
    payout = await office.payout(ABOVE, by=f"user:{two.user}")
    for browser in (one, two):
        await refused_above(office, payout, browser)
    async with office.ledger() as tx:
        await payout_hands.ask_for_confirmation(tx, await payouts.get(tx, payout.number), above_limit=True)
        asked = await tx.fetch("SELECT subject_id FROM tasks WHERE kind = $1 AND state = 'open'", payout_hands.TASK)
    assert [row["subject_id"] for row in asked] == [payout.number]
    (hand,) = [hand for hand in await hands_of(office, payout) if hand.actor == f"user:{one.user}"]
    assert await confirm_at_page(one, payout, hand.id) == 409
    assert await confirm_at_page(two, payout, hand.id) == 303
    async with office.ledger() as tx:
        assert not await tx.fetchval("SELECT count(*) FROM tasks WHERE kind = $1 AND state = 'open'", payout_hands.TASK)
    await allowed(office, payout, one)


async def test_who_asked_for_a_payout_stays_its_maker(office: Office) -> None:
    one, two = await office.firm.person(Role.ADMIN), await office.firm.person(Role.ADMIN)
    payout = await office.payout(ABOVE, by=f"user:{one.user}")
    (hand,) = [hand for hand in await hands_of(office, payout) if hand.actor == f"user:{one.user}"]
    assert await confirm_at_page(two, payout, hand.id) == 409
    await refused_above(office, payout, one)


async def test_who_released_a_held_sale_does_not_approve_it(office: Office) -> None:
    one = await sale(office, "ANNA")
    async with office.ledger() as tx:
        await tx.execute(
            "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, 'own_purchase')",
            office.tenant.id,
            one,
        )
    async with office.ledger() as tx:
        await sale_decisions.release_hold(tx, one, by="key:editor", reason="Kein Eigenkauf")
    payout = await request(office, by="key:bot")
    with pytest.raises(SecondPersonNeeded):
        await office.approve(payout, "key:editor")


async def test_what_a_machine_does_is_nobodys_hand(office: Office) -> None:
    payout = await office.payout(ABOVE, by="schedule:payout-run")
    assert {hand.act for hand in await hands_of(office, payout)} <= {
        "plan.added",
        "partner.created",
        "partner.tax_status_recorded",
    }


async def test_the_task_says_who_could_confirm_which_change(office: Office) -> None:
    one, two = await office.firm.person(Role.ADMIN), await office.firm.person(Role.ADMIN)
    await edit(office, f"user:{one.user}")
    payout = await office.payout(ABOVE, by=f"user:{two.user}")
    async with office.ledger() as tx:
        await payout_hands.ask_for_confirmation(tx, payout, above_limit=True)
        task = await tx.fetchval("SELECT id FROM tasks WHERE kind = $1 AND state = 'open'", payout_hands.TASK)
    page = (await two.get(f"/admin/aufgaben/{task}")).text
    assert "Partner geändert" in page
    assert f"{two.email}</td>" in page
