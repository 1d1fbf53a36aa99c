"""The demo's people come in by the doors that everybody uses, and again after a restart."""

import json
import os
from pathlib import Path

import httpx
import pytest

from ledger.access import totp
from sandbox.demo_office import Office
from sandbox.demo_people import DemoPerson, codes, kept_people, let_in, told
from sandbox.operator_command import write_command
from sandbox.postgres import PostgresAddresses
from sandbox.stack import StackAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.fixtures.browsers import _TOKEN
from tests.fixtures.house import House
from tests.fixtures.programs import ended
from tests.fixtures.unhurried import ANSWER_S


@pytest.mark.parametrize("at", [59.0, 1111111109.0, 1234567890.0, 20000000000.0])
def test_the_code_of_the_demo_is_that_of_any_authenticator(at: float) -> None:
    secret = totp.new_secret()
    assert DemoPerson("a@demo.example", "admin", "", secret).code(at) == totp.code_of(secret, at=at)


async def test_an_admin_and_an_approver_of_the_demo_log_in_with_a_second_factor(
    product: House, postgres: PostgresAddresses, temporal: TemporalAddresses, tmp_path: Path
) -> None:
    settings = product.settings
    addresses = StackAddresses(
        api_url=product.api_url,
        worker_url="",
        postgres=postgres,
        temporal=temporal,
        lexoffice=product.lexoffice,
        bank_url="",
        easybill_url="",
        state=tmp_path,
        environment={
            **os.environ,
            "PARTNERDESK_DATABASE_URL": settings.database_url.get_secret_value(),
            "PARTNERDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
            "PARTNERDESK_PUBLIC_URL": product.api_url,
        },
    )
    async with Office(addresses, "lexoffice") as office:
        await office.partnerdesk("tenant", "create", office.slug, "--name", "Demo GmbH", "--demo", "--json")
        people = await let_in(addresses, office)
        assert [person.role for person in people] == ["admin", "approver", "platform"]
        assert (tmp_path / "demo-people.json").stat().st_mode & 0o077 == 0
        # A restart finds them; a lost file makes their logins anew.
        assert await let_in(addresses, office) == people == kept_people(tmp_path)
        (tmp_path / "demo-people.json").unlink()
        anew = await let_in(addresses, office)
        assert [person.email for person in anew] == [person.email for person in people]
        assert all(person.password in told(addresses, anew) for person in anew)
        assert all(person.email in codes(anew) for person in anew)
    async with httpx.AsyncClient(base_url=product.api_url, timeout=ANSWER_S, trust_env=False) as browser:
        shown = _TOKEN.search((await browser.get("/login")).text)
        assert shown is not None
        entered = await browser.post(
            "/login", data={"csrf": shown[1], "email": anew[1].email, "password": anew[1].password}
        )
        assert entered.status_code == 303
        # The second factor is asked for like anybody's.
        assert (await browser.get("/admin/benutzer")).headers["location"].startswith("/second-factor")


async def test_operators_of_the_demo_have_their_command(product: House, tmp_path: Path) -> None:
    settings = product.settings
    command = write_command(
        tmp_path,
        {
            "PARTNERDESK_DATABASE_URL": settings.database_url.get_secret_value(),
            "PARTNERDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
            "PARTNERDESK_PUBLIC_URL": "http://127.0.0.1/it's here",
            "SHELL_OF_SOMEBODY": "not ours",
        },
    )
    assert command.stat().st_mode & 0o077 == 0
    assert "not ours" not in command.read_text()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PARTNERDESK_")}
    called = await ended(command, "tenant", "list", "--json", env=bare)
    assert called.status == 0
    assert "tenants" in json.loads(called.out)
