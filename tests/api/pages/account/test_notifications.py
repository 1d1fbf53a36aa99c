"""Admin → Benachrichtigungen: each chooses the own mails, admins those of the tenant, nobody those about security."""

from ledger.mail.mail_kinds import GETS, OF_THE_TENANT, MailKind
from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm

PAGE = "/admin/benachrichtigungen"


async def off(firm: Firm, browser: Browser | None) -> set[str]:
    rows = await firm.rows(
        "SELECT kind FROM mails_switched_off WHERE user_id IS NOT DISTINCT FROM $1",
        None if browser is None else browser.user,
    )
    return {row["kind"] for row in rows}


async def test_somebody_sees_and_switches_what_the_own_role_gets(firm: Firm) -> None:
    editor = await firm.person(Role.EDITOR)
    page = (await editor.get(PAGE)).text
    assert 'name="daily"' in page
    assert 'name="approval_waits"' not in page
    await editor.post(PAGE, {"daily": "1"}, shown_at=PAGE)
    assert await off(firm, editor) == {MailKind.TASK_CREATED}
    await editor.post(PAGE, {"daily": "1", "task_created": "1"}, shown_at=PAGE)
    assert await off(firm, editor) == set()
    assert (await editor.post(f"{PAGE}/mandant", {})).status_code == 403


async def test_admins_switch_for_the_whole_tenant(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    wanted = {kind.value: "1" for kind in OF_THE_TENANT - {MailKind.PARTNER_DOCUMENT}}
    await admin.post(f"{PAGE}/mandant", wanted, shown_at=PAGE)
    assert (await off(firm, None), await off(firm, admin)) == ({MailKind.PARTNER_DOCUMENT}, set())
    assert "notifications.switched" in await firm.actions()


async def test_what_is_about_security_stays_whatever_a_form_says(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    for path in (PAGE, f"{PAGE}/mandant"):
        await admin.post(path, {"password_changed": "", "bank_details_changed": ""}, shown_at=PAGE)
    assert await off(firm, admin) == set(GETS)
    assert await off(firm, None) == set(OF_THE_TENANT)


async def test_without_a_mail_server_the_page_says_so(firm: Firm) -> None:
    viewer = await firm.person(Role.VIEWER)
    assert "Es ist kein Mailserver eingestellt" in (await viewer.get(PAGE)).text
