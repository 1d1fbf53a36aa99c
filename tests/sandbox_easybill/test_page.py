"""The page for people: what is written and clicked there is what the API shows."""

import httpx

from easybill.queries import DocumentQuery
from tests.fixtures.easybill_office import EasybillOffice


async def test_a_person_writes_pays_and_cancels(easybill_account: EasybillOffice) -> None:
    page = f"/page/accounts/{easybill_account.account}"
    form = {"customer": "Kunde & Söhne", "net": "1.000,00", "info_1": "Partner: ANNA", "order_number": "A-1"}
    written = await easybill_account.hooks.post(f"{page}/documents", data=form, follow_redirects=True)
    assert "Kunde &amp; Söhne" in written.text
    assert "1.190,00" in written.text
    [invoice] = (await easybill_account.client.documents(DocumentQuery())).items
    assert invoice.customer_snapshot is not None
    assert (invoice.gross_cents, invoice.order_number) == (119_000, "A-1")
    assert invoice.customer_snapshot.info_1 == "Partner: ANNA"
    paid = await easybill_account.hooks.post(f"{page}/documents/{invoice.id}/mark-paid", follow_redirects=True)
    assert "Bezahlt" in paid.text
    assert (await easybill_account.client.document(invoice.id)).is_paid
    await easybill_account.hooks.post(f"{page}/documents/{invoice.id}/unpay")
    cancelled = await easybill_account.hooks.post(f"{page}/documents/{invoice.id}/cancel", follow_redirects=True)
    assert "Storniert" in cancelled.text
    again = await easybill_account.hooks.post(f"{page}/documents/{invoice.id}/cancel", follow_redirects=True)
    assert "already canceled" in again.text


async def test_another_origin_clicks_nothing(easybill_account: EasybillOffice) -> None:
    answer = await easybill_account.hooks.post("/", data={"name": "x"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == httpx.codes.FORBIDDEN


async def test_a_fault_is_switched_on_by_hand(easybill_account: EasybillOffice) -> None:
    page = f"/page/accounts/{easybill_account.account}"
    shown = await easybill_account.hooks.post(f"{page}/faults", data={"kind": "rate_limit_429"}, follow_redirects=True)
    assert "rate_limit_429" in shown.text
    await easybill_account.hooks.post(f"{page}/faults", data={"do": "clear"})
    assert not await easybill_account.shows("faults")
