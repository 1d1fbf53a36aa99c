"""Reports: what was owed on a past day, the comparison with lexoffice, numbers, and files that open anywhere."""

import csv
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.language import in_words
from ledger.commissions import manual_lines
from ledger.commissions.manual_lines import NewManualLine
from ledger.documents import documents
from ledger.programme.calculation import Rate
from ledger.refusals import NotAcceptable
from ledger.reports import evidence_bundle, number_check, reports, statement_pdf, statements
from ledger.vault import Vault
from tests.fixtures import bank_runs as bank
from tests.fixtures import payable
from tests.fixtures.ledger_shop import Shop
from tests.money.selling import plan_from_march, sell


async def _now(shop: Shop) -> Any:
    [row] = await shop.rows("SELECT clock_timestamp() AS at")
    return row["at"]


async def _open_at(shop: Shop, at: Any) -> dict[tuple[str, str, str], tuple[int, int]]:
    async with shop.ledger.transaction(shop.tenant) as tx:
        report = await reports.open_commissions(tx, at)
    return {(row.partner_code, row.state, row.tax_case): (row.commissions, row.net_cents) for row in report.rows}


async def test_a_past_day_shows_what_was_owed_then_whatever_happened_since(shop: Shop, vault: Vault) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    first, _ = await payable.earn(shop, 10_000, 5_000)
    before = await _now(shop)
    await shop.rows("UPDATE commissions SET net_cents = 7000 WHERE id = $1", first)
    corrected = await _now(shop)
    payout = await payable.request(shop)
    requested = await _now(shop)
    await payable.approve(shop, payout)
    await bank.open_credit_note(shop, payout.number)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute(
            "UPDATE payouts SET state = 'paid', payment_reference = 'x', paid_on = current_date WHERE number = $1",
            payout.number,
        )
        await tx.execute("UPDATE commissions SET state = 'paid' WHERE state = 'in_payout'")
    assert await _open_at(shop, before) == {("ANNA", "approved", "regular"): (2, 15_000)}
    assert await _open_at(shop, corrected) == {("ANNA", "approved", "regular"): (2, 12_000)}
    assert await _open_at(shop, requested) == {("ANNA", "in_payout", "regular"): (2, 12_000)}
    assert await _open_at(shop, await _now(shop)) == {}


async def test_a_day_to_come_is_refused(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        at = await tx.fetchval("SELECT now() + interval '1 hour'")
        with pytest.raises(NotAcceptable):
            await reports.open_commissions(tx, at)


async def _reconciled(shop: Shop) -> reports.Reconciliation:
    async with shop.ledger.transaction(shop.tenant) as tx:
        month = await tx.fetchval("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date")
        return await reports.reconcile(tx, month)


async def test_each_credit_note_is_compared_with_its_approval(shop: Shop, vault: Vault) -> None:
    payout = await bank.open_payout(shop, vault)
    other = await bank.open_payout(shop, vault, "BERT", net_cents=5_001)
    report = await _reconciled(shop)
    assert [(row.payout, row.differences) for row in report.rows] == [(payout.number, ()), (other.number, ())]
    assert report.approved_gross_cents == report.document_gross_cents == payout.gross_cents + other.gross_cents
    await shop.rows("UPDATE external_documents SET tax_cents = tax_cents + 1, gross_cents = gross_cents + 1")
    assert (await _reconciled(shop)).different == ()
    await shop.rows(
        "UPDATE external_documents SET net_cents = net_cents + 1, status = 'paidoff' WHERE payout_id = $1", payout.id
    )
    [different] = (await _reconciled(shop)).different
    assert (different.payout, different.differences) == (payout.number, ("net", "state"))
    await shop.rows("UPDATE external_documents SET detached_at = now() WHERE payout_id = $1", payout.id)
    assert (await _reconciled(shop)).different[0].differences == ("missing",)


async def test_the_month_of_a_credit_note_is_that_of_its_own_date_and_what_is_voided_counts_in_no_sum(
    shop: Shop, vault: Vault
) -> None:
    """Asked for in October, written in November: lexoffice's list of November has it."""
    payout = await bank.open_payout(shop, vault)
    voided = await bank.open_payout(shop, vault, "BERT")
    await shop.rows(
        "UPDATE creation_intents SET content = $2 WHERE payout_id = $1",
        payout.id,
        {"voucher_date": "2026-11-01T00:00:00+01:00"},
    )
    await shop.rows("UPDATE payouts SET created_at = '2026-10-30T12:00:00Z'")
    await shop.rows("UPDATE external_documents SET created_at = '2026-11-02T12:00:00Z'")
    await shop.rows("UPDATE external_documents SET status = 'voided' WHERE payout_id = $1", voided.id)
    async with shop.ledger.transaction(shop.tenant) as tx:
        october, november = [await reports.reconcile(tx, date(2026, month, 1)) for month in (10, 11)]
    assert october.rows == ()
    assert [(row.payout, row.dated) for row in november.rows] == [
        (payout.number, date(2026, 11, 1)),
        (voided.number, date(2026, 11, 2)),
    ]
    assert (november.document_gross_cents, november.approved_gross_cents) == (11_900, 23_800)
    assert [row.payout for row in november.different] == [voided.number]


async def test_numbers_have_no_gaps_and_each_cancelled_one_has_its_reason(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    run = await bank.draft(shop, vault)
    async with shop.ledger.transaction(shop.tenant) as tx:
        from ledger.bank import bank_run_cancelling

        await bank_run_cancelling.cancel(tx, run.number, by="user:x", reason="Falsches Konto.")
    rejected = await payable.request(shop) if await payable.earn(shop, 100) else payout
    async with shop.ledger.transaction(shop.tenant) as tx:
        from ledger.payouts import decisions

        await decisions.reject(tx, rejected.number, actor="key:chief", reason="Doppelt.")
        found = await number_check.check(tx)
    assert found.is_whole
    assert {(one.number, one.reason) for one in found.ended} == {
        (run.number, "Falsches Konto."),
        (rejected.number, "Doppelt."),
    }
    await shop.rows("UPDATE payout_counters SET last = last + 2")
    async with shop.ledger.transaction(shop.tenant) as tx:
        found = await number_check.check(tx, year=int(payout.number[3:7]))
    assert not found.is_whole
    assert [len(series.missing) for series in found.series] == [2, 0]
    assert found.series[0].missing[0] == f"PO-{payout.number[3:7]}-0003"


async def test_a_statement_adds_up_in_pdf_and_csv(shop: Shop, vault: Vault) -> None:
    payout = await bank.open_payout(shop, vault, net_cents=12_345)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute("UPDATE partners SET name = 'Łukasz Größer & Söhne €' WHERE code = 'ANNA'")
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
        day = statement.created_on
        of_partner = await statements.of_partner(tx, "ANNA", day, day, in_words=in_words)
    assert sum(line.net_cents for line in statement.lines) == statement.net_cents == 12_345
    rows = list(csv.reader(io.StringIO(statements.payout_csv(statement).decode("utf-8-sig")), delimiter=";"))
    assert [row[-1] for row in rows[-3:]] == ["123,45", "23,46", "146,91"]
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(statement_pdf.payout_pdf(statement))).pages
    )
    for part in (payout.number, "Lukasz Größer & Söhne €", "146,91 €", "Umsatzsteuer 19 %", "Auszahlungsbetrag"):
        assert part in text, part
    assert of_partner.payouts[0].lines == statement.lines
    assert statement_pdf.partner_pdf(of_partner).startswith(b"%PDF-")
    in_csv = b"".join([part async for part in statements.partner_csv(of_partner)])
    assert payout.number.encode() in in_csv


def _text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


async def test_a_private_persons_statement_never_says_gutschrift(shop: Shop) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop, status="private", tax_number=None)
    await payable.earn(shop, 12_345)
    payout = await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
    text = _text_of(statement_pdf.payout_pdf(statement))
    assert "Provisionsabrechnung: noch nicht erstellt" in text
    assert "Gutschrift" not in text
    assert "Gutschrift" not in statements.payout_csv(statement).decode("utf-8-sig")


async def test_a_partners_statement_says_how_much_of_it_is_paid(shop: Shop, vault: Vault) -> None:
    first = await bank.open_payout(shop, vault, net_cents=10_000)
    await shop.rows(
        "UPDATE payouts SET state = 'paid', payment_reference = 'x', paid_on = current_date WHERE id = $1", first.id
    )
    await payable.earn(shop, 5_000)
    await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        day = (await statements.of_payout(tx, first.number, in_words=in_words)).created_on
        statement = await statements.of_partner(tx, "ANNA", day, day, in_words=in_words)
    text = _text_of(statement_pdf.partner_pdf(statement))
    assert "Summe im Zeitraum: 178,50 €" in text
    assert "davon bezahlt: 119,00 €" in text


async def test_the_lines_of_a_statement_are_in_order_of_their_service_days(shop: Shop) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    for day in (9, 3, 20, 3):
        await payable.earn(shop, day * 100, on=date(2026, 3, day))
    payout = await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
    assert [line.service_date.day for line in statement.lines] == [3, 3, 9, 20]


async def test_a_statement_explains_what_base_and_rate_do_not(shop: Shop) -> None:
    """A cap, a refund before the payout, and a claw-back with its cause and document."""
    await plan_from_march(shop, Rate(level=1, percent=20, cap_per_sale_cents=15_000))
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    [plain, capped] = [*await sell(shop, 10_000), *await sell(shop, 100_000)]
    await shop.rows(
        """
        INSERT INTO commissions (tenant_id, kind, origin_id, transaction_id, partner_id, level, base_cents, net_cents,
                                 state, provisional, service_date, cause, cause_document, tax_case)
        SELECT tenant_id, 'clawback', id, transaction_id, partner_id, 1, base_cents, -100, 'approved', false,
               service_date, 'credit_note', 'GS-7', 'regular' FROM commissions WHERE transaction_id = $1 AND level = 1
        """,
        plain,
    )
    await shop.rows("UPDATE commissions SET net_cents = 7500 WHERE transaction_id = $1 AND level = 1", capped)
    payout = await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        statement = await statements.of_payout(tx, payout.number, in_words=in_words)
    told = {line.net_cents: line.rule.replace("\xa0", " ") for line in statement.lines}
    assert told == {
        2_000: "20 % von 100,00 €",
        7_500: "20 % von 1.000,00 €, höchstens 150,00 €; nach Erstattungen 75,00 €",
        -100: "Rechnung durch eine Gutschrift gemindert (GS-7)",
    }
    text = _text_of(statement_pdf.payout_pdf(statement)).replace("\xa0", " ")
    assert told[7_500] in text
    assert told[-100] in text
    assert told[2_000] not in text  # base and rate stand in the line


async def test_a_small_business_that_is_not_confirmed_for_the_year_is_blocked_on_the_day_report_too(
    shop: Shop,
) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop, status="small_business", confirmed_year=2025)
    await payable.earn(shop, 1_000)
    assert await _open_at(shop, await _now(shop)) == {("ANNA", "approved", "blocked"): (1, 1_000)}
    await shop.rows("UPDATE partner_tax_statuses SET confirmed_year = 2026")
    assert await _open_at(shop, await _now(shop)) == {("ANNA", "approved", "small_business"): (1, 1_000)}


@given(st.text(max_size=200))
def test_any_text_can_be_written_into_a_statement(text: str) -> None:
    assert statement_pdf.winansi(text).encode("cp1252") is not None


@pytest.mark.parametrize(("first", "last"), [("2026-02-01", "2026-01-01"), ("2020-01-01", "2026-01-01")])
async def test_a_statement_covers_at_most_two_years(shop: Shop, first: str, last: str) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        with pytest.raises(NotAcceptable):
            await statements.of_partner(
                tx, "ANNA", date.fromisoformat(first), date.fromisoformat(last), in_words=in_words
            )


@pytest.mark.parametrize("name", list(reports.LISTS))
async def test_a_list_is_whole_and_its_cells_are_no_formulas(
    shop: Shop, vault: Vault, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "_BATCH", 2)  # several pages of it
    await bank.open_payout(shop, vault)
    for code in ("BERT", "CARL", "ANNA"):
        await bank.open_payout(shop, vault, code)
    await shop.rows("UPDATE transactions SET order_reference = '=1+1' WHERE seq = (SELECT min(seq) FROM transactions)")
    content = b"".join(
        [
            part
            async for part in reports.csv_of(
                lambda: shop.ledger.transaction(shop.tenant), shop.tenant, reports.LISTS[name], in_words=in_words
            )
        ]
    )
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 4
    assert {len(row) for row in rows} == {len(rows[0])}
    if name == "transactions":
        assert "'=1+1" in rows[1]
    if name == "payouts":
        assert "119,00" in rows[1]


async def test_the_evidence_of_a_payout_holds_every_part_under_its_hash(shop: Shop, vault: Vault) -> None:
    await bank.own_account(shop, vault)
    payout = await bank.open_payout(shop, vault)
    [document] = await shop.rows("SELECT resource_id FROM external_documents")
    resource = document["resource_id"]
    async with shop.ledger.transaction(shop.tenant) as tx:
        from ledger.documents import papers

        await documents.keep_snapshot(tx, resource="credit-note", resource_id=resource, body=b'{"id": "x"}')
        await tx.execute(
            "INSERT INTO events (tenant_id, provider, event_type, resource_id, body, state) VALUES"
            " ($1, 'lexoffice', '../credit-note.status.changed', $2, '{}', 'processed')",
            shop.tenant.id,
            str(resource),
        )
        await papers.keep(tx, resource, b"%PDF-1.4 the credit note")
    run = await bank.exported(shop, vault, payout)
    async with shop.ledger.transaction(shop.tenant) as tx:
        file = await evidence_bundle.build(tx, payout.number, in_words=in_words)
    with file, zipfile.ZipFile(file) as packed:
        names = set(packed.namelist())
        manifest = json.loads(packed.read("manifest.json"))
        assert {name: sha256(packed.read(name)).hexdigest() for name in names - {"manifest.json"}} == manifest["sha256"]
        assert packed.read("gutschrift.pdf") == b"%PDF-1.4 the credit note"
        [transfer] = json.loads(packed.read("ueberweisung.json"))
        assert (transfer["number"], transfer["file_sha256"]) == (run.number, run.file_sha256)
        assert payout.number in packed.read("pruefpfad.csv").decode()
        assert "bank_run.exported" in packed.read("pruefpfad.csv").decode()
        [decision] = json.loads(packed.read("freigaben.json"))
        assert decision["content_hash"]
        assert packed.testzip() is None
        assert not any(".." in name.split("/") or name.startswith("/") for name in names)
        assert len([name for name in names if name.startswith(("belege/", "meldungen/"))]) == 3
        whole = b"".join(packed.read(name) for name in names)
    [head] = await shop.rows("SELECT max(number) AS number FROM audit_chain")
    assert manifest["audit_head"]["number"] == head["number"]
    account = bank.iban(int.from_bytes(b"ANNA", "big") % 10**9).encode()
    assert account not in whole


async def test_the_evidence_holds_what_took_a_sale_back_and_who_confirmed_a_line(shop: Shop) -> None:
    await payable.fit_to_pay(shop)
    await payable.fit_to_be_paid(shop)
    [commission] = await payable.earn(shop, 10_000)
    note = uuid4()
    new = NewManualLine(kind="bonus", net_cents=500, service_date=payable.EARNED_ON, reason="Gut gemacht")
    async with shop.ledger.transaction(shop.tenant) as tx:
        await tx.execute(
            """
            INSERT INTO refunds (tenant_id, transaction_id, kind, reference, cents, counts, as_of)
            SELECT tenant_id, transaction_id, 'credit_note', $2, 100, true, now() FROM commissions WHERE id = $1
            """,
            commission,
            str(note),
        )
        await documents.keep_snapshot(tx, resource="credit-note", resource_id=note, body=b"{}")
        line = await manual_lines.write(tx, shop.partner["ANNA"].id, new, by="user:editor")
        await manual_lines.decide(tx, line, confirmed=True, by="user:second", reason=None)
    payout = await payable.request(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        file = await evidence_bundle.build(tx, payout.number, in_words=in_words)
    with file, zipfile.ZipFile(file) as packed:
        assert [name for name in packed.namelist() if name.startswith(f"belege/credit-note-{note}")]
        trail = packed.read("pruefpfad.csv").decode("utf-8-sig")
    assert "manual_line.confirmed" in trail
    assert "user:second" in trail


def test_a_rule_reads_as_people_write_it() -> None:
    line = statements.StatementLine(
        service_date=date(2026, 1, 1),
        sale="x",
        campaign=None,
        level=1,
        kind="sale",
        base_cents=1,
        percent=Decimal("7.5000"),
        fixed_cents=250,
        net_cents=1,
    )
    assert line.rule == "7,5 % + 2,50 € fest"
