"""The sandbox bank alone: it checks what a bank checks, and what it writes keeps the schemas and is read by us."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from bankstatements.models import Message
from bankstatements.reading import read
from ledger.bank.bank_file import Debtor, Payment, write_bank_file
from sandbox.bank.app import application
from sandbox.bank.bank import Bank
from tests.fixtures.bank_runs import OWN_IBAN, iban

MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
SCHEMAS = Path(__file__).resolve().parents[1] / "bankstatements" / "fixtures" / "genkgo"


class Customer:
    """Somebody with an account, a terminal and no patience."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def hand_in(self, file: bytes, **asked: str) -> dict[str, Any] | None:
        answer = await self.http.post("/orders", content=file, params=asked)
        assert answer.status_code == 201, answer.text
        order: dict[str, Any] | None = answer.json()["order"]
        return order

    async def hook(self, what: str, **members: object) -> Any:
        answer = await self.http.post(f"/sandbox/{what}", json=members)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def papers(self, kind: str) -> list[Message]:
        """What the bank has handed out by now, read."""
        listed = (await self.http.get("/files")).json()["files"]
        return [
            read((await self.http.get(f"/files/{one['id']}")).content) for one in listed if one["kind"].startswith(kind)
        ]

    async def books(self) -> dict[str, Any]:
        told: dict[str, Any] = (await self.http.get("/sandbox/books")).json()
        return told


@pytest.fixture
async def customer() -> AsyncIterator[Customer]:
    bank = Bank.over(None, MONDAY)
    transport = httpx.ASGITransport(application(bank))
    async with httpx.AsyncClient(transport=transport, base_url="http://bank") as http:
        someone = Customer(http)
        await someone.hook("accounts", iban=OWN_IBAN, holder="Müller & Söhne GmbH", cents=100_000_00, with_mt940=True)
        yield someone


def file(*cents: int, number: str = "ZL-2026-0001", batch: bool = False, on: date = TUESDAY) -> bytes:
    payments = [
        Payment(
            creditor=f"Partner {place}",
            iban=iban(place),
            bic=None,
            amount_cents=each,
            end_to_end_id=f"PO-2026-{place:04}",
            remittance=f"Gutschrift GS-{place}",
        )
        for place, each in enumerate(cents, start=1)
    ]
    debtor = Debtor(holder="Müller & Söhne GmbH", iban=OWN_IBAN, bic="COBADEFFXXX")
    # The bank looks at the schema itself, once loaded.
    return write_bank_file(number, debtor, payments, execution_date=on, batch_booking=batch, validate=False)


def statuses(report: Message) -> list[tuple[str | None, str | None]]:
    assert report.report is not None
    return [
        (payment.status, payment.reasons[0].code if payment.reasons else None)
        for block in report.report.blocks
        for payment in block.payments
    ]


async def test_a_file_is_accepted_booked_on_its_day_and_told(customer: Customer) -> None:
    order = await customer.hand_in(file(11_900, 23_800))
    assert order is not None
    assert order["state"] == "accepted"
    [report] = await customer.papers("pain.002")
    assert report.report is not None
    assert (report.report.original_message_id, report.report.status) == ("ZL-2026-0001", "ACCP")
    await customer.hook("days", days=1)
    assert await customer.papers("camt") == []
    await customer.hook("days", days=1)
    [told] = await customer.papers("camt.053")
    [statement] = told.statements
    assert [(one.amount_cents, one.direction, one.business_code) for one in statement.entries] == [
        (11_900, "debit", "116"),
        (23_800, "debit", "116"),
    ]
    detail = statement.entries[0].details[0]
    assert (detail.end_to_end_id, detail.creditor_iban) == ("PO-2026-0001", iban(1))
    assert (await customer.books())["balances"] == {OWN_IBAN: 100_000_00 - 35_700}
    assert (statement.opening, statement.closing) != (None, None)


async def test_a_batch_is_one_booking_with_its_details_beside_it(customer: Customer) -> None:
    await customer.hand_in(file(11_900, 23_800, batch=True))
    await customer.hook("days", days=2)
    [told], [beside] = await customer.papers("camt.053"), await customer.papers("camt.054")
    [entry] = told.statements[0].entries
    assert (entry.amount_cents, entry.details) == (35_700, ())
    assert entry.batch is not None
    assert (entry.batch.payment_information_id, entry.batch.number) == ("ZL-2026-0001", 2)
    assert [detail.end_to_end_id for detail in beside.statements[0].entries[0].details] == [
        "PO-2026-0001",
        "PO-2026-0002",
    ]


async def test_every_statement_keeps_the_iso_schema(customer: Customer) -> None:
    await customer.hook("payees", iban=iban(1), returned="AC04", after_days=1, fee_cents=150)
    await customer.hand_in(file(11_900, 23_800))
    await customer.hand_in(file(500, 600, batch=True, number="ZL-2026-0002"))
    await customer.hook("days", days=2)
    for kind, cents in (("fee", -990), ("direct_debit", -5_000), ("incoming", 70_000), ("salary", -250_000)):
        await customer.hook("bookings", account=OWN_IBAN, kind=kind, cents=cents)
    first = next(one for one in (await customer.books())["bookings"] if one["kind"] == "transfer")
    await customer.hook(f"bookings/{first['reference']}/reverse")
    await customer.hook("days", days=3)
    listed = (await customer.http.get("/files")).json()["files"]
    looked_at = set()
    for one in listed:
        schema = SCHEMAS / f"{one['kind']}.001.08.xsd"
        if schema.exists():
            content = (await customer.http.get(f"/files/{one['id']}")).content
            etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(content))
            looked_at.add(one["kind"])
    assert looked_at == {"camt.053", "camt.054"}


async def test_mt940_tells_the_same_bookings(customer: Customer) -> None:
    await customer.hook("payees", iban=iban(1), returned="AC04", after_days=1)
    await customer.hand_in(file(11_900, 23_800))
    await customer.hand_in(file(500, 600, batch=True, number="ZL-2026-0002"))
    await customer.hook("days", days=4)

    def told(messages: list[Message]) -> list[object]:
        return [
            (entry.amount_cents, entry.direction, entry.booked_on, entry.business_code)
            for one in messages
            for entry in one.statements[0].entries
        ]

    assert told(await customer.papers("MT940")) == told(await customer.papers("camt.053")) != []
    [*_, back] = (await customer.papers("MT940"))[-1].statements[0].entries
    assert (back.details[0].return_code, back.details[0].end_to_end_id) == ("AC04", "PO-2026-0001")
    on_request = await customer.http.get(f"/accounts/{OWN_IBAN}/statements/2026/1.sta")
    assert len(read(on_request.content).statements[0].entries) == 3


async def test_a_transfer_comes_back_with_the_reason_of_the_payees_bank(customer: Customer) -> None:
    await customer.hook("payees", iban=iban(2), returned="FOCR", after_days=2, fee_cents=500)
    await customer.hand_in(file(11_900, 23_800, on=date(2026, 12, 3)))
    await customer.hook("days", until="2026-12-08")
    *_, last = await customer.papers("camt.053")
    [entry] = last.statements[0].entries
    [detail] = entry.details
    # Thursday and two bank days.
    assert (entry.booked_on, entry.direction, entry.amount_cents) == (date(2026, 12, 7), "credit", 23_300)
    assert (detail.return_code, detail.end_to_end_id, detail.transfer_cents) == ("FOCR", "PO-2026-0002", 23_800)


async def test_the_four_results_of_the_name_check_wait_for_a_release(customer: Customer) -> None:
    await customer.hook("payees", iban=iban(2), holder="Partner II")
    await customer.hook("payees", iban=iban(3), holder="Erika Mustermann")
    await customer.hook("payees", iban=iban(4), checkable=False)
    order = await customer.hand_in(file(100, 200, 300, 400), check="1")
    assert order is not None
    [report] = await customer.papers("pain.002")
    assert [status for status, _ in statuses(report)] == ["RCVC", "RVMC", "RVNM", "RVNA"]
    await customer.hook("days", days=2)
    assert await customer.papers("camt") == []
    await customer.http.post(f"/orders/{order['id']}/release")
    await customer.hook("days", days=1)
    assert len((await customer.papers("camt.053"))[0].statements[0].entries) == 4


async def test_a_single_transfer_is_always_checked_and_goes_on_where_the_name_fits(customer: Customer) -> None:
    await customer.hand_in(file(100))
    checked, accepted = await customer.papers("pain.002")
    assert statuses(checked) == [("RCVC", None)]
    assert accepted.report is not None
    assert accepted.report.status == "ACCP"


async def test_what_our_bank_refuses_is_rejected_before_it_is_booked(customer: Customer) -> None:
    await customer.hook("payees", iban=iban(2), rejected="AC04")
    await customer.hand_in(file(100, 200))
    [report] = await customer.papers("pain.002")
    assert report.report is not None
    assert (report.report.blocks[0].status, statuses(report)) == ("PART", [("RJCT", "AC04")])
    await customer.hook("days", days=2)
    assert [entry.amount_cents for entry in (await customer.papers("camt"))[0].statements[0].entries] == [100]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<CtrlSum>3.00</CtrlSum>", "<CtrlSum>4.00</CtrlSum>", "AM10"),
        ("<NbOfTxs>2</NbOfTxs>", "<NbOfTxs>3</NbOfTxs>", "AM18"),
        ("Gutschrift GS-1", "Gutschrift ☺", "FF01"),
        ("2026-12-01", "2024-12-01", "DT01"),
    ],
)
async def test_a_file_that_contradicts_itself_is_rejected_whole(
    customer: Customer, old: str, new: str, reason: str
) -> None:
    good = file(100, 200).decode()
    assert old in good
    assert await customer.hand_in(good.replace(old, new).encode()) is None
    [report] = await customer.papers("pain.002")
    assert report.report is not None
    assert (report.report.status, report.report.reasons[0].code) == ("RJCT", reason)


async def test_the_same_message_is_taken_once(customer: Customer) -> None:
    assert await customer.hand_in(file(100, 200)) is not None
    assert await customer.hand_in(file(100, 200)) is None
    assert (await customer.papers("pain.002"))[-1].report.reasons[0].code == "DU01"  # type: ignore[union-attr]


async def test_two_customers_may_give_their_messages_one_number(customer: Customer) -> None:
    other = "DE75512108001245126199"
    await customer.hook("accounts", iban=other, holder="Andere GmbH", cents=1_000)
    assert await customer.hand_in(file(100, 200)) is not None
    assert await customer.hand_in(file(100, 200).replace(OWN_IBAN.encode(), other.encode())) is not None


async def test_an_account_number_with_wrong_check_digits_is_rejected_alone(customer: Customer) -> None:
    wrong = iban(1)[:-1] + str((int(iban(1)[-1]) + 1) % 10)
    await customer.hand_in(file(100, 200).replace(iban(1).encode(), wrong.encode()))
    assert statuses((await customer.papers("pain.002"))[0]) == [("RJCT", "AC01")]


@pytest.mark.parametrize(
    "content", [b"", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", file(100).replace(b"CdtTrfTxInf", b"Cdt")]
)
async def test_what_is_no_payment_file_is_not_taken(customer: Customer, content: bytes) -> None:
    answer = await customer.http.post("/orders", content=content)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Die Datei")
    assert await customer.papers("pain.002") == []


async def test_an_order_beyond_the_overdraft_is_rejected_on_its_day(customer: Customer) -> None:
    await customer.hand_in(file(99_999_999_999, 200))
    await customer.hook("days", days=2)
    assert (await customer.papers("camt")) == []
    assert (await customer.papers("pain.002"))[-1].report.reasons[0].code == "AM04"  # type: ignore[union-attr]


async def test_the_bank_books_on_no_holiday(customer: Customer) -> None:
    await customer.hook("days", until="2026-12-23")
    await customer.hand_in(file(100, 200, on=date(2026, 12, 24)))
    await customer.hook("payees", iban=iban(1), returned="MS03", after_days=1)
    await customer.hook("days", until="2026-12-31")
    days = {entry.booked_on for one in await customer.papers("camt") for entry in one.statements[0].entries}
    # Christmas, the day after, and a weekend.
    assert days == {date(2026, 12, 24), date(2026, 12, 28)}


async def told_after(customer: Customer, kind: str, **more: object) -> list[list[Any]]:
    """Numbers and entries of what is there after two days with a booking each, of which the second one is hit."""
    await customer.hand_in(file(100, 200))
    await customer.hook("days", days=2)
    await customer.hook("faults", kind=kind, **more)
    await customer.hand_in(file(300, 400, number="ZL-2026-0002"))
    await customer.hook("days", days=1)
    return [[one.statements[0].number, len(one.statements[0].entries)] for one in await customer.papers("camt.053")]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("late", [[1, 2]]),
        ("lost", [[1, 2]]),
        ("twice", [[1, 2], [2, 2], [2, 2]]),
        ("overlap", [[1, 2], [2, 4]]),
        ("skip_number", [[1, 2], [3, 2]]),
        ("book_twice", [[1, 2], [2, 3]]),
        ("reverse", [[1, 2], [2, 3]]),
    ],
)
async def test_statements_go_wrong_in_every_way_that_is_switched_on(
    customer: Customer, kind: str, told: list[list[int]]
) -> None:
    assert await told_after(customer, kind) == told


async def test_what_is_late_comes_and_what_was_lost_is_asked_for(customer: Customer) -> None:
    await told_after(customer, "late", days=1)
    await customer.hook("days", days=2)
    assert len(await customer.papers("camt.053")) == 2
    await customer.hook("faults", kind="lost")
    await customer.hand_in(file(500, 600, number="ZL-2026-0003"))
    await customer.hook("days", days=3)
    assert len(await customer.papers("camt.053")) == 2
    lost = [one for one in (await customer.books())["papers"] if one["ready_on"] is None]
    await customer.http.post(f"/files/{lost[0]['id']}/ask")
    assert len(await customer.papers("camt.053")) == 3


async def test_a_wrong_balance_is_told_right_the_day_after(customer: Customer) -> None:
    await told_after(customer, "wrong_balance")
    await customer.hook("days", days=1)
    *_, wrong, right = (one.statements[0] for one in await customer.papers("camt.053"))
    assert wrong.closing is not None
    assert right.closing is not None
    assert (wrong.number, wrong.closing.cents - right.closing.cents) == (right.number, 1)


async def test_the_books_outlive_the_process(tmp_path: Path) -> None:
    kept = tmp_path / "bank.json"
    first = Bank.over(kept, MONDAY)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(first)), base_url="http://bank") as http:
        await Customer(http).hook("accounts", iban=OWN_IBAN, holder="M", cents=5)
        await Customer(http).hand_in(file(1, 2))
    again = Bank.over(kept, date(2026, 12, 2))
    # The days that went by meanwhile were closed, and what was due is booked.
    assert (again.books.today, again.books.balance(OWN_IBAN)) == (date(2026, 12, 2), 2)


async def test_a_person_hands_in_a_file_and_reads_what_became_of_it(customer: Customer) -> None:
    await customer.hook("payees", iban=iban(1), holder="Erika Mustermann")
    answer = await customer.http.post("/", data={"do": "hand_in"}, files={"file": ("a.xml", file(100))})
    assert "wartet auf Ihre Freigabe" in httpx.URL(answer.headers["location"]).params["said"]
    await customer.http.post("/", data={"do": "release", "order": "1"})
    await customer.http.post("/", data={"do": "noise", "account": OWN_IBAN})
    await customer.http.post("/", data={"do": "days", "days": "2"})
    page = (await customer.http.get("/")).text
    assert "Name stimmt nicht" in page
    assert "ausgeführt" in page
    assert "Heute ist der 02.12.2026" in page
    assert await customer.papers("camt.053") != []
    bad = await customer.http.post("/", data={"do": "release", "order": "1"})
    assert "wartet auf keine Freigabe" in httpx.URL(bad.headers["location"]).params["said"]
    foreign = await customer.http.post("/", data={"do": "clear"}, headers={"Origin": "http://elsewhere"})
    assert foreign.status_code == 403
