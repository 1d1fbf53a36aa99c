"""Bank accounts, bank runs and reports as people use them: two persons, one file, and nothing shown whole."""

import re

import pytest

from ledger.booking import settlement
from ledger.booking.settlement import Meaning, Verdict
from ledger.payouts import payouts
from ledger.roles import Role
from tests.conftest import Database
from tests.fixtures import bank_runs as bank
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.people import firm, http, other_firm, people_app, people_settings
from tests.fixtures.told_by_the_bank import IBAN, back, out, told
from tests.ledger.bank.test_status_reports import bring, report

__all__ = ["firm", "http", "other_firm", "people_app", "people_settings"]

ACCOUNTS, RUNS = "/admin/bankkonten", "/admin/zahlungslaeufe"


@pytest.fixture
async def bank_office(firm: Firm) -> Shop:
    """The firm's books."""
    return Shop(firm.parts.ledger, firm.tenant, {})


def _hash_in(page: str) -> str:
    found = re.search(r'name="content_hash" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


async def _account_in_force(maker: Browser, second: Browser) -> None:
    form = {"holder": "Müller & Söhne GmbH", "iban": bank.OWN_IBAN, "booking": "batch"}
    assert (await maker.post(ACCOUNTS, form, shown_at=ACCOUNTS)).status_code == 303
    page = (await second.get(ACCOUNTS)).text
    confirm = re.search(r'action="(/admin/bankkonten/[0-9a-f-]+/bestaetigen)"', page)
    assert confirm, page
    own = await maker.post(confirm[1], shown_at=ACCOUNTS)
    assert own.status_code == 422
    assert "zweite Person" in own.text
    assert (await second.post(confirm[1], shown_at=ACCOUNTS)).status_code == 303


async def test_from_the_account_to_the_file_by_two_persons(firm: Firm, bank_office: Shop, database: Database) -> None:
    maker, second, viewer = [await firm.person(role) for role in (Role.ADMIN, Role.APPROVER, Role.VIEWER)]
    await _account_in_force(maker, second)
    payout = await bank.open_payout(bank_office, firm.parts.vault)
    listed = (await viewer.get(RUNS)).text
    assert "119,00" in listed
    assert "Zahlungslauf entwerfen" not in listed
    made = await maker.post(RUNS, shown_at=RUNS)
    assert made.status_code == 303, made.text
    run = made.headers["location"]
    page = (await second.get(run)).text
    assert bank.OWN_IBAN not in page
    assert "•••• 3000" in page
    seen = {"content_hash": _hash_in(page)}
    refused = await maker.post(f"{run}/freigeben", seen, shown_at=run)
    assert refused.status_code == 422
    assert (await second.post(f"{run}/freigeben", {"content_hash": "0" * 64}, shown_at=run)).status_code == 422
    assert (await second.post(f"{run}/freigeben", seen, shown_at=run)).status_code == 303
    files = [await maker.post(f"{run}/datei", shown_at=run) for _ in range(2)]
    assert files[0].content == files[1].content
    assert files[0].headers["content-disposition"].startswith("attachment; ")
    assert payout.number.encode() in files[0].content
    early = await maker.post(f"{run}/bestaetigen", shown_at=run)
    assert (early.status_code, "erst am" in early.text) == (422, True)
    assert "Die Bank hat ausgeführt" not in (await maker.get(run)).text
    await bank.execution_day_comes(database, run.rpartition("/")[2])
    assert (await maker.post(f"{run}/bestaetigen", shown_at=run)).status_code == 303
    assert "ausgeführt" in (await viewer.get(run)).text
    assert {"own_account.confirmed", "bank_run.approved", "bank_run.exported", "bank_run.downloaded"} <= set(
        await firm.actions()
    )


async def test_the_file_needs_a_fresh_second_factor(firm: Firm, bank_office: Shop) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    await _account_in_force(maker, second)
    await bank.open_payout(bank_office, firm.parts.vault)
    run = (await maker.post(RUNS, shown_at=RUNS)).headers["location"]
    await second.post(f"{run}/freigeben", {"content_hash": _hash_in((await second.get(run)).text)}, shown_at=run)
    async with firm.parts.ledger.of_person(maker.user) as tx:  # type: ignore[arg-type]
        await tx.execute("UPDATE sessions SET second_factor_at = now() - interval '1 day'")
    stale = await maker.post(f"{run}/datei", shown_at="/logout")
    assert stale.status_code == 303
    assert stale.headers["location"].startswith("/second-factor")
    assert not await firm.rows("SELECT 1 FROM bank_runs WHERE file_sha256 IS NOT NULL")
    held = stale.headers["location"].partition("fortsetzen=")[2]
    await maker.show_code(steps=1)
    file = await maker.http.post(f"{run}/datei", data={"fortsetzen": held})
    assert file.headers["content-disposition"].startswith("attachment; ")
    assert "partnerdesk-file=1" in file.headers["set-cookie"], "tells the page that asked for the code to go on"


async def test_an_exported_run_is_cancelled_by_two_and_says_why(firm: Firm, bank_office: Shop) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    await _account_in_force(maker, second)
    await bank.open_payout(bank_office, firm.parts.vault)
    run = (await maker.post(RUNS, shown_at=RUNS)).headers["location"]
    await second.post(f"{run}/freigeben", {"content_hash": _hash_in((await second.get(run)).text)}, shown_at=run)
    await maker.post(f"{run}/datei", shown_at=run)
    await maker.post(f"{run}/stornieren", {"reason": "Die Bank lehnt ab."}, shown_at=run)
    assert (await maker.get(f"{run}")).text.count("Stornierung beantragt") == 1
    assert (await maker.post(f"{run}/stornieren/bestaetigen", shown_at=run)).status_code == 422
    assert (await second.post(f"{run}/stornieren/bestaetigen", shown_at=run)).status_code == 303
    assert "Die Bank lehnt ab." in (await maker.get(run)).text
    assert "Die Bank lehnt ab." in (await maker.get("/admin/berichte/nummern")).text


async def _paid(office: Shop, number: str) -> None:
    async with office.ledger.transaction(office.tenant, cause="test") as tx:
        payout = await payouts.lock(tx, number)
        await settlement.settle(tx, payout, Verdict(meaning=Meaning.PAID))


async def test_who_cancels_an_exported_run_learns_what_is_paid_and_one_that_is_paid_whole_is_not_cancelled(
    firm: Firm, bank_office: Shop
) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    await _account_in_force(maker, second)
    one, other = [await bank.open_payout(bank_office, firm.parts.vault, code) for code in ("ANNA", "BERT")]
    run = (await maker.post(RUNS, shown_at=RUNS)).headers["location"]
    await second.post(f"{run}/freigeben", {"content_hash": _hash_in((await second.get(run)).text)}, shown_at=run)
    await maker.post(f"{run}/datei", shown_at=run)
    assert "schon bezahlt" not in (await maker.get(run)).text
    await _paid(bank_office, one.number)
    assert "Eine Auszahlung dieses Laufs ist schon bezahlt." in (await maker.get(run)).text
    asked = await maker.post(f"{run}/stornieren", {"reason": "Die Bank lehnt ab."}, shown_at=run)
    assert asked.status_code == 303, asked.text
    assert "Eine Auszahlung dieses Laufs ist schon bezahlt." in (await second.get(run)).text
    await _paid(bank_office, other.number)
    refused = await second.post(f"{run}/stornieren/bestaetigen", shown_at=run)
    assert refused.status_code == 422
    assert "Alle Auszahlungen dieses Zahlungslaufs sind bezahlt" in refused.text
    assert (await maker.post(f"{run}/stornieren/zurueckziehen", shown_at=run)).status_code == 303
    again = await maker.post(f"{run}/stornieren", {"reason": "Doch."}, shown_at=run)
    assert again.status_code == 422


async def test_what_cannot_be_paid_is_listed_with_its_reason(firm: Firm, bank_office: Shop) -> None:
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    await _account_in_force(maker, second)
    await bank.open_payout(bank_office, firm.parts.vault, to=bank.iban(country="AE"))
    page = (await maker.get(RUNS)).text
    assert "außerhalb des SEPA-Raums" in page
    assert "Land: AE" in page
    assert (await maker.post(RUNS, shown_at=RUNS)).status_code == 422


async def test_reports_open_for_readers_and_evidence_for_those_who_see_the_trail(firm: Firm, bank_office: Shop) -> None:
    viewer, approver = await firm.person(Role.VIEWER), await firm.person(Role.APPROVER)
    payout = await bank.open_payout(bank_office, firm.parts.vault)
    await bank_office.rows("UPDATE partners SET name = '<script>alert(1)</script>'")
    today = f"{payout.created_at:%Y-%m-%d}"
    for path in (
        "",
        f"/stichtag?tag={today}",
        f"/stichtag.csv?tag={today}",
        f"/abstimmung?monat={today[:7]}",
        f"/abstimmung.csv?monat={today[:7]}",
        "/nummern",
        "/nummern?jahr=2026",
        "/liste/commissions.csv",
        f"/partner.pdf?partner=anna&von=2026-01-01&bis={today}",
        f"/auszahlungen/{payout.number}/abrechnung.pdf",
        f"/auszahlungen/{payout.number}/abrechnung.csv",
    ):
        answer = await viewer.get(f"/admin/berichte{path}")
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text or "csv" in path, path
    for path in ("/stichtag", "/stichtag?tag=9999-12-31", "/abstimmung?monat=x", "/partner.pdf?partner=ANNA"):
        assert (await viewer.get(f"/admin/berichte{path}")).status_code == 422, path
    evidence = f"/admin/berichte/auszahlungen/{payout.number}/nachweis.zip"
    assert (await viewer.get(evidence)).status_code == 403
    assert (await approver.get(evidence)).content.startswith(b"PK")
    assert "payout.evidence_exported" in await firm.actions()


async def test_a_payout_that_no_file_may_pay_says_why_and_what_to_do(firm: Firm, bank_office: Shop) -> None:
    admin = await firm.person(Role.ADMIN)
    payout = await bank.open_payout(bank_office, firm.parts.vault)
    address = f"/admin/auszahlungen/{payout.number}"
    assert "Kein Zahlungslauf" not in (await admin.get(address)).text
    await bank.bank_details(bank_office, firm.parts.vault, "ANNA", to=bank.iban(77), confirmed=False)
    pending = (await admin.get(address)).text
    assert "Eine neue Bankverbindung des Partners ist noch nicht in Kraft." in pending
    assert 'href="/admin/partner/ANNA">Zum Partner' in pending
    await bank.bank_details(bank_office, firm.parts.vault, "ANNA", to=bank.iban(77))
    changed = (await admin.get(address)).text
    assert "Die Bankverbindung ist nicht mehr die der Freigabe." in changed
    for way in ("Überweisen Sie den Betrag von Hand", "stornieren Sie die Gutschrift in der Buchhaltung"):
        assert way in changed
    assert "Nur Sie können handeln." in changed
    assert "stornieren Sie die Gutschrift in der Buchhaltung" in (await admin.get(RUNS)).text


async def test_a_returned_payout_is_marked_as_paid_with_its_day(firm: Firm, bank_office: Shop) -> None:
    admin = await firm.person(Role.ADMIN)
    payout = await bank.open_payout(bank_office, firm.parts.vault)
    async with bank_office.ledger.transaction(bank_office.tenant, cause="test") as tx:
        held = await payouts.lock(tx, payout.number)
        await settlement.settle(tx, held, Verdict(meaning=Meaning.VOIDED, money_may_have_left=True))
        day = await tx.fetchval("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date")
    [task] = await bank_office.rows("SELECT id FROM tasks WHERE kind = 'returned' AND state = 'open'")
    address = f"/admin/aufgaben/{task['id']}"
    assert 'name="paid_on" type="date"' in (await admin.get(address)).text
    answer = {"action": "paid", "reason": "Steht auf dem Kontoauszug."}
    refused = await admin.post(address, answer, shown_at=address)
    assert refused.status_code == 422
    assert "Bitte nennen Sie den Tag, an dem das Geld beim Partner war" in refused.text
    assert (await admin.post(address, answer | {"paid_on": day.isoformat()}, shown_at=address)).status_code == 303
    page = (await admin.get(f"/admin/auszahlungen/{payout.number}")).text
    assert f"Ausgezahlt am {day:%d.%m.%Y}, Zahlungsreferenz {payout.number}." in page
    assert "Bezahlt am" in page


async def test_what_came_back_is_transferred_again_by_two_persons(firm: Firm, bank_office: Shop) -> None:
    vault = firm.parts.vault
    await bank.own_account(bank_office, vault)
    payout = await bank.open_payout(bank_office, vault, to=IBAN)
    await bank.exported(bank_office, vault, payout)
    await told(bank_office, vault, out(payout), back(payout))
    first, second = await firm.person(Role.APPROVER), await firm.person(Role.APPROVER)
    page = f"/admin/auszahlungen/{payout.number}"
    account = (await (await firm.person(Role.ADMIN)).get("/admin/partner/ANNA/bankverbindung")).text
    assert "von der Bank abgelehnt" in account
    assert "Das Konto ist aufgelöst." in account

    async def answered(who: Browser, action: str) -> int:
        task = re.search(r'href="(/admin/aufgaben/[0-9a-f-]+)"', (await who.get(page)).text)
        assert task is not None
        form = {"action": action, "reason": "Konto geprüft."}
        return (await who.post(task[1], form, shown_at=task[1])).status_code

    assert await answered(first, "transfer_again") == 303
    assert "wartet auf eine zweite Person" in (await second.get(page)).text
    assert await answered(second, "confirm") == 303
    assert "wird überwiesen" in (await second.get(page)).text
    refused = await first.post(f"{page}/erneut/zuruecknehmen", {"grund": ""}, shown_at=page)
    assert refused.status_code == 409
    back_again = await first.post(f"{page}/erneut/zuruecknehmen", {"grund": "Verrechnet."}, shown_at=page)
    assert back_again.status_code == 303
    assert "zurückgenommen" in (await second.get(page)).text


async def test_a_result_of_the_name_check_is_entered_and_decided_in_the_run(firm: Firm, bank_office: Shop) -> None:
    vault = firm.parts.vault
    await bank.own_account(bank_office, vault)
    payout = await bank.open_payout(bank_office, vault, to=IBAN)
    run = (await bank.draft(bank_office, vault)).number
    page, check = f"{RUNS}/{run}", f"{RUNS}/{run}/zahlungen/{payout.number}/pruefung"
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.ADMIN)
    assert "prüft eine einzelne Zahlung immer" in (await second.get(page)).text
    wrong = await maker.post(check, {"ergebnis": "close"}, shown_at=page)
    assert (wrong.status_code, "nur, wenn er fast gleich ist" in wrong.text) == (422, True)
    assert (await maker.post(check, {"ergebnis": "none"}, shown_at=page)).status_code == 303
    assert "Name passt nicht" in (await second.get(page)).text
    own = await maker.post(f"{check}/bestaetigen", shown_at=page)
    assert (own.status_code, "zweite Person" in own.text) == (422, True)
    assert (await second.post(f"{check}/bestaetigen", shown_at=page)).status_code == 303
    close = {"ergebnis": "close", "inhaber": "Juergen Gross"}
    assert (await maker.post(check, close, shown_at=page)).status_code == 303
    assert "Bei der Bank: Juergen Gross" in (await second.get(page)).text
    assert (await maker.post(f"{check}/name", shown_at=page)).status_code == 303
    assert await bank_office.rows("SELECT 1 FROM partner_bank_details WHERE account_holder = 'Juergen Gross'")


async def test_an_account_whose_payment_dropped_out_is_confirmed_where_it_dropped_out(
    firm: Firm, bank_office: Shop
) -> None:
    vault = firm.parts.vault
    await bank.own_account(bank_office, vault)
    payout = await bank.open_payout(bank_office, vault, to=IBAN)
    run = await bank.draft(bank_office, vault)
    page, check = f"{RUNS}/{run.number}", f"{RUNS}/{run.number}/zahlungen/{payout.number}/pruefung"
    maker, second = await firm.person(Role.ADMIN), await firm.person(Role.APPROVER)
    await maker.post(check, {"ergebnis": "none"}, shown_at=page)
    await second.post(f"{page}/freigeben", {"content_hash": run.content_hash}, shown_at=page)
    dropped = (await second.get(page)).text
    assert "Der Name passt nicht zum Konto" in dropped
    assert f"{check}/bestaetigen" in dropped
    assert (await second.post(f"{check}/bestaetigen", shown_at=page)).status_code == 303
    assert "Konto stimmt trotzdem" not in (await second.get(page)).text


async def test_what_the_bank_offers_is_noted_and_an_instant_run_chosen(firm: Firm, bank_office: Shop) -> None:
    account = await bank.own_account(bank_office, firm.parts.vault)
    await bank.open_payout(bank_office, firm.parts.vault)
    maker = await firm.person(Role.ADMIN)
    terms = f"{ACCOUNTS}/{account.id}/angaben"
    wrong = await maker.post(terms, {"annahmeschluss": "halb drei"}, shown_at=ACCOUNTS)
    assert (wrong.status_code, "14:30" in wrong.text) == (422, True)
    form = {"annahmeschluss": "14:30", "echtzeit": "1"}
    assert (await maker.post(terms, form, shown_at=ACCOUNTS)).status_code == 303
    assert "Annahmeschluss 14:30 Uhr" in (await maker.get(ACCOUNTS)).text
    run = f"{RUNS}/{(await bank.draft(bank_office, firm.parts.vault)).number}"
    assert (await maker.post(f"{run}/echtzeit", {"echtzeit": "1"}, shown_at=run)).status_code == 303
    page = (await maker.get(run)).text
    assert "ja (INST)" in page
    assert "14:30 Uhr" in page


async def test_what_the_bank_rejected_is_confirmed_in_its_run(firm: Firm, bank_office: Shop) -> None:
    vault = firm.parts.vault
    await bank.own_account(bank_office, vault)
    payout = await bank.open_payout(bank_office, vault, to=IBAN)
    run = (await bank.exported(bank_office, vault, payout)).number
    assert await bring(bank_office, vault, report(run, (payout.number, "RJCT", "AC01"))) is None
    second, page = await firm.person(Role.APPROVER), f"{RUNS}/{run}"
    shown = (await second.get(page)).text
    assert "von der Bank abgelehnt: Die IBAN ist falsch." in shown
    assert "Eine Zahlung von der Bank abgelehnt" in shown
    assert (await second.post(f"{page}/ablehnung/bestaetigen", shown_at=page)).status_code == 303
    assert "Ablehnung bestätigen" not in (await second.get(page)).text
