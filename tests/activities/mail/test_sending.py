"""From what happens to the mail that arrives: through triggers, hand-over, workflow and a real SMTP server."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from pydantic import SecretStr
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.exceptions import ApplicationError

from ledger.access import memberships, users
from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import NewBankDetails
from ledger.documents.own import delivery, issuing
from ledger.mail.mail_kinds import MailKind
from ledger.programme import partners
from ledger.roles import Role
from ledger.types import UserId
from tests.fixtures.bank_runs import iban
from tests.fixtures.desk import handed_over
from tests.fixtures.house import House, Shop, until
from tests.fixtures.postbox import Postbox, Taken
from tests.ledger.documents.own.documents import document
from workflows.messages import PAYOUTS


def box_of(house: House) -> Postbox:
    assert house.postbox is not None
    return house.postbox


async def person(shop: Shop, role: Role, *, language: str = "de", local: str = "") -> tuple[UserId, str]:
    email = f"{local or role}-{uuid4().hex[:10]}@acme.example"
    user, _ = await users.add(shop.house.ledger, email)
    await users.set_language(shop.house.ledger, user, language)
    async with shop.house.ledger.transaction(shop.tenant, person=user) as tx:
        await memberships.add(tx, user, role, by=None, actor="test")
    return user, email


async def arrived(house: House, address: str, number: int = 1) -> list[Taken]:
    async def look() -> list[Taken]:
        await handed_over(house)
        return box_of(house).of(address)

    return await until(look, lambda mails: len(mails) >= number, f"{number} mails to {address}")


async def outcomes(shop: Shop, user: UserId) -> list[str]:
    rows = await shop.rows("SELECT outcome FROM mails WHERE user_id = $1 ORDER BY seq", user)
    return [row["outcome"] for row in rows]


async def test_two_payouts_that_wait_are_one_mail_to_those_who_may_approve(
    product: House, connected_shop: Shop
) -> None:
    _, german = await person(connected_shop, Role.APPROVER)
    _, english = await person(connected_shop, Role.ADMIN, language="en")
    _, viewer = await person(connected_shop, Role.VIEWER)
    await connected_shop.approved_sale()
    numbers = [
        (await connected_shop.api("POST", "/payouts", {"partner": code}))["number"] for code in ("ANNA", "BERND")
    ]
    [mail] = await arrived(product, german)
    assert mail.message["Subject"] == "2 Auszahlungen warten auf Ihre Freigabe"
    assert all(number in mail.text and number in mail.html for number in numbers)
    assert f"{product.settings.public_url}/admin/freigaben" in mail.text
    [translated] = await arrived(product, english)
    assert translated.message["Subject"] == "2 payouts wait for your approval"
    assert box_of(product).of(viewer) == []


async def test_what_was_approved_meanwhile_is_not_told(product: House, connected_shop: Shop) -> None:
    user, email = await person(connected_shop, Role.APPROVER)
    payout = await connected_shop.payout()
    await connected_shop.approve(payout)

    async def look() -> list[str]:
        await handed_over(product)
        return await outcomes(connected_shop, user)

    assert await until(look, lambda ended: None not in ended, "the end of the mail") == ["idle"]
    assert box_of(product).of(email) == []


async def test_a_server_that_is_busy_is_asked_again_and_the_mail_has_one_id(
    product: House, connected_shop: Shop
) -> None:
    user, email = await person(connected_shop, Role.ADMIN)
    # Taken, and the answer lost: nobody can know, so it is sent again, and shows as the same mail.
    box_of(product).losing.add(email)
    await connected_shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'stripe' RETURNING 1")
    first, second = await arrived(product, email, 2)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message["Date"] == second.message["Date"]
    assert await until(lambda: outcomes(connected_shop, user), lambda ended: None not in ended) == ["sent"]


async def test_an_address_that_is_refused_ends_the_mail(product: House, connected_shop: Shop) -> None:
    user, _ = await person(connected_shop, Role.ADMIN, local="unbekannt")
    await connected_shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'stripe' RETURNING 1")

    async def look() -> list[str]:
        await handed_over(product)
        return await outcomes(connected_shop, user)

    assert await until(look, lambda ended: None not in ended, "the end of the mail") == ["refused"]


async def test_who_belongs_here_no_more_gets_nothing(product: House, connected_shop: Shop) -> None:
    user, email = await person(connected_shop, Role.ADMIN)
    await connected_shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'stripe' RETURNING 1")
    await connected_shop.rows("UPDATE memberships SET disabled_at = now() WHERE user_id = $1 RETURNING 1", user)

    async def look() -> list[str]:
        await handed_over(product)
        return await outcomes(connected_shop, user)

    assert await until(look, lambda ended: None not in ended, "the end of the mail") == ["no_address"]
    assert box_of(product).of(email) == []


async def test_the_partner_gets_the_document_with_the_mail(product: House, connected_shop: Shop) -> None:
    email = f"anna-{uuid4().hex[:10]}@partner.example"
    await connected_shop.api("PATCH", "/partners/ANNA", {"email": email})
    payout = await connected_shop.open_payout()
    [mail] = await arrived(product, email)
    assert payout["credit_note_number"] in mail.message["Subject"]
    assert payout["number"] in mail.text
    assert "Das Dokument hängt an dieser Mail." in mail.text
    [file] = mail.message.iter_attachments()
    assert file.get_filename() == f"{payout['credit_note_number']}.pdf"
    content = file.get_content()
    assert isinstance(content, bytes)
    assert content.startswith(b"%PDF-")
    assert "/admin" not in mail.text


async def own_document(connected_shop: Shop, email: str | None) -> str:
    """A Gutschrift of our own to ANNA that was handed out; its number."""
    await connected_shop.api("PATCH", "/partners/ANNA", {"email": email})
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        row = await issuing.issue(tx, document(number="?"), payout=None, must_be_e_invoice=True, by="engine")
        return (await delivery.hand_out(tx, row)).number


async def test_our_own_document_comes_attached_as_it_was_issued_and_is_accepted(
    product: House, connected_shop: Shop
) -> None:
    email = f"anna-{uuid4().hex[:10]}@partner.example"
    number = await own_document(connected_shop, email)
    [mail] = await arrived(product, email)
    assert mail.message["Subject"].startswith(f"Gutschrift {number} von ")
    [file] = mail.message.iter_attachments()
    assert file.get_filename() == f"{number}.pdf"
    [kept] = await connected_shop.rows("SELECT pdf FROM own_documents WHERE number = $1", number)
    assert file.get_content() == kept["pdf"]

    async def outcome() -> list[str]:
        return [row["outcome"] for row in await connected_shop.rows("SELECT outcome FROM own_document_deliveries")]

    assert await until(outcome, bool, "the end of the mail") == ["accepted"]


async def test_an_own_document_that_the_mail_server_refuses_is_a_task(product: House, connected_shop: Shop) -> None:
    number = await own_document(connected_shop, f"unbekannt-{uuid4().hex[:10]}@partner.example")

    async def asked() -> list[dict[str, Any]]:
        await handed_over(product)
        return await connected_shop.tasks("own_document_undelivered")

    [task] = await until(asked, bool, "a task")
    assert (task["reason_code"], task["subject_id"]) == ("own_document_refused", number)


async def test_a_one_time_link_comes_by_mail_and_works(product: House, connected_shop: Shop) -> None:
    user, email = await person(connected_shop, Role.VIEWER)
    vault = product.settings.vault()
    token = await users.make_link(product.ledger, vault, user, purpose="invite", actor="test")
    [mail] = await arrived(product, email)
    [address] = [word for word in mail.text.split() if "/reset/" in word]
    assert address == f"{product.api_url}/reset/{token.get_secret_value()}"
    assert (await product.http.get(address)).status_code == 200


async def test_a_forgotten_password_is_mailed_at_once_and_not_by_the_next_hand_over(
    product: House, connected_shop: Shop
) -> None:
    _, email = await person(connected_shop, Role.VIEWER)
    async with httpx.AsyncClient(base_url=product.api_url, trust_env=False) as browser:
        page = (await browser.get("/reset")).text
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        assert (await browser.post("/reset", data={"csrf": token, "email": email})).status_code == 303

    async def look() -> list[Taken]:
        return box_of(product).of(email)

    [mail] = await until(look, bool, "the mail, which nobody hands over")
    assert f"{product.api_url}/reset/" in mail.text


async def test_a_link_that_was_used_meanwhile_is_not_sent(product: House, connected_shop: Shop) -> None:
    user, email = await person(connected_shop, Role.VIEWER)
    vault = product.settings.vault()
    token = await users.make_link(product.ledger, vault, user, purpose="invite", actor="test")
    link = await users.find_link(product.ledger, vault, token.get_secret_value())
    assert link is not None
    await users.use_link(product.ledger, link, "vier bunte Pferde im Regen")

    async def look() -> list[str]:
        await handed_over(product)
        async with product.ledger.of_person(user) as tx:
            return [row["outcome"] for row in await tx.fetch("SELECT outcome FROM mails WHERE tenant_id IS NULL")]

    assert await until(look, lambda ended: None not in ended, "the end of the mail") == ["over"]
    assert box_of(product).of(email) == []


async def test_the_day_reaches_admins_with_the_head_of_the_trail(product: House, connected_shop: Shop) -> None:
    _, admin = await person(connected_shop, Role.ADMIN)
    _, editor = await person(connected_shop, Role.EDITOR)
    await connected_shop.payout()
    await product.engine.execute_workflow("DailyMailWorkflow", id=f"daily-mail-{uuid4()}", task_queue=PAYOUTS)
    await product.engine.execute_workflow("DailyMailWorkflow", id=f"daily-mail-{uuid4()}", task_queue=PAYOUTS)
    [row] = await connected_shop.rows(
        "SELECT facts->>'head' AS head FROM mails WHERE kind = 'daily' AND facts ? 'head'"
    )

    async def daily(address: str) -> list[Taken]:
        await handed_over(product)
        return [mail for mail in box_of(product).of(address) if "Stand vom" in mail.message["Subject"]]

    [told] = await until(lambda: daily(admin), bool, "the day's mail")
    assert row["head"] in told.text
    assert "1 Auszahlungen auf Ihre Freigabe" in told.text
    [other] = await until(lambda: daily(editor), bool, "the day's mail")
    assert row["head"] not in other.text


async def test_a_mail_that_cannot_be_sent_for_days_is_given_up(product: House, connected_shop: Shop) -> None:
    user, email = await person(connected_shop, Role.ADMIN)
    box_of(product).held[email] = asyncio.Event()
    await connected_shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'stripe' RETURNING 1")

    async def announced() -> list[Any]:
        await handed_over(product)
        return await connected_shop.rows("SELECT id FROM mails WHERE user_id = $1 AND announced_at IS NOT NULL", user)

    [row] = await until(announced, bool, "the hand-over of the mail")
    handle = product.engine.get_workflow_handle(f"mail/{connected_shop.tenant.slug}/{row['id']}")

    async def is_sending() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for one in pending)

    await until(is_sending, bool, "the sending")
    # As the engine says it after three days.
    await product.engine.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="1").fail(
        ApplicationError("over", type="Over", non_retryable=True)
    )
    assert await handle.result() == "given_up"
    box_of(product).held[email].set()
    assert await outcomes(connected_shop, user) == ["given_up"]


async def test_the_partner_and_all_admins_are_warned_of_a_changed_account(product: House, connected_shop: Shop) -> None:
    email, changed = (f"{name}-{uuid4().hex[:10]}@partner.example" for name in ("anna", "dieb"))
    _, admin = await person(connected_shop, Role.ADMIN, language="en")
    await connected_shop.api("PATCH", "/partners/ANNA", {"email": email})
    await connected_shop.api("PATCH", "/partners/ANNA", {"email": changed})
    account = {"account_holder": "Anna Albrecht", "iban": "DE02120300000000202051"}
    await connected_shop.api("PUT", "/partners/ANNA/bank-details", account)
    for address in (email, changed):
        [mail] = await arrived(product, address)
        assert mail.message["Subject"].startswith("Ihre Bankverbindung bei Firma")
        assert "IBAN endet auf 2051" in mail.text
        assert account["iban"] not in mail.raw.decode()
    [told] = [mail for mail in await arrived(product, admin) if "bank details" in mail.message["Subject"]]
    assert "/admin/bankverbindungen" in told.text


async def test_accounts_of_many_partners_are_one_mail_to_those_who_can_confirm_and_true_when_sent(
    product: House, connected_shop: Shop
) -> None:
    maker, maker_address = await person(connected_shop, Role.ADMIN)
    approver, approver_address = await person(connected_shop, Role.APPROVER)
    _, editor_address = await person(connected_shop, Role.EDITOR)
    ledger = product.ledger
    made = {}
    async with ledger.transaction(connected_shop.tenant, person=maker) as tx:
        for number, code in enumerate(("ANNA", "BERND", "CLARA")):
            partner = await partners.find_by_code(tx, code)
            assert partner is not None
            new = NewBankDetails(account_holder="Anna Albrecht", iban=SecretStr(iban(70 + number)))
            made[code] = (
                partner.id,
                await partner_accounts.save_bank_details(
                    tx, product.settings.vault(), partner.id, new, by=f"user:{maker}"
                ),
            )
    # Meanwhile one is refused, and the approver confirms another.
    async with ledger.transaction(connected_shop.tenant, person=approver) as tx:
        who, account = made["CLARA"]
        await partner_accounts.refuse(tx, who, account.id, by=f"user:{approver}", reason="Falsch.")
        who, account = made["BERND"]
        await partner_accounts.confirm(tx, who, account.id, by=f"user:{approver}")
    [mail] = await arrived(product, approver_address)
    assert mail.message["Subject"].startswith("Neue Bankverbindung von Partner ANNA")
    assert "BERND" not in mail.text, "confirmed by the reader"
    assert "CLARA" not in mail.text, "refused"
    [told] = await arrived(product, maker_address)
    assert told.message["Subject"].startswith("Bankverbindung von Partner BERND"), "who recorded cannot confirm"
    assert "wartet" not in told.text
    assert box_of(product).of(editor_address) == []


async def test_a_webhook_that_takes_nothing_is_told_to_admins_unless_it_does_again(
    product: House, connected_shop: Shop
) -> None:
    user, email = await person(connected_shop, Role.ADMIN)
    wanted = {"url": "https://hooks.example/secret-path"}
    endpoint = await connected_shop.api("POST", "/webhook-endpoints", wanted)
    failing = "UPDATE webhook_endpoints SET warned_at = now(), failures = {0}, failing_since = {1} RETURNING 1"
    await connected_shop.rows(failing.format(9, "now() - interval '4 days'"))
    [mail] = await arrived(product, email)
    assert "hooks.example" in mail.message["Subject"]
    assert "secret-path" not in mail.text
    assert f"/admin/webhooks/{endpoint['id']}" in mail.text
    await connected_shop.rows("UPDATE webhook_endpoints SET warned_at = NULL RETURNING 1")
    await connected_shop.rows(failing.format(0, "NULL"))

    async def look() -> list[str]:
        await handed_over(product)
        return await outcomes(connected_shop, user)

    assert await until(look, lambda ended: None not in ended, "the end of both mails") == ["sent", "idle"]


async def test_histories_of_mails_hold_no_address_and_no_word_of_them(product: House, connected_shop: Shop) -> None:
    user, email = await person(connected_shop, Role.ADMIN)
    await connected_shop.rows("UPDATE provider_connections SET state = 'broken' WHERE provider = 'stripe' RETURNING 1")
    [mail] = await arrived(product, email)
    [row] = await connected_shop.rows(
        "SELECT id FROM mails WHERE user_id = $1 AND kind = $2", user, MailKind.CONNECTION_BROKEN
    )
    handle = product.engine.get_workflow_handle(f"mail/{connected_shop.tenant.slug}/{row['id']}")
    assert await handle.result() == "sent"
    history = (await handle.fetch_history()).to_json()
    description = await handle.describe()
    assert email not in history
    assert mail.message["Subject"] not in history
    assert await description.static_summary() == "Mail: Verbindung unterbrochen"
