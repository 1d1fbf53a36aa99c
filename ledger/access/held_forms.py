"""A form that came too late for its second factor: kept, and carried out once the code was right.

Encrypted, since forms hold keys and IBANs; bound to the session and the tenant it was sent in; used once, and for ten
minutes. A session holds one: the newest.
"""

import secrets
from datetime import timedelta

from pydantic import SecretStr, ValidationError

from ledger.access.sessions import Person
from ledger.database import Ledger
from ledger.types import Frozen, TenantId
from ledger.vault import CannotDecrypt, Vault

_HELD_FOR = timedelta(minutes=10)


class HeldForm(Frozen):
    """`address` is path and query of the door that it was sent to."""

    address: str
    fields: dict[str, str]
    tenant: TenantId | None


async def hold(ledger: Ledger, vault: Vault, person: Person, address: str, fields: dict[str, str]) -> SecretStr:
    """Keep it in place of one that the session held before. Returns the token that takes it out again."""
    token = secrets.token_urlsafe(32)
    held = HeldForm(address=address, fields=fields, tenant=_tenant_of(person))
    async with ledger.of_person(person.user_id) as tx:
        await tx.execute(
            """
            UPDATE sessions SET held_form_encrypted = $2, held_form_hmac = $3, held_form_until = now() + $4
             WHERE id = $1
            """,
            person.session_id,
            vault.encrypt(held.model_dump_json()),
            vault.recognise(token),
            _HELD_FOR,
        )
    return SecretStr(token)


async def held_for(ledger: Ledger, vault: Vault, person: Person, token: str) -> HeldForm | None:
    """What this session holds under the token, left where it is. None for what is unknown, used or too old."""
    async with ledger.of_person(person.user_id) as tx:
        stored = await tx.fetchval(
            """
            SELECT held_form_encrypted FROM sessions
             WHERE id = $1 AND held_form_hmac = ANY ($2) AND held_form_until > now()
            """,
            person.session_id,
            vault.recognise_under_all_keys(token),
        )
    return None if stored is None else _read(vault, person, stored)


async def take(ledger: Ledger, vault: Vault, person: Person, token: str, *, address: str) -> HeldForm | None:
    """Once, at the door that it was sent to, in the tenant that it was sent in. None for anything else."""
    async with ledger.of_person(person.user_id) as tx:
        # The row lock lets two that come with the same token follow each other: the second finds nothing.
        stored = await tx.fetchval(
            """
            SELECT held_form_encrypted FROM sessions
             WHERE id = $1 AND held_form_hmac = ANY ($2) AND held_form_until > now() FOR UPDATE
            """,
            person.session_id,
            vault.recognise_under_all_keys(token),
        )
        if stored is None:
            return None
        await tx.execute(
            """
            UPDATE sessions SET held_form_encrypted = NULL, held_form_hmac = NULL, held_form_until = NULL
             WHERE id = $1
            """,
            person.session_id,
        )
    held = _read(vault, person, stored)
    return held if held is not None and held.address == address else None


def _read(vault: Vault, person: Person, stored: bytes) -> HeldForm | None:
    try:
        held = HeldForm.model_validate_json(vault.decrypt(stored))
    except (CannotDecrypt, ValidationError):
        return None
    return held if held.tenant == _tenant_of(person) else None


def _tenant_of(person: Person) -> TenantId | None:
    return None if person.tenant is None else person.tenant.id
