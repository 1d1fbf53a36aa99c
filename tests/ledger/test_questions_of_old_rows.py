"""Open tasks of every kind, results of runs and broken connections that name their reasons in German, as releases up to
0087 wrote them: through the migrations, then at the pages and the JSON API, in both languages."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.fernet import Fernet

from api.app import create_app
from api.pages.words.task_words import KINDS
from ledger import migrations
from ledger.access import api_keys
from ledger.roles import Role
from ledger.types import Tenant, TenantId
from settings import Settings
from tests.fixtures.browsers import Firm
from tests.fixtures.unhurried import ANSWER_S
from tests.ledger.old_shape import OldDatabase
from words import sentence

_TOLD = Path(migrations.__file__).parent / "before_1_0/0091_reasons_as_codes.sql"
_SENTENCE = re.compile(
    r"^ +\('((?:[^']|'')+)', '([a-z_]+)',\s*(?:NULL|'(?:[^']|'')*'),\s*(?:NULL|'([^']*)')\)", re.MULTILINE
)
_EXAMPLES = {"cents": "1.234,56\u00a0€", "number": "17", "text": "no JSON", "day": "05.10.2027"}
_MEANT: dict[str, Any] = {"cents": 123_456, "number": 17, "text": "no JSON", "day": "2027-10-05"}


def _sentences() -> list[tuple[str, str, dict[str, Any]]]:
    """Whatever the releases before wrote: the sentence, its code, and what it named."""
    found = []
    for text, code, places in _SENTENCE.findall(_TOLD.read_text()):
        of = dict(place.split(":") for place in places.strip("{}").split(",")) if places else {}
        said = text.replace("''", "'")
        for name, kind in of.items():
            said = re.sub(rf"\{{{name}[^}}]*\}}", _EXAMPLES[kind], said)
        found.append((said, code, {name: _MEANT[kind] for name, kind in of.items()}))
    return found


SENTENCES = _sentences()


@asynccontextmanager
async def _opened(old: OldDatabase, tenant: UUID) -> AsyncIterator[tuple[Firm, httpx.AsyncClient]]:
    """The application over the database as it is now: its pages, and its API with a key."""
    settings = Settings(
        database_url=old.urls.app_url,
        secret_key=Fernet.generate_key().decode(),
        public_url="http://127.0.0.1",
        log_level="error",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        firm = Firm(app, Tenant(id=TenantId(tenant), slug="acme"))
        async with firm.parts.ledger.transaction(firm.tenant) as tx:
            made = await api_keys.create_api_key(
                tx, settings.vault(), api_keys.WantedKey(name="x", scopes=("read",)), actor="test"
            )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://127.0.0.1/api/v1",
            timeout=ANSWER_S,
            headers={"X-API-Key": made.key.get_secret_value()},
        ) as api:
            yield firm, api
        await firm.close()


async def test_open_tasks_of_every_kind_keep_what_they_ask_in_both_languages(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    kinds = [*KINDS]
    written = {str(n): (kinds[n % len(kinds)], *SENTENCES[n % len(SENTENCES)]) for n in range(len(SENTENCES))}
    assert {kind for kind, *_ in written.values()} == set(kinds)
    await old.admin.executemany(
        "INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, actions)"
        " VALUES ($1, $2, 'document', $3, $4, '{done}')",
        [(tenant, kind, subject, said) for subject, (kind, said, _, _) in written.items()],
    )
    await old.migrate()
    rows = await old.admin.fetch("SELECT id, subject_id, reason_code, reason_params FROM tasks")
    assert {row["subject_id"]: (row["reason_code"], json.loads(row["reason_params"])) for row in rows} == {
        subject: (code, named) for subject, (_, _, code, named) in written.items()
    }
    async with _opened(old, tenant) as (firm, api):
        for language in ("de", "en"):
            listed = await _all_of(api, "/tasks", language)
            assert {task["subject_id"]: task["reason"] for task in listed} == {
                subject: sentence(code, named, language) for subject, (_, _, code, named) in written.items()
            }
        editor = await firm.person(Role.EDITOR)
        for row in rows:
            _, _, code, named = written[row["subject_id"]]
            page = unescape((await editor.get(f"/admin/aufgaben/{row['id']}")).text)
            assert sentence(code, named, "de") in page


async def _all_of(api: httpx.AsyncClient, path: str, language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = (await api.get(f"{path}?limit=100{after}", headers={"Accept-Language": language})).json()
        found += page["items"]
        if not page["next_cursor"]:
            return found
        after = f"&cursor={page['next_cursor']}"


async def test_the_result_of_a_run_says_why_somebody_got_nothing(old: OldDatabase) -> None:
    tenant, run = await old.new_tenant("acme"), uuid4()
    partner = await old.admin.fetchval(
        "INSERT INTO partners (tenant_id, code, name) VALUES ($1, 'ANNA', 'Anna') RETURNING id", tenant
    )
    await old.admin.execute(
        """
        INSERT INTO payout_runs (tenant_id, id, period, rehearsal, cut_off, requested_by)
        VALUES ($1, $2, '2026-10', true, $3, 'key:x')
        """,
        tenant,
        run,
        datetime(2026, 11, 1, tzinfo=UTC),
    )
    said = "Die Anschrift des Partners ist unvollständig."
    await old.admin.execute(
        """
        INSERT INTO payout_run_rows (tenant_id, run_id, partner_id, reason, code, sentence, lines, net_cents,
                                     gross_cents)
        VALUES ($1, $2, $3, 'no_document', 'address_missing', $4, 1, 100, 100),
               ($1, $2, $3, 'of_tomorrow', 'address_missing', $4, 1, 100, 100)
        """,
        tenant,
        run,
        partner,
        said,
    )
    await old.admin.execute("UPDATE payout_runs SET state = 'done', ended_at = now() WHERE id = $1", run)
    await old.migrate()
    async with _opened(old, tenant) as (firm, api):
        page = (await (await firm.person(Role.VIEWER)).get(f"/admin/auszahlungslaeufe/{run}")).text
        assert said in page
        assert "of_tomorrow" in page
        told = (await api.get(f"/payout-runs/{run}/rows", headers={"Accept-Language": "en"})).text
        assert sentence("address_missing", {}, "en") in told


async def test_a_connection_that_is_broken_says_why(old: OldDatabase) -> None:
    tenant = await old.new_tenant("acme")
    said = "lexoffice lehnt den API-Schlüssel ab."
    await old.admin.execute(
        r"""
        UPDATE provider_connections
           SET state = 'broken', state_reason = $2, secret_encrypted = '\x00', secret_last4 = 'abcd',
               secret_saved_at = now(), organization_id = gen_random_uuid()
         WHERE tenant_id = $1 AND provider = 'lexoffice'
        """,
        tenant,
        said,
    )
    await old.migrate()
    async with _opened(old, tenant) as (firm, api):
        shown = (await (await firm.person(Role.ADMIN)).get("/admin/zahlungsanbieter/lexoffice")).text
        assert sentence("credential_rejected", {}, "de") in unescape(shown)
        for language in ("de", "en"):
            told = (await api.get("/providers/lexoffice", headers={"Accept-Language": language})).json()
            assert told["state"] == "broken"
            assert sentence("credential_rejected", {}, language) in json.dumps(told, ensure_ascii=False)
