"""Every operation of the JSON API, enumerated from the OpenAPI document: refused to all but those it is for.

Refused means: the status, the one shape of errors, and not one row of the tenant changed.
"""

from collections.abc import Mapping
from datetime import timedelta

import asyncpg
import httpx
import pytest

from ledger.access import api_keys
from tests.fixtures.premises import Premises, event_that_they_have_not, nowhere, premises, without
from tests.security.conftest import Started
from tests.security.operations import ANY_KEY, APPROVE, BY_TOKEN, NEEDS, OPEN, STATEMENTS, Operation, described, of_keys


async def call(
    caller: Premises, operation: Operation, key: str | None, names: Mapping[str, str] | None = None
) -> httpx.Response:
    names = caller.names | dict(names or {})
    return await caller.door.http.request(
        operation.method,
        operation.address(names),
        params=operation.query(names),
        json=operation.body(names),
        headers={} if key is None else {"X-API-Key": key},
    )


def is_problem(answer: httpx.Response, status: int) -> bool:
    told = answer.json()
    return (
        answer.status_code == status
        and answer.headers["content-type"] == "application/problem+json"
        and {"type", "title", "status", "code", "detail"} <= told.keys()
        and told["status"] == status
        and bool(answer.headers["x-request-id"])
    )


def test_every_operation_is_in_the_table_of_needs(guarded: Started) -> None:
    assert {operation.id for operation in described(guarded[0])} - NEEDS.keys() - OPEN - BY_TOKEN == set()


async def test_the_right_key_opens_each_operation_so_that_a_refusal_means_something(guarded: Started) -> None:
    own = await premises(guarded)
    keys = {
        frozenset(scopes): await own.door.new_key(*scopes)
        for scopes in (("read",), ("write",), ("approve",), ("bank",), ("statements",))
    }
    refused = {}
    for operation in sorted(of_keys(guarded[0]), key=lambda one: one.method != "GET"):
        key = next(key for scopes, key in keys.items() if scopes <= operation.need.scopes)
        answer = await call(own, operation, key)
        # 409: another one of these was faster, such as the payout that is rejected by now.
        if answer.status_code not in (200, 201, 202, 409, 404 if operation.need.absent else 0):
            refused[operation.id] = (answer.status_code, answer.text)
    assert refused == {}


async def revoked_key(ours: Premises) -> str:
    key = await ours.door.new_key("read", "write")
    async with ours.door.parts.ledger.transaction(ours.door.tenant) as tx:
        await api_keys.revoke_api_key(tx, key.split("_")[1], actor="test")
    return key


async def expired_key(ours: Premises, superuser: asyncpg.Connection) -> str:
    key = await ours.door.new_key("read", "write")
    await superuser.execute(
        "UPDATE api_keys SET created_at = created_at - $2::interval, expires_at = now() - interval '1 second'"
        " WHERE id = $1",
        key.split("_")[1],
        timedelta(days=366),
    )
    return key


async def test_nobody_gets_anywhere(guarded: Started, ours: Premises, superuser: asyncpg.Connection) -> None:
    known = ours.door.key
    presented = {
        "none": None,
        "empty": "",
        "no key": "x" * 60,
        "unknown": "pdk_aaaaaaaaaa_" + "a" * 43,
        "a known id with another secret": f"{known[:15]}{'a' * 43}",
        "cut short": known[:-1],
        "revoked": await revoked_key(ours),
        "expired": await expired_key(ours, superuser),
        "a webhook token": ours.door.token,
    }
    before = await ours.settled(superuser)
    answers = set()
    for operation in of_keys(guarded[0]):
        for how, key in presented.items():
            answer = await call(ours, operation, key)
            assert is_problem(answer, 401), (operation.id, how, answer.text)
            answers.add(answer.text)
    assert len(answers) == 1, "the reason can be told from the answer"
    assert await ours.fingerprint(superuser) == before


@pytest.mark.parametrize("scope", sorted(ANY_KEY))
async def test_too_small_a_scope_is_refused(
    guarded: Started, ours: Premises, superuser: asyncpg.Connection, scope: str
) -> None:
    key = await ours.door.new_key(scope)
    before = await ours.settled(superuser)
    tried = 0
    for operation in of_keys(guarded[0]):
        if scope in operation.need.scopes:
            continue
        tried += 1
        answer = await call(ours, operation, key)
        assert is_problem(answer, 403), (operation.id, answer.text)
        assert answer.json()["code"] == "missing_scope", operation.id
        assert not any(text in answer.text for text in ours.told), operation.id
        assert await ours.fingerprint(superuser) == before, operation.id
    assert tried > 5


async def test_another_tenants_objects_are_like_those_that_do_not_exist(
    guarded: Started, ours: Premises, theirs: Premises, superuser: asyncpg.Connection
) -> None:
    """Whatever names an object, in address, filter or body, answers the same for ours and for none at all."""
    keys = {APPROVE: theirs.door.approver, STATEMENTS: await theirs.door.new_key("statements")}
    only_ours = _nameable(ours) | {"event": await event_that_they_have_not(ours, theirs)}
    before = await ours.settled(superuser)
    compared = set()
    for operation in of_keys(guarded[0]):
        key = keys.get(operation.need.scopes, theirs.door.key)
        nothing = nowhere()
        about_ours = await call(theirs, operation, key, only_ours)
        assert not any(text in without(about_ours.text, ours.names) for text in ours.told), operation.id
        assert await ours.fingerprint(superuser) == before, operation.id
        if not operation.names_something:
            continue
        about_nothing = await call(theirs, operation, key, nothing)
        assert (about_ours.status_code, without(about_ours.text, ours.names)) == (
            about_nothing.status_code,
            without(about_nothing.text, nothing),
        ), operation.id
        if about_ours.status_code >= 400:
            assert is_problem(about_ours, about_ours.status_code), operation.id
        if operation.named:
            assert about_ours.status_code == 404, (operation.id, about_ours.text)
        compared.add(operation.id)
    assert len(compared) > 25


def _nameable(premises: Premises) -> dict[str, str]:
    return {name: value for name, value in premises.names.items() if name != "tenant"}


async def test_webhooks_open_for_their_own_tenants_proof_alone(
    ours: Premises, theirs: Premises, superuser: asyncpg.Connection
) -> None:
    before = await ours.settled(superuser)
    http, strange = ours.door.http, nowhere()["tenant"]
    refused = [
        await http.post(address, json=ours.door.event(), headers={"Authorization": f"Bearer {token}"})
        for address in (ours.door.address, f"/api/webhooks/{strange}/lexoffice")
        for token in ("", "x", theirs.door.token, theirs.door.key)
    ] + [
        await http.post(f"/api/webhooks/{slug}/stripe", json={"id": "evt_1", "type": "x"})
        for slug in (ours.door.tenant.slug, strange)
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert len({answer.text for answer in refused}) == 1
    assert all(is_problem(answer, 401) for answer in refused)
    assert await ours.fingerprint(superuser) == before


async def test_what_is_open_says_nothing_of_any_tenant(guarded: Started, ours: Premises) -> None:
    for operation in described(guarded[0]):
        if operation.id in OPEN:
            answer = await ours.door.http.request(operation.method, operation.path)
            assert answer.status_code in (200, 503), operation.id
            assert not any(text in answer.text for text in (*ours.told, ours.door.tenant.slug)), operation.id


async def test_a_change_of_one_row_is_seen(guarded: Started, superuser: asyncpg.Connection) -> None:
    """The measure itself: what these tests call unchanged would show a change."""
    own = await premises(guarded)
    before = await own.settled(superuser)
    await call(own, next(one for one in of_keys(guarded[0]) if one.id == "change_tenant"), own.door.key)
    changed = {name for name, mark in (await own.fingerprint(superuser)).items() if before[name] != mark}
    assert {"tenants", "audit_entries"} <= changed
