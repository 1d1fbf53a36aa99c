"""What operators do for people by command."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.fernet import Fernet

from ledger.access import secret_rotation, users
from ledger.connections import source_secrets
from ledger.programme import partners
from ledger.programme.partners import NewPartner
from ledger.roles import Role
from ledger.vault import Vault
from settings import Settings
from tests.conftest import Database
from tests.fixtures.bank_runs import own_account
from tests.fixtures.bank_statements import Line, camt
from tests.fixtures.browsers import PASSWORD, Firm
from tests.fixtures.ledger_shop import Shop
from tests.fixtures.programs import ended


@dataclass(frozen=True)
class Ended:
    status: int
    out: bytes
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Operator:
    environment: dict[str, str]

    async def __call__(self, *arguments: str) -> Ended:
        answer = await ended(Path(sys.executable).with_name("partnerdesk"), *arguments, env=self.environment)
        return Ended(answer.status, answer.out, answer.err.decode())


@pytest.fixture
def partnerdesk(people_settings: Settings) -> Operator:
    return Operator(
        {
            "PARTNERDESK_DATABASE_URL": people_settings.database_url.get_secret_value(),
            "PARTNERDESK_SECRET_KEY": people_settings.secret_key.get_secret_value(),
            "PARTNERDESK_PUBLIC_URL": people_settings.public_url,
        }
    )


async def test_a_first_admin_gets_in_by_command(firm: Firm, partnerdesk: Operator) -> None:
    email = f"chris-{firm.tenant.slug}@acme.example"
    command = ("user", "create", "--email", email, "--tenant", firm.tenant.slug, "--role", "admin")
    made = await partnerdesk(*command, "--json")
    assert made.status == 0, made.err
    browser = firm.browser()
    browser.email, link = email, made.json()["link"].removeprefix("http://127.0.0.1")
    await browser.post(link, {"new": PASSWORD, "repeated": PASSWORD}, shown_at=link)
    await browser.log_in()
    await browser.enrol()
    assert (await browser.get("/admin/benutzer")).status_code == 200
    again = await partnerdesk(*command)
    assert (again.status, "already belongs" in again.err) == (1, True)
    assert (await partnerdesk("user", "create", "--email", email)).status == 2


async def test_who_is_locked_out_of_the_own_account_gets_a_link_by_command(firm: Firm, partnerdesk: Operator) -> None:
    admin = await firm.person(Role.ADMIN)
    for name in ("verloren", "behalten"):
        await admin.post("/admin/schluessel", {"name": name, "read": "1", "days": "30"})
    lost, kept = [row["id"] for row in await firm.rows("SELECT id FROM api_keys ORDER BY name DESC")]
    reset = ("user", "reset", "--email", admin.email, "--second-factor", "--keep-key", kept, "--json")
    done = await partnerdesk(*reset)
    assert not await admin.is_in()
    assert done.json()["revoked_keys"] == [lost]
    rows = await firm.rows("SELECT id FROM api_keys WHERE revoked_at IS NULL")
    assert [row["id"] for row in rows] == [kept]
    link = done.json()["link"].removeprefix("http://127.0.0.1")
    new = "ein ganz anderes Wort hier"
    assert (await admin.post(link, {"new": new, "repeated": new}, shown_at=link)).status_code == 303
    await admin.log_in(password=new)
    assert (await admin.enrol()).status_code == 303
    (entry,) = await firm.rows("SELECT actor FROM audit_entries WHERE action = 'member.link_made'")
    assert entry["actor"].startswith("cli:")
    unknown = await partnerdesk("user", "reset", "--email", "niemand@acme.example")
    assert (unknown.status, "not found" in unknown.err) == (1, True)


async def test_an_account_is_closed_and_opened_by_command(firm: Firm, partnerdesk: Operator) -> None:
    viewer = await firm.person(Role.VIEWER)
    assert (await partnerdesk("user", "disable", "--email", viewer.email)).status == 0
    assert not await viewer.is_in()
    assert (await viewer.log_in()).status_code == 401
    assert (await partnerdesk("user", "disable", "--email", viewer.email, "--undo")).status == 0
    assert (await viewer.log_in()).status_code == 303


async def test_the_trail_is_verified_and_exported_by_command(
    firm: Firm, partnerdesk: Operator, database: Database
) -> None:
    await firm.person(Role.VIEWER)
    slug = firm.tenant.slug
    verified = await partnerdesk("audit", "verify", "--tenant", slug, "--json")
    head = verified.json()["head"]
    assert (verified.status, verified.json()["ok"]) == (0, True)
    anchored = await partnerdesk("audit", "verify", "--tenant", slug, "--anchor", head)
    assert (anchored.status, head in anchored.out.decode()) == (0, True)
    exported = await partnerdesk("audit", "export", "--tenant", slug)
    assert exported.out.startswith(b"\xef\xbb\xbf")
    assert exported.out.decode().rstrip().endswith(head)
    name = database.app_url.rpartition("/")[2]
    superuser = await asyncpg.connect(f"{database.admin_url.rpartition('/')[0]}/{name}")
    await superuser.execute("UPDATE audit_entries SET actor = 'user:x' WHERE tenant_id = $1", firm.tenant.id)
    await superuser.close()
    broken = await partnerdesk("audit", "verify", "--tenant", slug, "--json")
    assert (broken.status, broken.json()["link"]) == (1, 1)


async def test_with_a_new_key_in_front_everything_is_encrypted_anew_and_can_be_stopped_between(firm: Firm) -> None:
    admin = await firm.person(Role.ADMIN)
    assert admin.user is not None
    ledger, old = firm.parts.ledger, firm.parts.settings.secret_key.get_secret_value()
    async with ledger.transaction(firm.tenant) as tx:
        await source_secrets.save(tx, firm.parts.vault, "stripe", secret="whsec_abcdefgh", actor="test")
    fresh = Fernet.generate_key().decode()
    both, only_new = Vault.from_setting(f"{fresh},{old}"), Vault.from_setting(fresh)
    await secret_rotation.rotate(ledger, both)
    async with ledger.transaction(firm.tenant) as tx:
        stored = await tx.fetchval("SELECT secret_encrypted FROM provider_connections WHERE provider = 'stripe'")
    assert only_new.decrypt(stored) == "whsec_abcdefgh"
    (row,) = await firm.rows_of(admin, "SELECT totp_secret_encrypted AS stored FROM user_secrets")
    assert only_new.decrypt(row["stored"]) == admin.secret
    assert await admin.is_in()
    second = await secret_rotation.rotate(ledger, both)
    assert (second.renewed, second.newest_already > 0) == (0, True)
    # Back under the key of the running application, for the tests that share its database.
    await secret_rotation.rotate(ledger, Vault.from_setting(f"{old},{fresh}"))
    with pytest.raises(users.WrongCode):
        await users.check_code(ledger, firm.parts.vault, admin.user, "000000")


async def test_no_encrypted_column_is_forgotten_when_keys_rotate(schema_owner: asyncpg.Connection) -> None:
    rows = await schema_owner.fetch(
        r"""
        SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name LIKE '%\_encrypted'
        """
    )
    known = {(one.table, one.column) for one in (*secret_rotation.OF_A_TENANT, *secret_rotation.OF_A_PERSON)}
    assert {(row["table_name"], row["column_name"]) for row in rows} == known


async def test_months_are_kept_by_command(partnerdesk: Operator) -> None:
    assert [table["name"] for table in (await partnerdesk("months", "--json")).json()["tables"]] == ["api_requests"]
    again = await partnerdesk("months")
    assert (again.status, again.out.decode()) == (0, "api_requests: 0 made, 0 dropped\n")


async def test_a_partner_is_copied_and_erased_by_command_which_names_what_it_did_not_reach(
    firm: Firm, partnerdesk: Operator
) -> None:
    async with firm.parts.ledger.transaction(firm.tenant, cause="test") as tx:
        new = NewPartner(code="ANNA", name="Anna Ader", email="anna@p.example")
        await partners.create(tx, new, by="test")
    of = ("--tenant", firm.tenant.slug, "--partner", "ANNA")
    copy = await partnerdesk("privacy", "export", *of)
    assert copy.json()["records"]["master_data"][0]["email"] == "anna@p.example"
    silent = await partnerdesk("privacy", "erase", *of, "--reason", "Antrag")
    assert (silent.status, "--yes" in silent.err) == (2, True)
    done = await partnerdesk("privacy", "erase", *of, "--reason", "Antrag", "--yes")
    assert done.status == 0, done.err
    for told in (
        "erased: ",
        "not reached: Backups",
        "not reached: Temporal",
        "The books: contacts",
        "Mails that were sent",
    ):
        assert told in done.out.decode()
    assert not await firm.rows("SELECT 1 FROM partners WHERE name = 'Anna Ader' OR email IS NOT NULL")
    kept = await partnerdesk("privacy", "retention", "--tenant", firm.tenant.slug, "--set", "ignored_events=14")
    assert "ignored_events: 14 days" in kept.out.decode()
    far = await partnerdesk("privacy", "retention", "--tenant", firm.tenant.slug, "--set", "ignored_events=4000")
    assert far.status == 1


async def test_statements_are_taken_in_by_command_once_and_each_file_has_its_outcome(
    firm: Firm, partnerdesk: Operator, tmp_path: Path
) -> None:
    await own_account(Shop(firm.parts.ledger, firm.tenant, {}), firm.parts.vault)
    good, bad = tmp_path / "c53.xml", tmp_path / "bad.xml"
    good.write_bytes(camt(Line(-11_900, "PO-2026-0001", "DE02120300000000202051", reference="R1")))
    bad.write_bytes(b"<html/>")
    given = ("statement", "import", str(good), str(bad), "--tenant", firm.tenant.slug)
    answer = await partnerdesk(*given)
    assert answer.status == 1
    assert "c53.xml: 1 bookings, 1 of them new, 1 that may be about payouts." in answer.out.decode()
    assert "bad.xml: The XML file is neither" in answer.err
    again = (await partnerdesk(*given, "--json")).json()["files"]
    assert [(one["again"], one["refused_code"]) for one in again] == [
        (True, None),
        (False, "statement_message_unknown"),
    ]
