"""What people do on other days: bank files, runs, tasks, replays; who sees what; and what a refusal looks like."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from ledger.roles import Role
from ledger.types import BERLIN
from tests.browser.desks import at_desk, hired, operator
from tests.browser.firm import Month, bank_day, open_for_business
from tests.fixtures.house import House, Shop, until

pytestmark = pytest.mark.long
SOON_MS = 30_000


async def test_an_approver_decides_where_a_viewer_only_looks(chromium: Chromium, month: Month) -> None:
    payout = f"/admin/auszahlungen/{month.numbers['awaiting_approval']}"
    async with at_desk(chromium, month.approver) as approver, at_desk(chromium, month.viewer) as viewer:
        await approver.goto(payout)
        await expect(approver.get_by_role("button", name="Freigeben", exact=True)).to_be_visible()
        await viewer.goto(payout)
        await expect(viewer.locator(".now")).to_contain_text("Wartet auf Freigabe")
        await expect(viewer.get_by_role("button", name="Freigeben", exact=True)).to_have_count(0)
        await expect(viewer.get_by_role("link", name="Freigaben", exact=True)).to_have_count(0)
        refused = await viewer.goto("/admin/freigaben")
        assert refused is not None
        assert refused.status == 403
        await expect(viewer.get_by_role("heading", level=1)).to_be_visible()
        await expect(viewer.locator("main")).not_to_contain_text("Traceback")


async def test_only_operations_are_led_into_the_temporal_ui(chromium: Chromium, month: Month) -> None:
    payout = f"/admin/auszahlungen/{month.numbers['paid']}"
    async with at_desk(chromium, month.operator) as ops, at_desk(chromium, month.admin) as admin:
        await ops.goto("/admin/mandanten")
        waiting = await ops.get_by_role("link", name="Warten auf Freigabe").get_attribute("href")
        assert waiting is not None
        assert "PayoutStatus%3D%22awaiting_approval%22" in waiting
        await ops.goto(payout)
        workflow = await ops.get_by_role("link", name="Workflow in Temporal").get_attribute("href")
        assert workflow is not None
        assert workflow.endswith(f"/workflows/payout%2Fnordlicht%2F{month.numbers['paid']}")
        await expect(ops.get_by_role("button", name="Beleg erneut senden")).to_have_count(0)
        await admin.goto(payout)
        await expect(admin.get_by_role("link", name="Workflow in Temporal")).to_have_count(0)


async def test_a_refusal_says_why_and_keeps_what_was_typed(chromium: Chromium, product: House) -> None:
    shop = await product.shop(connected=False)
    admin = await hired(shop, Role.ADMIN)
    async with at_desk(chromium, admin) as page:
        await page.goto("/admin/bankkonten")
        await page.get_by_label("Kontoinhaber").fill("Nordlicht Kurse GmbH")
        await page.get_by_label("IBAN").fill("DE00 1234")
        await page.get_by_label("BIC").fill("COBADEFFXXX")
        await page.get_by_role("button", name="Festhalten").click()
        await expect(page.get_by_role("alert")).to_contain_text("IBAN")
        await expect(page.get_by_label("Kontoinhaber")).to_have_value("Nordlicht Kurse GmbH")
        await page.goto("/admin/zahlungsanbieter/lexoffice")
        await page.get_by_label("API-Schlüssel", exact=True).fill("nicht-der-richtige")
        await page.get_by_role("button", name="Prüfen und hinterlegen").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(page.get_by_text("Es ist keiner hinterlegt.")).to_be_visible()


async def test_a_form_in_a_fold_stays_open_with_what_was_typed(chromium: Chromium, month: Month) -> None:
    async with at_desk(chromium, month.admin) as page:
        await page.goto("/admin/partner/ANNA")
        fold = page.locator("details", has_text="Bonus oder Korrektur schreiben")
        await fold.locator("summary").click()
        await fold.get_by_label("Betrag netto in Euro").fill("zehn")
        await fold.get_by_label("Grund").fill("Für die Messe")
        await fold.get_by_role("button", name="Schreiben").click()
        await expect(fold.get_by_role("alert")).to_be_visible()
        await expect(fold.get_by_label("Betrag netto in Euro")).to_have_value("zehn")
        await expect(fold.get_by_label("Grund")).to_have_value("Für die Messe")


async def test_two_persons_bring_a_bank_run_from_draft_to_file(chromium: Chromium, product: House) -> None:
    shop = await open_for_business(product)
    number = (await shop.open_payout())["number"]
    maker, second = await hired(shop, Role.ADMIN, "inga"), await hired(shop, Role.APPROVER, "ole")
    async with at_desk(chromium, maker) as page, at_desk(chromium, second) as other:
        await page.goto("/admin/bankkonten")
        await page.get_by_label("Kontoinhaber").fill("Nordlicht Kurse GmbH")
        await page.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 00")
        await page.get_by_label("BIC").fill("COBADEFFXXX")
        await page.get_by_role("button", name="Festhalten").click()
        await other.goto("/admin/bankkonten")
        await other.get_by_role("button", name="Bestätigen").click()
        await page.get_by_role("link", name="Zahlungsläufe", exact=True).click()
        await page.get_by_label("Ausführungstag").fill(bank_day().isoformat())
        await page.get_by_role("button", name="Zahlungslauf entwerfen").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Zahlungslauf ZL-")
        run = page.url
        await page.get_by_role("button", name="Diesen Zahlungslauf freigeben").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await other.goto(run)
        await other.get_by_role("button", name="Diesen Zahlungslauf freigeben").click()
        await expect(other.locator("main .badge").first).to_have_text("freigegeben")
        await page.goto(run)
        async with page.expect_download() as downloading:
            await page.get_by_role("button", name="Datei erstellen und herunterladen").click()
        file = await (await downloading.value).path()
        content = file.read_text()
        assert "pain.001.001.09" in content
        assert number in content
        # The pressed button has the focus, which is no typing: the page renews itself, and the focus stays in it.
        await expect(page.locator("main .badge").first).to_have_text("an die Bank gegeben", timeout=SOON_MS)
        await expect(page.get_by_role("button", name="Datei noch einmal herunterladen")).to_be_visible()
        await page.goto("/admin/heute")
        await expect(page.get_by_role("region", name="Auszahlungen")).to_contain_text(number)


async def test_a_rehearsal_tells_and_a_run_does(chromium: Chromium, connected_shop: Shop) -> None:
    await connected_shop.approved_sale()
    editor = await hired(connected_shop, Role.EDITOR)
    tomorrow = (datetime.now(BERLIN) + timedelta(days=1)).date().isoformat()
    async with at_desk(chromium, editor) as page:
        for button, says in (("Probelauf", "käme"), ("Lauf beginnen", "PO-")):
            await page.goto("/admin/auszahlungslaeufe")
            await page.get_by_label("Stichtag").fill(tomorrow)
            await page.get_by_role("button", name=button).click()
            kind = "Probelauf" if button == "Probelauf" else "Lauf"
            row = page.locator("#laeufe tbody tr").filter(has=page.get_by_role("cell", name=kind, exact=True))
            await expect(row).to_contain_text("abgeschlossen", timeout=SOON_MS)
            await row.get_by_role("link").click()
            await expect(page.get_by_role("region", name="Partner", exact=True)).to_contain_text(says)
        await page.get_by_role("link", name="PO-").first.click()
        await expect(page.locator(".now")).to_contain_text("Wartet auf Freigabe")


async def test_a_task_is_answered_and_its_event_replayed_with_a_preview(
    chromium: Chromium, connected_shop: Shop
) -> None:
    invoice = await connected_shop.write_invoice("840.00", customer="Kunde Süd GmbH", remark="Partner: DORA")
    await connected_shop.click(invoice["id"], "pay")
    await until(connected_shop.tasks, bool, "a task")
    await connected_shop.events_ended(invoice["id"])
    await connected_shop.partner("DORA")
    editor = await hired(connected_shop, Role.EDITOR)
    async with at_desk(chromium, editor) as page:
        await page.goto("/admin/heute")
        await page.get_by_role("link", name="Unbekannter Partnercode").click()
        await page.locator("#done-reason").fill("Dora war noch nicht angelegt.")
        await page.get_by_role("button", name="Erledigt").click()
        await expect(page.get_by_role("status")).to_contain_text("Die Aufgabe ist erledigt.")
        await page.get_by_role("link", name="Ereignisse", exact=True).click()
        row = page.get_by_role("row").filter(has_text="Fehlgeschlagen").first
        await row.get_by_role("link").first.click()
        await page.get_by_role("link", name="Zeigen, was sich ändern würde").click()
        await expect(page.get_by_role("region", name="Was sich ändern würde")).to_contain_text("DORA")
        await page.get_by_role("button", name="Erneut verarbeiten").click()
        await expect(page.locator(".now .badge")).to_have_text("Verarbeitet", timeout=SOON_MS)
        await page.get_by_role("link", name="Transaktionen", exact=True).click()
        await expect(page.get_by_role("row").filter(has_text="DORA")).to_contain_text("Bezahlt")


async def test_a_partner_opens_the_personal_link_and_objects(chromium: Chromium, connected_shop: Shop) -> None:
    number = (await connected_shop.payout())["number"]
    editor = await hired(connected_shop, Role.EDITOR)
    async with at_desk(chromium, editor) as page, at_desk(chromium, await operator(connected_shop)) as partner:
        await partner.context.clear_cookies()
        await page.goto("/admin/partner/ANNA")
        await page.get_by_role("button", name="Persönlichen Link erstellen").click()
        link = (await page.get_by_role("status").locator("code").inner_text()).strip()
        await partner.goto(link)
        await partner.get_by_role("button", name="Meine Abrechnung öffnen").click()
        await expect(partner.get_by_role("heading", level=1)).to_contain_text("Abrechnung von Partner ANNA")
        await expect(partner.locator("main")).to_contain_text("Wird geprüft.")
        await expect(partner.locator("main")).not_to_contain_text("Kunde AG")
        await partner.get_by_text("Frage oder Widerspruch", exact=True).click()
        await partner.get_by_label("Widerspruch:").check()
        await partner.get_by_label("Was stimmt nicht?").fill("Eine Bestellung fehlt.")
        await partner.get_by_role("button", name="Senden").click()
        await expect(partner.get_by_role("status")).to_contain_text("Ihr Widerspruch ist angekommen.")
        await page.goto("/admin/aufgaben")
        await expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("Widerspruch")
        async with at_desk(chromium, editor) as stranger:
            await stranger.context.clear_cookies()
            again = await stranger.goto(link)
            assert again is not None
            assert again.status == 404
