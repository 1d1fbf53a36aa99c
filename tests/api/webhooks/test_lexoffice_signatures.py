"""Tokens and signatures: what opens the door of notifications."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.connections import connecting, webhook_tokens
from settings import Settings
from tests.fixtures.door import Door, new_door, running


async def test_a_token_of_a_subscription_opens_to_signed_bodies_only(connected: Door) -> None:
    parts = connected.parts
    async with parts.ledger.transaction(connected.tenant) as tx:
        token = await webhook_tokens.create(
            tx, parts.vault, use=webhook_tokens.TokenUse(kind="subscription"), actor="test"
        )
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    unsigned = await connected.http.post(connected.address, json=connected.event(), headers=headers)
    assert unsigned.status_code == 401


async def test_a_wrong_signature_is_401_with_the_right_token(connected: Door) -> None:
    answer = await connected.notify(connected.event(), **{"X-Lxo-Signature": "QUJD"})
    assert answer.status_code == 401


async def test_without_the_public_key_the_token_decides_unless_signatures_are_required(
    product_settings: Settings, engine_address: object, unused_tcp_port: int
) -> None:
    without_key = product_settings.model_copy(
        update={"lexoffice_public_key_url": f"http://127.0.0.1:{unused_tcp_port}/key"}
    )
    async with running(without_key) as started:
        door = await new_door(started)
        signed = {"X-Lxo-Signature": "QUJD"}
        assert (await door.notify(door.event(), **signed)).json()["status"] == "skipped"
        async with door.parts.ledger.transaction(door.tenant) as tx:
            await connecting.change_lexoffice(tx, requires_signature=True, actor="test")
        door.parts.webhook_tokens.forget()
        answer = await door.notify(door.event(), **signed)
        assert (answer.status_code, answer.json()["code"]) == (503, "signature_not_checkable")
        assert "retry-after" in answer.headers


async def test_a_revoked_or_expired_token_opens_nothing(connected: Door) -> None:
    await connected.rows("UPDATE webhook_tokens SET expires_at = now() - interval '1 s'")
    connected.parts.webhook_tokens.forget()
    assert (await connected.notify(connected.event())).status_code == 401


@pytest.fixture(scope="session")
def signer() -> rsa.RSAPrivateKey:
    """Stands for lexoffice's own key, whose private half the sandbox keeps to itself."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


async def test_a_signed_body_opens_where_signatures_are_required(
    product_settings: Settings, engine_address: object, signer: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "public_key.pub"
    file.write_bytes(signer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with_file = product_settings.model_copy(update={"lexoffice_public_key_file": file})
    async with running(with_file) as started:
        door = await new_door(started)
        async with door.parts.ledger.transaction(door.tenant) as tx:
            await connecting.change_lexoffice(tx, requires_signature=True, actor="test")
        body = json.dumps(door.event(), separators=(",", ":")).encode()
        signature = base64.b64encode(signer.sign(body, PKCS1v15(), SHA512())).decode()
        assert (await door.notify(body)).status_code == 401
        assert (await door.notify(body + b" ", **{"X-Lxo-Signature": signature})).status_code == 200
        other = json.dumps(door.event()).encode()
        assert (await door.notify(other, **{"X-Lxo-Signature": signature})).status_code == 401
        (row,) = await door.rows("SELECT signed FROM events")
        assert row["signed"] is True
