"""The client against the sandbox's easybill, over HTTP: what is made, found again, paid, cancelled, and what fails."""

from datetime import date

import pytest

from easybill.client import EasybillClient
from easybill.customers import NewCustomer
from easybill.payments import NewPayment
from easybill.queries import DocumentQuery
from easybill.webhooks import NewWebhook
from httpcalls import errors
from sandbox.processes import free_port
from tests.fixtures.easybill_office import DAY, MARKER, EasybillOffice, easybill_office, new_credit


async def test_a_credit_is_a_draft_until_it_is_done(easybill_account: EasybillOffice) -> None:
    draft = await easybill_account.draft()
    assert (draft.is_draft, draft.number, draft.external_id) == (True, None, MARKER)
    done = await easybill_account.client.done(draft.id)
    assert (done.is_draft, done.number, done.document_date) == (False, "GS-2026-0001", DAY)
    fetched = await easybill_account.client.document(draft.id)
    assert (fetched.gross_cents, fetched.net_cents, fetched.open_cents) == (11_900, 10_000, 11_900)
    assert fetched.service_date is not None
    assert fetched.service_date.date_to == date(2026, 10, 31)
    assert b'"external_id"' in fetched.raw
    assert (await easybill_account.client.pdf(draft.id)).startswith(b"%PDF-")


@pytest.mark.parametrize("sign", ["negative", "positive"])
async def test_amounts_of_a_credit_may_have_either_sign(easybill_sandbox: str, sign: str) -> None:
    async with easybill_office(easybill_sandbox, credit_amounts=sign) as office:
        credit = await office.credit()
        assert (credit.amount < 0) == (sign == "negative")
        assert (credit.gross_cents, credit.net_cents) == (11_900, 10_000)
        await office.client.record_payment(
            NewPayment(document_id=credit.id, amount_cents=credit.amount, payment_at=DAY, reference="PO-2026-0001")
        )
        paid = await office.client.document(credit.id)
        assert (paid.is_paid, paid.open_cents, paid.paid_at) == (True, 0, DAY)


async def test_a_case_free_of_vat_has_no_vat(easybill_account: EasybillOffice) -> None:
    line = {"description": "Provision", "single_price_net_cents": 4_321, "vat_percent": 0}
    small = new_credit(easybill_account.customer, items=(line,), vat_option="smallBusiness", text_tax="§ 19 UStG")
    credit = await easybill_account.client.create_draft(small)
    assert (credit.gross_cents, credit.net_cents, credit.vat_option) == (4_321, 4_321, "smallBusiness")
    with pytest.raises(ValueError, match="free of VAT"):
        new_credit(easybill_account.customer, vat_option="smallBusiness")


async def test_a_lost_draft_is_found_by_its_external_id(easybill_account: EasybillOffice) -> None:
    await easybill_account.does("faults", kind="timeout_504_after", method="POST", path="/documents$", times=1)
    with pytest.raises(errors.OutcomeUnknown):
        await easybill_account.draft()
    page = await easybill_account.client.documents(DocumentQuery(types=("CREDIT",), dated=(DAY, DAY)))
    assert [found.external_id for found in page.items] == [MARKER]
    assert page.is_last


async def test_done_may_be_asked_again_after_a_lost_answer(easybill_account: EasybillOffice) -> None:
    draft = await easybill_account.draft()
    await easybill_account.does("faults", kind="reset_after", method="PUT", path="/done$", times=1)
    with pytest.raises(errors.NoAnswer):
        await easybill_account.client.done(draft.id)
    with pytest.raises(errors.ValidationFailed):
        await easybill_account.client.done(draft.id)
    assert (await easybill_account.client.document(draft.id)).number == "GS-2026-0001"


async def test_what_was_just_made_may_be_missing_from_the_list(easybill_account: EasybillOffice) -> None:
    await easybill_account.does("faults", kind="late_list", delay_ms=60_000)
    draft = await easybill_account.draft()
    assert not (await easybill_account.client.documents(DocumentQuery())).items
    assert (await easybill_account.client.document(draft.id)).external_id == MARKER


async def test_a_cancelled_credit_is_known_by_the_document_that_cancels_it(easybill_account: EasybillOffice) -> None:
    credit = await easybill_account.credit()
    storno = await easybill_account.client.cancel(credit.id)
    assert (storno.type, storno.ref_id, storno.is_draft) == ("STORNO_CREDIT", credit.id, False)
    assert not (await easybill_account.client.document(credit.id)).is_cancelled
    found = await easybill_account.client.documents(DocumentQuery(types=("STORNO_CREDIT",), ref_id=credit.id))
    assert [row.id for row in found.items] == [storno.id]
    with pytest.raises(errors.ValidationFailed):
        await easybill_account.client.cancel(credit.id)


async def test_a_cancelled_invoice_names_what_cancels_it(easybill_account: EasybillOffice) -> None:
    item = {"description": "Kurs", "single_price_net": 100_000, "vat_percent": 19}
    invoice = await easybill_account.does(
        "documents", type="INVOICE", customer_id=easybill_account.customer, items=[item]
    )
    storno = await easybill_account.clicks(invoice["id"], "cancel")
    read = await easybill_account.client.document(invoice["id"])
    assert (read.cancel_id, read.is_cancelled, read.is_paid) == (storno["id"], True, False)


async def test_a_draft_can_be_deleted_and_a_document_that_is_done_cannot(easybill_account: EasybillOffice) -> None:
    draft = await easybill_account.draft()
    await easybill_account.client.delete_draft(draft.id)
    with pytest.raises(errors.NotFound):
        await easybill_account.client.document(draft.id)
    done = await easybill_account.credit()
    with pytest.raises(errors.ValidationFailed):
        await easybill_account.client.delete_draft(done.id)


async def test_a_payment_is_found_by_its_reference(easybill_account: EasybillOffice) -> None:
    credit = await easybill_account.credit()
    assert not (await easybill_account.client.payments_with("PO-2026-0001")).items
    new = NewPayment(document_id=credit.id, amount_cents=credit.amount, payment_at=DAY, reference="PO-2026-0001")
    await easybill_account.does("faults", kind="timeout_504_after", method="POST", path="/document-payments$", times=1)
    with pytest.raises(errors.OutcomeUnknown):
        await easybill_account.client.record_payment(new)
    [found] = (await easybill_account.client.payments_with("PO-2026-0001")).items
    assert (found.document_id, found.cents, found.payment_at) == (credit.id, 11_900, DAY)
    assert [row.id for row in (await easybill_account.client.payments_on(credit.id)).items] == [found.id]


async def test_customers_keep_their_free_fields(easybill_account: EasybillOffice) -> None:
    told = {"company_name": "Anna GmbH", "last_name": "Adler", "emails": ("a@a.de",), "info_1": "Partner: ANNA"}
    new = NewCustomer.model_validate(told | {"country": "DE"})
    kept = await easybill_account.client.create_customer(new, role="CUSTOMER,SUPPLIER")
    read = await easybill_account.client.customer(kept.id)
    assert (read.name, read.info_1, read.emails) == ("Anna GmbH", "Partner: ANNA", ("a@a.de",))
    assert [row.id for row in (await easybill_account.client.customers(email="a@a.de")).items] == [kept.id]


async def test_lists_come_page_by_page(easybill_account: EasybillOffice) -> None:
    made = [(await easybill_account.draft(f"[PO-{n}]")).id for n in range(3)]
    query = DocumentQuery(limit=2)
    first, second = await easybill_account.client.documents(query, 1), await easybill_account.client.documents(query, 2)
    assert (first.is_last, second.is_last, first.total) == (False, True, 3)
    assert sorted(row.id for row in (*first.items, *second.items)) == made


async def test_the_plan_limits_the_requests_of_a_minute(easybill_sandbox: str) -> None:
    async with easybill_office(easybill_sandbox, requests_a_minute=None, plan="PLUS") as office:
        for _ in range(10):
            await office.client.logins()
        with pytest.raises(errors.RateLimited) as limited:
            await office.client.logins()
        assert limited.value.proves_nothing_was_made


async def test_a_key_shows_whose_account_it_is(easybill_account: EasybillOffice) -> None:
    assert [login.id for login in (await easybill_account.client.logins()).items] == [easybill_account.login]
    async with EasybillClient(base_url=str(easybill_account.hooks.base_url), key="wrong") as stranger:
        with pytest.raises(errors.Unauthorized):
            await stranger.logins()


async def test_another_accounts_document_is_not_found(easybill_account: EasybillOffice, easybill_sandbox: str) -> None:
    draft = await easybill_account.draft()
    async with easybill_office(easybill_sandbox) as other:
        with pytest.raises(errors.NotFound):
            await other.client.document(draft.id)


async def test_webhooks_are_made_listed_and_deleted(easybill_account: EasybillOffice) -> None:
    new = NewWebhook(url="http://127.0.0.1:9/x", description="PartnerDesk", secret="sixteen letters at least")
    made = await easybill_account.client.create_webhook(new)
    [listed] = (await easybill_account.client.webhooks()).items
    assert (listed.id, listed.is_active, set(listed.events)) == (made.id, True, set(new.events))
    assert "127.0.0.1" not in repr(listed)
    await easybill_account.client.delete_webhook(made.id)
    with pytest.raises(errors.NotFound):
        await easybill_account.client.delete_webhook(made.id)


CREATE_FAULTS: dict[str, tuple[type[errors.ProviderError], bool]] = {
    "rate_limit_429": (errors.RateLimited, True),
    "unauthorized_401": (errors.Unauthorized, True),
    "forbidden_403": (errors.Forbidden, True),
    "unavailable_503": (errors.OutcomeUnknown, False),
    "timeout_504_before": (errors.OutcomeUnknown, False),
    "reset_before": (errors.OutcomeUnknown, False),
    "reset_after": (errors.OutcomeUnknown, False),
}


@pytest.mark.parametrize("kind", CREATE_FAULTS)
async def test_only_a_refusal_proves_that_a_create_made_nothing(easybill_account: EasybillOffice, kind: str) -> None:
    expected, proves = CREATE_FAULTS[kind]
    await easybill_account.does("faults", kind=kind, method="POST", times=1)
    with pytest.raises(expected) as failed:
        await easybill_account.draft()
    assert failed.value.proves_nothing_was_made is proves
    assert len(await easybill_account.shows("documents")) == (1 if kind == "reset_after" else 0)


async def test_what_is_refused_names_the_member(easybill_account: EasybillOffice) -> None:
    with pytest.raises(errors.ValidationFailed, match="customer_id"):
        await easybill_account.client.create_draft(new_credit(7))


async def test_an_address_where_nobody_is_proves_that_nothing_was_made() -> None:
    async with EasybillClient(base_url=f"http://127.0.0.1:{free_port()}", key="k") as client:
        with pytest.raises(errors.Unreachable):
            await client.create_draft(new_credit(1))
