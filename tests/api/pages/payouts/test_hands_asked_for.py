"""Where each approver may have a hand in a payout by now, its workflow looks: after acts on sales, plans, customers."""

from ledger import tasks
from ledger.booking import resolutions, sale_decisions
from ledger.booking.resolutions import Answer
from ledger.payouts.payouts import Payout
from ledger.reasons import Reason
from ledger.roles import Role
from ledger.sales import customers
from ledger.sales.customers import NewCustomer
from ledger.types import TransactionId
from tests.api.pages.payouts.test_hands import request, sale
from tests.fixtures.browsers import Browser
from tests.fixtures.four_eyes import ABOVE, Office, office

__all__ = ["office"]


async def of_two(office: Office) -> tuple[Browser, Browser]:
    return await office.firm.person(Role.ADMIN), await office.firm.person(Role.ADMIN)


async def looks_again(office: Office, payout: Payout) -> bool:
    [row] = await office.firm.rows("SELECT recheck_wanted_at FROM payouts WHERE number = $1", payout.number)
    return row["recheck_wanted_at"] is not None


async def of_a_payer(office: Office) -> tuple[TransactionId, Payout, Payout]:
    """A customer's first payment, a payout of the next one, whose partner is known from the first, and another's."""
    async with office.ledger() as tx:
        customer = str((await customers.create(tx, NewCustomer(email="k@example.test"), by="key:shop")).id)
    first = await sale(office, "BERT", customer=customer, by="person")
    await sale(office, "ANNA", customer=customer, by="customer")
    payout = await request(office, by="key:bot")
    return first, payout, await office.payout(ABOVE, by="key:bot")


async def test_who_gives_a_sale_to_another_partner_has_the_payouts_of_its_payer_look_again(office: Office) -> None:
    one, _ = await of_two(office)
    first, payout, other = await of_a_payer(office)
    moved = await one.post(f"/admin/transaktionen/{first}/partner", {"partner": "ANNA", "reason": "Verwechslung"})
    assert moved.status_code == 303
    assert (await looks_again(office, payout), await looks_again(office, other)) == (True, False)


async def test_who_releases_a_held_sale_has_them_look_again(office: Office) -> None:
    first, payout, other = await of_a_payer(office)
    async with office.ledger() as tx:
        await tx.execute(
            "INSERT INTO sale_holds (tenant_id, transaction_id, code) VALUES ($1, $2, 'own_purchase')",
            office.tenant.id,
            first,
        )
    async with office.ledger() as tx:
        await sale_decisions.release_hold(tx, first, by="key:editor", reason="Kein Eigenkauf")
    assert (await looks_again(office, payout), await looks_again(office, other)) == (True, False)


async def test_an_answer_to_a_question_about_a_sale_has_them_look_again(office: Office) -> None:
    """Their locks come before that of the question; the watcher of locks looks on."""
    known, payout, other = await of_a_payer(office)
    async with office.ledger() as tx:
        of_nobody = await tx.fetchval(
            """
            INSERT INTO transactions (tenant_id, source, customer_id, base_cents, gross_cents, provisional, sold_at)
            SELECT tenant_id, 'api', customer_id, 10000, 11900, false, now() FROM transactions WHERE id = $1
            RETURNING id
            """,
            known,
        )
        await tasks.ask(
            tx,
            tasks.NewTask(
                kind="unknown_partner_code",
                subject="transaction",
                subject_id=str(of_nobody),
                reason=Reason.of("sale_names_unknown_partner"),
                actions=("assign_partner", "done"),
            ),
        )
        question = await tx.fetchval("SELECT id FROM tasks WHERE subject_id = $1", str(of_nobody))
    async with office.ledger() as tx:
        answer = Answer(action="assign_partner", detail={"partner_code": "ANNA"})
        await resolutions.resolve(tx, question, answer, actor="key:editor")
    assert (await looks_again(office, payout), await looks_again(office, other)) == (True, False)


async def test_who_assigns_a_customer_has_the_payouts_of_its_sales_look_again(office: Office) -> None:
    one, _ = await of_two(office)
    _, payout, other = await of_a_payer(office)
    [row] = await office.firm.rows("SELECT id FROM customers")
    assigned = await one.post(f"/admin/kunden/{row['id']}", {"partner": "BERT", "grund": "Stammkunde"})
    assert assigned.status_code == 303
    assert (await looks_again(office, payout), await looks_again(office, other)) == (True, False)


async def test_a_default_campaign_has_all_look_again_once_each_approver_has_a_hand(office: Office) -> None:
    one, two = await of_two(office)
    payout = await office.payout(ABOVE, by=f"user:{two.user}")
    assert (await two.post("/admin/kampagnen/x/vorgabe")).status_code == 303
    assert not await looks_again(office, payout), "the other has made nothing of anything"
    assert (await one.post("/admin/kampagnen/x/vorgabe")).status_code == 303
    assert await looks_again(office, payout)
