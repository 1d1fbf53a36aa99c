"""Passwords: argon2id, the same work whether the account exists or not, and which ones are refused."""

import asyncio
import hmac
import re
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ledger.refusals import NotAcceptable

SHORTEST = 12
LONGEST = 128
_FEWEST_DIFFERENT = 6
_MOST_ADDED = 10
"""Digits and signs that make no other password of a common word."""
_KEYBOARD = (
    *("abcdefghijklmnopqrstuvwxyz", "qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "azertyuiop"),
    *(
        "qayxswedcvfrtgbnhzujmkiolp",
        "qazxswedcvfrtgbnhyujmkiolp",
        "qazwsxedcrfvtgbyhnujmikolp",
        "qaywsxedcrfvtgbzhnujmikolp",
    ),
    "01234567890123456789",
)
_WRITTEN_ALIKE = str.maketrans("@4310$57!", "aaeiosst" + "i")

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
    """Nothing, if the password may be used.

    Raises NotAcceptable, saying why (ASVS 6.2: length over composition, nothing about oneself).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise NotAcceptable("password_length", least=SHORTEST, most=LONGEST)
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise NotAcceptable("password_uniform")
    told = {part for part in (email.lower(), email.partition("@")[0].lower(), "partnerdesk") if len(part) > 3}
    if any(part in password.lower() for part in told):
        raise NotAcceptable("password_guessable")
    if _is_common(password):
        raise NotAcceptable("password_common")


def same(one: str, other: str) -> bool:
    """Whether both texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _is_common(password: str) -> bool:
    """Whether it is on the list, or is a word of the list with what is always added to one: digits, signs, capitals,
    itself once more, letters written as digits."""
    plain = unicodedata.normalize("NFKC", password).lower()
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    if not bare or plain in _common():
        return True  # of digits and signs alone: a number that is somewhere written down, or counts
    for word in {bare, bare.translate(_WRITTEN_ALIKE), re.sub(r"[\W\d_]+$", "", plain).translate(_WRITTEN_ALIKE)}:
        letters = "".join(one for one in word if one.isalpha())
        once = _once(letters)
        if len(plain) - len(letters) <= _MOST_ADDED and (once in _common() or _is_walked(once)):
            return True
    return _is_walked("".join(one for one in plain if one.isalnum()))


def _once(text: str) -> str:
    """What the text repeats: `love` of `lovelovelove`."""
    size = (text + text).find(text, 1) if text else 0
    return text[:size]


def _is_walked(text: str) -> bool:
    """Whether the whole is neighbours on a keyboard, in the alphabet or in counting, in runs of three and more."""
    ways = [way for row in _KEYBOARD for way in (row, row[::-1])]
    while text:
        longest = max((size for size in range(3, len(text) + 1) if any(text[:size] in way for way in ways)), default=0)
        if text[0] * 3 == text[:3]:
            longest = max(longest, len(text) - len(text.lstrip(text[0])))
        if longest == 0:
            return False
        text = text[longest:]
    return True


@cache
def _common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _verified(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
