"""Chaos with firms in easybill: who they are, what is done there, and what the oracle reads of it."""

from collections.abc import AsyncIterator

import pytest

from chaos.easybill_account import EasybillAccount
from chaos.plan import Ending, draw


@pytest.fixture
async def chaos_account(easybill_sandbox: str) -> AsyncIterator[EasybillAccount]:
    opened = EasybillAccount(easybill_sandbox)
    await opened.open()
    yield opened
    await opened.close()


async def status(account: EasybillAccount, id: str) -> str:
    """As the oracle sees it."""
    [found] = [document for document in await account.documents() if document["id"] == id]
    return str(found["voucherStatus"])


async def test_an_invoice_is_read_as_one_of_lexoffice(chaos_account: EasybillAccount) -> None:
    invoice = await chaos_account.write_invoice(10_000, "pi_1")
    [shown] = await chaos_account.documents()
    assert (shown["id"], shown["kind"], shown["voucherStatus"]) == (invoice, "invoice", "open")
    assert {name: str(amount) for name, amount in shown["totalPrice"].items()} == {
        "totalNetAmount": "100", "totalTaxAmount": "19", "totalGrossAmount": "119",
    }  # fmt: skip
    await chaos_account.click(invoice, "pay", amount="1.00")
    assert await status(chaos_account, invoice) == "open"
    await chaos_account.click(invoice, "pay")
    assert await status(chaos_account, invoice) == "paid"
    await chaos_account.click(invoice, "unpay")
    assert await status(chaos_account, invoice) == "open"
    await chaos_account.click(invoice, "void")
    assert await status(chaos_account, invoice) == "voided"


async def test_a_credit_whose_amounts_are_negative_is_paid_off_and_keeps_its_marker(
    chaos_account: EasybillAccount,
) -> None:
    invoice = await chaos_account.write_invoice(10_000, "pi_1")
    [kept] = await chaos_account.hook("GET", "documents")
    line = {"description": "Provision", "single_price_net": 10_000, "vat_percent": 19}
    told = {"type": "CREDIT", "customer_id": kept["customer_id"], "items": [line], "external_id": "[PO-2026-0001/x]"}
    await chaos_account.hook("POST", "documents", told)
    [credit] = [document for document in await chaos_account.documents() if document["id"] != invoice]
    assert (credit["kind"], credit["introduction"]) == ("credit-note", "[PO-2026-0001/x]")
    await chaos_account.click(credit["id"], "mark-paid", amount="1.00")
    assert await status(chaos_account, credit["id"]) == "open"
    await chaos_account.click(credit["id"], "mark-paid")
    assert await status(chaos_account, credit["id"]) == "paidoff"


def test_every_second_firm_is_there_and_does_only_what_can_be_done_there() -> None:
    plan = draw(seed=7, payouts=400, seconds=600, tenants=4, kills_per_minute=5, with_easybill=True)
    assert [plan.in_easybill(number) for number in range(4)] == [False, True, False, True]
    assert [plan.writes_own(number) for number in range(4)] == [False, False, True, False]
    there = [sale for sale in plan.sales if plan.in_easybill(sale.tenant)]
    assert not any(sale.written_by_us for sale in there)
    assert not {sale.ending for sale in there} & {Ending.DEVIATES, Ending.REOPENED, Ending.DELETED}
