"""Papers and reports by their public doors: the JSON API of the running product."""

import io
import zipfile

from tests.conftest import Database
from tests.fixtures import bank_runs
from tests.fixtures.house import Shop


async def test_papers_of_a_payout_by_the_api(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    number = payout["number"]
    for path, kind, begins in (
        (f"/reports/payouts/{number}/statement.pdf", "application/pdf", b"%PDF-"),
        (f"/reports/payouts/{number}/statement.csv", "text/csv", "\ufeff".encode()),
        ("/reports/payouts.csv", "text/csv", "\ufeff".encode()),
        (
            "/reports/partners/ANNA/statement.pdf?first_day=2026-01-01&last_day=2026-12-31",
            "application/pdf",
            b"%PDF-",
        ),
    ):
        answer = await connected_shop.call("GET", path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.content.startswith(begins)
    assert (await connected_shop.call("GET", f"/reports/payouts/{number}/evidence.zip")).status_code == 403
    bundle = await connected_shop.call("GET", f"/reports/payouts/{number}/evidence.zip", key="approve")
    names = zipfile.ZipFile(io.BytesIO(bundle.content)).namelist()
    assert any(name.startswith("belege/credit-note-") for name in names)
    assert any(name.startswith("belege/invoice-") for name in names)
    assert any("checkout.session.completed" in name for name in names)


async def test_reports_by_the_api(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    month = payout["created_at"][:7]
    compared = await connected_shop.api("GET", f"/reports/reconciliation?month={month}")
    assert [(row["payout"], row["differences"]) for row in compared["rows"]] == [(payout["number"], [])]
    numbers = await connected_shop.api("GET", "/reports/numbers")
    assert numbers["is_whole"] is True
    open_ = await connected_shop.api("GET", f"/reports/open-commissions?on={payout['created_at'][:10]}")
    assert open_["net_cents"] > 0
    for odd in ("on=9999-12-31", "on=0001-01-01", "at=2026-01-01T00:00:00", "", "at=0001-01-01T00:00:00Z"):
        assert (await connected_shop.call("GET", f"/reports/open-commissions?{odd}")).status_code == 422, odd


async def test_a_bank_run_from_draft_to_file_by_the_api_and_what_lexoffice_then_says(
    connected_shop: Shop, database: Database
) -> None:
    payout = await connected_shop.open_payout()
    account = await connected_shop.api(
        "POST", "/bank-accounts", {"account_holder": "Firma", "iban": "DE89370400440532013000"}
    )
    assert "DE89" not in str(account)
    await connected_shop.api("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")
    candidates = await connected_shop.api("GET", "/bank-runs/candidates")
    assert candidates["total_cents"] == payout["gross_cents"]
    run = await connected_shop.api("POST", "/bank-runs", {})
    refused = await connected_shop.call(
        "POST", f"/bank-runs/{run['number']}/approve", {"content_hash": run["content_hash"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
    await connected_shop.api(
        "POST", f"/bank-runs/{run['number']}/approve", {"content_hash": run["content_hash"]}, key="approve"
    )
    files = [await connected_shop.call("POST", f"/bank-runs/{run['number']}/file") for _ in range(2)]
    assert files[0].content == files[1].content
    assert payout["number"].encode() in files[0].content
    await connected_shop.click(payout["credit_note_id"], "pay")
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["number"]  # the EndToEndId, not the number of the Gutschrift
    early = await connected_shop.call("POST", f"/bank-runs/{run['number']}/confirm")
    assert (early.status_code, early.json()["code"]) == (409, "execution_day_ahead")
    await bank_runs.execution_day_comes(database, run["number"])
    assert (await connected_shop.api("POST", f"/bank-runs/{run['number']}/confirm"))["state"] == "confirmed"


async def test_voided_after_the_export_money_may_have_left(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    account = await connected_shop.api(
        "POST", "/bank-accounts", {"account_holder": "Firma", "iban": "DE89370400440532013000"}
    )
    await connected_shop.api("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")
    run = await connected_shop.api("POST", "/bank-runs", {"payouts": [payout["number"]]})
    await connected_shop.api(
        "POST", f"/bank-runs/{run['number']}/approve", {"content_hash": run["content_hash"]}, key="approve"
    )
    assert (await connected_shop.call("POST", f"/bank-runs/{run['number']}/file")).status_code == 200
    await connected_shop.click(payout["credit_note_id"], "void")
    returned = await connected_shop.payout_when(payout["number"], "returned")
    assert "Wurde Geld überwiesen?" in returned["state_reason"]
    assert all(not line["released"] for line in returned["lines"])


async def test_voided_while_the_run_is_only_approved_the_payout_is_cancelled_and_drops_out(
    connected_shop: Shop,
) -> None:
    payout = await connected_shop.open_payout()
    account = await connected_shop.api(
        "POST", "/bank-accounts", {"account_holder": "Firma", "iban": "DE89370400440532013000"}
    )
    await connected_shop.api("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")
    run = await connected_shop.api("POST", "/bank-runs", {})
    await connected_shop.api(
        "POST", f"/bank-runs/{run['number']}/approve", {"content_hash": run["content_hash"]}, key="approve"
    )
    await connected_shop.click(payout["credit_note_id"], "void")
    await connected_shop.payout_when(payout["number"], "cancelled")
    refused = await connected_shop.call("POST", f"/bank-runs/{run['number']}/file")
    assert (refused.status_code, refused.json()["code"]) == (409, "bank_run_draft")
    after = await connected_shop.api("GET", f"/bank-runs/{run['number']}")
    assert (after["state"], after["payments"]) == ("draft", 0)
    assert after["lines"][0]["released_reason"] == "Die Auszahlung wartet nicht auf eine Überweisung."


async def test_without_a_bank_file_the_reference_is_the_number_of_the_credit_note(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await connected_shop.click(payout["credit_note_id"], "pay")
    paid = await connected_shop.payout_when(payout["number"], "paid")
    assert paid["payment_reference"] == payout["credit_note_number"]
