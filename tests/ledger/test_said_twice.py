"""What a function of the database has to say again says the same as the code. Of scopes_of_role: test_roles.py."""

import re

import pytest

from ledger import idempotency
from ledger.access import users
from ledger.bank.return_reasons import OF_THE_ACCOUNT
from ledger.database import Ledger
from ledger.mail import mail_kinds, outbox
from ledger.mail.mail_kinds import MailKind
from ledger.roles import Role


async def text_of(ledger: Ledger, function: str) -> str:
    async with ledger.without_tenant() as db:
        found: str = await db.fetchval("SELECT prosrc FROM pg_proc WHERE proname = $1", function)
    return found


async def test_the_triggers_write_to_the_roles_that_get_a_mail(ledger: Ledger) -> None:
    async with ledger.without_tenant() as db:
        texts = await db.fetch("SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%PERFORM mail_members(%'")
    written = {
        MailKind(kind): {Role(role) for role in re.findall(r"'(\w+)'", roles)}
        for row in texts
        for kind, roles in re.findall(r"mail_members\([^,]+, '(\w+)', ARRAY\[([^\]]*)\]", row["prosrc"])
    }
    assert written == {kind: set(roles) for kind, roles in mail_kinds.RECIPIENTS.items() if kind != MailKind.DAILY}


async def test_what_is_said_in_one_mail_is_handed_over_as_one(ledger: Ledger) -> None:
    listed = set(re.findall(r"IN \(('[^)]*')\)", await text_of(ledger, "find_mails_to_send")))
    assert [set(re.findall(r"\w+", kinds)) for kinds in listed] == [set(outbox.BUNDLED)]


async def test_a_partner_is_asked_for_bank_details_after_the_returns_that_are_of_the_account(ledger: Ledger) -> None:
    async with ledger.without_tenant() as db:
        trigger = await db.fetchval("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'mail_about_return'")
    assert set(re.findall(r"'([A-Z]{2}[0-9]{2})'", trigger)) == OF_THE_ACCOUNT


@pytest.mark.parametrize(
    ("function", "days"),
    [("forget_old_answers", idempotency.KEPT_DAYS), ("forget_old_mails", outbox.KEPT_DAYS)],
)
async def test_what_is_old_is_forgotten_after_as_many_days(ledger: Ledger, function: str, days: int) -> None:
    assert set(re.findall(r"interval '([^']+)'", await text_of(ledger, function))) == {f"{days} days"}


async def test_a_link_ends_after_as_many_minutes_as_pages_say(ledger: Ledger) -> None:
    async with ledger.without_tenant() as db:
        lasts = await db.fetchval(
            """
            SELECT column_default FROM information_schema.columns
             WHERE table_name = 'one_time_links' AND column_name = 'expires_at'
            """
        )
    assert lasts == f"(now() + '00:{users.LINK_MINUTES}:00'::interval)"
