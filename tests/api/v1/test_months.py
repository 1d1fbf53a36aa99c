"""A month by the API: its steps in words, its open vouchers, and who assigns them."""

from tests.fixtures.door import Door

MONTH = "months/2026-11"


async def test_a_month_tells_its_steps_in_order_and_what_each_lacks_in_words(stocked: Door) -> None:
    answer = await stocked.api("GET", MONTH)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [step["stage"] for step in told["steps"]] == [
        "sales", "rehearsal", "run", "approval", "documents", "file", "bank", "paid", "reconciled",
    ]  # fmt: skip
    assert told["steps"][1]["missing"] == [{"code": "month_not_rehearsed", "params": {}}]
    assert told["steps"][1]["sentences"] == ["Es gab noch keinen Probelauf."]
    assert (told["next"], told["is_reconciled"]) == ("month_not_rehearsed", False)


async def test_a_month_without_vouchers_has_nobody_to_assign_them(stocked: Door) -> None:
    assert (await stocked.api("GET", f"{MONTH}/vouchers")).json()["vouchers"] == []
    key = {"X-API-Key": await stocked.new_key("bank")}
    refused = await stocked.api("POST", f"{MONTH}/vouchers/assign", {"assigned_to": "Steuerbüro Meier"}, **key)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_voucher_to_assign")
    assert (await stocked.api("POST", f"{MONTH}/vouchers/withdraw", **key)).status_code == 409
    assert (await stocked.api("GET", "months/2026-13")).status_code == 422
    file = await stocked.api("GET", f"{MONTH}/payouts.csv")
    assert file.text.startswith("\ufeffAuszahlung;Zustand;")
