"""Passwords: argon2id, the same work whether the account exists or not, and which ones are refused."""

import asyncio
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ledger.refusals import NotAcceptable

SHORTEST = 12
LONGEST = 128
_FEWEST_DIFFERENT = 6

# argon2id with OWASP's first choice, 19 MiB and 2 passes: a flood of logins must not take the machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Hashing waits for hashing, and for nothing else: four at a time.
_WORKERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="passwords")


async def hashed(password: str) -> str:
    """The argon2id hash to store; computed in a thread of its own pool, as it takes a noticeable part of a second."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """With nothing stored the work is done all the same, so that time tells nothing about who has an account."""
    right = await asyncio.get_running_loop().run_in_executor(_WORKERS, _verified, stored, password[: LONGEST + 1])
    return right and stored is not None


def needs_new_hash(stored: str) -> bool:
    """Whether the stored hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def refuse_weak(password: str, *, email: str) -> None:
    """Raises NotAcceptable, saying why (ASVS 6.2: length over composition, nothing about oneself)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise NotAcceptable("password_length", least=SHORTEST, most=LONGEST)
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise NotAcceptable("password_uniform")
    told = {part for part in (email.lower(), email.partition("@")[0].lower(), "partnerdesk") if len(part) > 3}
    if any(part in password.lower() for part in told):
        raise NotAcceptable("password_guessable")


def same(one: str, other: str) -> bool:
    """Whether both texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _verified(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
