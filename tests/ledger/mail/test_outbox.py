"""Who is told of what: written with what causes it, or not at all."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from ledger import tasks
from ledger.access import memberships, secret_rotation, totp, users
from ledger.audit import audit, audit_chain, webhook_endpoints
from ledger.audit.webhook_endpoints import WantedEndpoint
from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import NewBankDetails
from ledger.database import Ledger
from ledger.mail import mail_kinds, outbox
from ledger.mail.mail_kinds import GETS, OF_THE_TENANT, MailKind
from ledger.programme import partners
from ledger.programme.partners import NewPartner, PartnerChange
from ledger.reasons import Reason
from ledger.refusals import NotAcceptable
from ledger.roles import Role
from ledger.types import Tenant, UserId
from ledger.vault import Vault

WHY = Reason.of("partner_objects")

IBANS = ("DE02120300000000202051", "DE54120300000000303062", "DE09120300000000404073")


async def person(ledger: Ledger, tenant: Tenant, role: Role) -> UserId:
    user, _ = await users.add(ledger, f"{role}-{uuid4().hex[:8]}@acme.example")
    async with ledger.transaction(tenant, person=user) as tx:
        await memberships.add(tx, user, role, by=None, actor="test")
    return user


async def everybody(ledger: Ledger, tenant: Tenant) -> dict[Role, UserId]:
    return {role: await person(ledger, tenant, role) for role in Role}


async def mails(ledger: Ledger, tenant: Tenant, kind: MailKind) -> list[asyncpg.Record]:
    async with ledger.transaction(tenant) as tx:
        return await tx.fetch("SELECT * FROM mails WHERE kind = $1 AND tenant_id = $2 ORDER BY seq", kind, tenant.id)


async def mails_of(ledger: Ledger, user: UserId) -> list[str]:
    async with ledger.of_person(user) as tx:
        return [row["kind"] for row in await tx.fetch("SELECT kind FROM mails ORDER BY seq")]


async def record_account(
    ledger: Ledger, tenant: Tenant, vault: Vault, partner: partners.Partner, iban: str, *, confirmed: bool = False
) -> partner_accounts.BankDetails:
    async with ledger.transaction(tenant) as tx:
        made = await partner_accounts.save_bank_details(
            tx,
            vault,
            partner.id,
            NewBankDetails(account_holder="Anna", iban=SecretStr(iban)),
            by="user:1",
        )
        if confirmed:
            made, _ = await partner_accounts.confirm(tx, partner.id, made.id, by="user:2")
    return made


async def new_partner(ledger: Ledger, tenant: Tenant, email: str | None = "anna@partner.example") -> partners.Partner:
    async with ledger.transaction(tenant) as tx:
        return await partners.create(tx, NewPartner(code="ANNA", name="Anna", email=email), by="user:1")


async def test_what_is_rolled_back_is_told_to_nobody(ledger: Ledger, tenant: Tenant) -> None:
    await everybody(ledger, tenant)

    async def ask_and_fail() -> None:
        async with ledger.transaction(tenant) as tx:
            await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id="1", reason=WHY))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await ask_and_fail()
    assert await mails(ledger, tenant, MailKind.TASK_CREATED) == []


async def test_a_question_is_told_once_however_often_it_is_asked(ledger: Ledger, tenant: Tenant) -> None:
    people = await everybody(ledger, tenant)
    for reason in (WHY, Reason.of("sweep_incomplete")):
        async with ledger.transaction(tenant) as tx:
            await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id="1", reason=reason))
    told = await mails(ledger, tenant, MailKind.TASK_CREATED)
    assert sorted(row["user_id"] for row in told) == sorted(people[role] for role in GETS[MailKind.TASK_CREATED])


async def test_what_somebody_or_the_tenant_switched_off_is_not_written(ledger: Ledger, tenant: Tenant) -> None:
    people = await everybody(ledger, tenant)
    off = frozenset({MailKind.TASK_CREATED})
    async with ledger.transaction(tenant) as tx:
        await mail_kinds.switch(tx, people[Role.ADMIN], off, actor="user:1")
        await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id="1", reason=WHY))
    assert people[Role.ADMIN] not in {row["user_id"] for row in await mails(ledger, tenant, MailKind.TASK_CREATED)}
    before = len(await mails(ledger, tenant, MailKind.TASK_CREATED))
    async with ledger.transaction(tenant) as tx:
        await mail_kinds.switch(tx, None, off, actor="user:1")
        await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id="2", reason=WHY))
        await mail_kinds.switch(tx, None, frozenset(), actor="user:1")
        known = await mail_kinds.choices(tx, people[Role.ADMIN])
        entries, _ = await audit.list_entries(tx)
    assert len(await mails(ledger, tenant, MailKind.TASK_CREATED)) == before
    assert (known.by_tenant, known.by_person) == (frozenset(), off)
    assert [entry.detail["off"] for entry in entries if entry.action == "notifications.switched"] == [
        [["task_created"], []],
        [[], ["task_created"]],
        [[], ["task_created"]],
    ]


@pytest.mark.parametrize("kind", sorted(set(MailKind) - OF_THE_TENANT))
async def test_security_mails_cannot_be_switched_off(ledger: Ledger, tenant: Tenant, kind: MailKind) -> None:
    user = await person(ledger, tenant, Role.ADMIN)
    for whose in (user, None):
        async with ledger.transaction(tenant) as tx:
            with pytest.raises(NotAcceptable):
                await mail_kinds.switch(tx, whose, frozenset({kind}), actor="user:1")
    with pytest.raises(asyncpg.CheckViolationError):
        async with ledger.transaction(tenant) as tx:
            await tx.execute("INSERT INTO mails_switched_off (tenant_id, kind) VALUES ($1, $2)", tenant.id, kind)


async def test_a_changed_account_is_told_to_all_who_can_confirm_and_to_every_address_of_the_last_month(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    people = await everybody(ledger, tenant)
    partner = await new_partner(ledger, tenant)
    await record_account(ledger, tenant, vault, partner, IBANS[0], confirmed=True)
    first = await mails(ledger, tenant, MailKind.BANK_DETAILS_CHANGED)
    # Nobody's money can be diverted yet: somebody confirms, the partner is not warned.
    can_confirm = {people[role] for role in (Role.APPROVER, Role.ADMIN)}
    assert {row["user_id"] for row in first} == can_confirm
    # Who takes over the account of a partner changes the address first, and again.
    for email in ("dieb@boese.example", "dieb2@boese.example"):
        async with ledger.transaction(tenant) as tx:
            await partners.change(tx, partner.id, PartnerChange(email=email), by="user:1")
    changed = await record_account(ledger, tenant, vault, partner, IBANS[1])
    told = (await mails(ledger, tenant, MailKind.BANK_DETAILS_CHANGED))[2:]
    assert {row["about"] for row in told} == {str(changed.id)}
    assert {row["user_id"] for row in told if row["user_id"]} == can_confirm
    assert {row["address"] for row in told if row["partner_id"]} == {
        "anna@partner.example",
        "dieb@boese.example",
        "dieb2@boese.example",
    }


async def test_an_address_given_up_long_ago_is_not_written_to(
    ledger: Ledger, tenant: Tenant, vault: Vault, superuser: asyncpg.Connection
) -> None:
    partner = await new_partner(ledger, tenant)
    await record_account(ledger, tenant, vault, partner, IBANS[0], confirmed=True)
    async with ledger.transaction(tenant) as tx:
        await partners.change(tx, partner.id, PartnerChange(email="neu@partner.example"), by="user:1")
    await superuser.execute(
        "UPDATE partner_addresses_before SET until = until - interval '31 days' WHERE tenant_id = $1", tenant.id
    )
    await record_account(ledger, tenant, vault, partner, IBANS[1])
    told = await mails(ledger, tenant, MailKind.BANK_DETAILS_CHANGED)
    assert [row["address"] for row in told if row["partner_id"]] == ["neu@partner.example"]


async def test_a_broken_connection_is_told_to_admins_once(ledger: Ledger, tenant: Tenant) -> None:
    people = await everybody(ledger, tenant)
    for state in ("broken", "broken", "connected", "broken"):
        async with ledger.transaction(tenant) as tx:
            await tx.execute(
                "UPDATE provider_connections SET state = $2 WHERE tenant_id = $1 AND provider = 'lexoffice'",
                tenant.id,
                state,
            )
    told = await mails(ledger, tenant, MailKind.CONNECTION_BROKEN)
    assert [(row["user_id"], row["about"]) for row in told] == [(people[Role.ADMIN], "lexoffice")] * 2


async def test_a_kind_that_a_later_release_wrote_is_left_to_its_workers(
    ledger: Ledger, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And holds up nothing else of the hand-over's pass."""
    await everybody(ledger, tenant)
    async with ledger.transaction(tenant) as tx:
        await tx.execute("UPDATE provider_connections SET state = 'broken' WHERE provider = 'lexoffice'")
    waiting: dict[str, Any] = {"older_than": timedelta(), "bundle": timedelta(), "at_most": 10_000}
    assert tenant.slug in {row.tenant.slug for row in await outbox.to_announce(ledger, **waiting) if row.tenant}
    monkeypatch.setattr(outbox, "MailKind", StrEnum("MailKind", {"DAILY": "daily"}))
    assert tenant.slug not in {row.tenant.slug for row in await outbox.to_announce(ledger, **waiting) if row.tenant}


async def test_an_endpoint_that_takes_nothing_is_told_to_admins_once(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    people = await everybody(ledger, tenant)
    async with ledger.transaction(tenant) as tx:
        endpoint = await webhook_endpoints.add(tx, vault, WantedEndpoint(url="https://a.example/"), by="test")
        await tx.execute("UPDATE webhook_endpoints SET failures = 1, failing_since = now() - interval '4 days'")
        for warned_at in ("NULL", "now()", "warned_at"):
            await tx.execute(f"UPDATE webhook_endpoints SET warned_at = {warned_at}")
    told = await mails(ledger, tenant, MailKind.CONNECTION_BROKEN)
    assert [(row["user_id"], row["facts"]) for row in told] == [(people[Role.ADMIN], {"endpoint": str(endpoint.id)})]


async def test_a_person_is_told_of_password_and_second_factor(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    user = await person(ledger, tenant, Role.ADMIN)
    await users.set_password(ledger, user, "vier bunte Pferde im Regen")
    assert await mails_of(ledger, user) == []
    await users.set_password(ledger, user, "fünf bunte Pferde im Regen")
    secret = await users.totp_secret(ledger, vault, user)
    await users.check_code(ledger, vault, user, totp.code_of(secret.get_secret_value()))
    await users.remove_second_factor(ledger, user)
    assert await mails_of(ledger, user) == ["password_changed", "second_factor_added", "second_factor_removed"]
    async with ledger.transaction(tenant) as tx:
        assert await tx.fetchval("SELECT count(*) FROM mails WHERE tenant_id IS NULL") == 0


async def newest_link(ledger: Ledger, user: UserId) -> UUID:
    async with ledger.of_person(user) as tx:
        found: UUID = await tx.fetchval("SELECT id FROM mails WHERE tenant_id IS NULL ORDER BY seq DESC LIMIT 1")
    return found


async def test_a_link_is_stored_encrypted_and_only_the_newest_is_sent(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    user = await person(ledger, tenant, Role.VIEWER)
    old_token = await users.make_link(ledger, vault, user, purpose="reset", actor="test")
    old = await newest_link(ledger, user)
    token = await users.make_link(ledger, vault, user, purpose="reset", actor="test")
    new = await newest_link(ledger, user)
    async with ledger.of_person(user) as tx:
        stored = [bytes(row["link_encrypted"] or b"") for row in await tx.fetch("SELECT link_encrypted FROM mails")]
        assert await outbox.take(tx, vault, old) is None
        taken = await outbox.take(tx, vault, new)
    assert taken is not None
    assert (taken.kind, taken.link) == (MailKind.RESET_LINK, token)
    for secret in (old_token, token):
        assert all(secret.get_secret_value().encode() not in one for one in stored)
    async with ledger.of_person(user) as tx:
        await outbox.end(tx, new, "sent")
        assert await tx.fetchval("SELECT count(*) FROM mails WHERE link_encrypted IS NOT NULL") == 0


async def test_links_are_encrypted_anew_with_the_newest_key(ledger: Ledger, tenant: Tenant) -> None:
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    user = await person(ledger, tenant, Role.VIEWER)
    token = await users.make_link(ledger, Vault.from_setting(first), user, purpose="invite", actor="test")
    await secret_rotation.rotate(ledger, Vault.from_setting(f"{second},{first}"))
    async with ledger.of_person(user) as tx:
        taken = await outbox.take(tx, Vault.from_setting(second), await newest_link(ledger, user))
    assert taken is not None
    assert taken.link == token


async def test_several_are_one_mail_and_what_comes_later_is_the_next(
    ledger: Ledger, tenant: Tenant, vault: Vault
) -> None:
    user = await person(ledger, tenant, Role.APPROVER)

    async def ask(number: int) -> None:
        async with ledger.transaction(tenant) as tx:
            await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id=str(number), reason=WHY))

    for number in range(3):
        await ask(number)
    nothing_yet = await outbox.to_announce(ledger, older_than=timedelta(), bundle=timedelta(hours=1), at_most=10_000)
    assert user not in {row.user for row in nothing_yet}
    mine = [
        row
        for row in await outbox.to_announce(ledger, older_than=timedelta(), bundle=timedelta(), at_most=10_000)
        if row.user == user
    ]
    assert len(mine) == 1
    async with ledger.transaction(tenant) as tx:
        taken = await outbox.take(tx, vault, mine[0].id)
    await ask(3)
    async with ledger.transaction(tenant) as tx:
        again = await outbox.take(tx, vault, mine[0].id)
    assert taken is not None
    assert len(taken.about) == 3
    # A second attempt speaks of the same, under the same Message-ID.
    assert again == taken
    async with ledger.transaction(tenant) as tx:
        await outbox.end(tx, taken.id, "sent")
        assert await outbox.take(tx, vault, taken.id) is None
        open_rows = await tx.fetchval("SELECT count(*) FROM mails WHERE ended_at IS NULL AND user_id = $1", user)
    assert open_rows == 1


async def test_the_day_is_written_once_and_admins_learn_the_head(ledger: Ledger, tenant: Tenant, vault: Vault) -> None:
    people = await everybody(ledger, tenant)
    async with ledger.transaction(tenant) as tx:
        await mail_kinds.switch(tx, None, frozenset({MailKind.DAILY}), actor="user:1")
    async with ledger.transaction(tenant) as tx:
        head = await audit_chain.head(tx)
        assert await outbox.write_daily(tx, date(2026, 11, 21)) == 1
        assert await outbox.write_daily(tx, date(2026, 11, 21)) == 0
    [only] = await mails(ledger, tenant, MailKind.DAILY)
    # Switched off is what waits and changed; the head of the trail is not for the tenant to switch off.
    assert (only["user_id"], only["facts"]) == (
        people[Role.ADMIN],
        {"digest": False, "head": head.hash, "links": head.number},
    )
    async with ledger.transaction(tenant) as tx:
        await mail_kinds.switch(tx, None, frozenset(), actor="user:1")
        assert await outbox.write_daily(tx, date(2026, 11, 22)) == 3
    told = {row["user_id"]: row["facts"] for row in (await mails(ledger, tenant, MailKind.DAILY))[1:]}
    assert told.keys() == {people[role] for role in (Role.EDITOR, Role.APPROVER, Role.ADMIN)}
    assert told[people[Role.EDITOR]] == {"digest": True}


async def test_old_mails_are_forgotten(ledger: Ledger, tenant: Tenant, superuser: asyncpg.Connection) -> None:
    await person(ledger, tenant, Role.APPROVER)
    async with ledger.transaction(tenant) as tx:
        await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id="1", reason=WHY))
        await tasks.ask(tx, tasks.NewTask(kind="k", subject="s", subject_id="2", reason=WHY))
    await superuser.execute(
        "UPDATE mails SET created_at = $2 WHERE tenant_id = $1 AND about = "
        "(SELECT id::text FROM tasks WHERE tenant_id = $1 AND subject_id = '1')",
        tenant.id,
        datetime.now(UTC) - timedelta(days=61),
    )
    await outbox.forget_old(ledger)
    assert len(await mails(ledger, tenant, MailKind.TASK_CREATED)) == 1
