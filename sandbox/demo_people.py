"""The demo's people, with a login each: an admin, an approver as the second pair of eyes, and one of the platform's
operations, who sees every tenant and the Temporal UI and decides nothing.

They come in through the doors that everybody uses: a one-time link, a password, a second factor. Nothing in the product
is switched off for them. Their passwords and the secrets of their second factors are kept in `demo-people.json`
(mode 0600), because this machine is their phone as well: `script/dev --code` shows what the phone would show.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import struct
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from sandbox.demo_doors import ANSWER_S, DoorClosed, answer_of
from sandbox.demo_office import Office
from sandbox.kept_files import keep
from sandbox.stack import StackAddresses

_OPERATIONS = "platform"
_SHOWN_ROLE = {_OPERATIONS: "operator"}
USUAL_STATE = Path(__file__).resolve().parent.parent / ".partnerdesk"
"""Where script/dev keeps it unless told otherwise."""
_WHO = (
    ("admin@demo.example", "Alex Admin", "admin"),
    ("freigabe@demo.example", "Fritzi Freigabe", "approver"),
    ("betrieb@demo.example", "Bo Betrieb", _OPERATIONS),
)
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")
_PERIOD_S = 30


@dataclass(frozen=True)
class DemoPerson:
    email: str
    role: str
    password: str
    totp_secret: str

    def code(self, at: float | None = None) -> str:
        """What an authenticator app would show (RFC 6238: SHA-1, 6 digits, 30 s)."""
        step = struct.pack(">Q", int(time.time() if at is None else at) // _PERIOD_S)
        digest = hmac.new(base64.b32decode(self.totp_secret), step, hashlib.sha1).digest()
        place = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def kept_people(state: Path) -> list[DemoPerson]:
    """Those of an earlier start; none where there was none."""
    try:
        return [DemoPerson(**one) for one in json.loads(_file(state).read_text())]
    except (OSError, ValueError, TypeError):
        return []


async def let_in(addresses: StackAddresses, office: Office) -> list[DemoPerson]:
    """The people of the demo, made at the first start. Raises DoorClosed."""
    kept = {person.email: person for person in kept_people(addresses.state)}
    people = []
    for email, name, role in _WHO:
        known = kept.get(email)
        if known is None or not await _can_log_in(addresses, known):
            known = await _take_up(addresses, office, email, name, role)
        people.append(known)
    keep(_file(addresses.state), json.dumps([asdict(person) for person in people], indent=2) + "\n")
    return people


def told(addresses: StackAddresses, people: Sequence[DemoPerson]) -> str:
    """Where to log in, and as whom."""
    width = max(len(person.password) for person in people)
    state = "" if addresses.state == USUAL_STATE else f" --state {addresses.state}"
    return "\n".join(
        [
            f"  Open {addresses.api_url}/admin and log in:",
            "",
            f"    {'e-mail':<22} {'password':<{width}}  role      key for an authenticator app",
            *(
                f"    {person.email:<22} {person.password:<{width}}  {_SHOWN_ROLE.get(person.role, person.role):<9} "
                f"{person.totp_secret}"
                for person in people
            ),
            "",
            f"  Each is asked for a second factor. Without an app:  script/dev --code{state}",
        ]
    )


def codes(people: Sequence[DemoPerson]) -> str:
    left = _PERIOD_S - int(time.time()) % _PERIOD_S
    lines = [f"{person.email:<22} {person.code()}" for person in people]
    return "\n".join([*lines, f"Good for {left} s and half a minute more; each code works once."])


async def _take_up(addresses: StackAddresses, office: Office, email: str, name: str, role: str) -> DemoPerson:
    rights = ["--platform-admin"] if role == _OPERATIONS else ["--tenant", office.slug, "--role", role]
    status, output = await office.partnerdesk("user", "create", "--email", email, "--name", name, *rights, "--json")
    if status != 0 or not json.loads(output)["link"]:
        # There is an account whose password nobody has kept.
        status, output = await office.partnerdesk("user", "reset", "--email", email, "--second-factor", "--json")
    if status != 0:
        raise DoorClosed(f"partnerdesk user: {output}")
    password = "-".join(secrets.choice(_WORDS) for _ in range(4)) + f"-{secrets.randbelow(900) + 100}"
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False, base_url=addresses.api_url) as browser:
        link = json.loads(output)["link"]
        await _send(browser, link, {"new": password, "repeated": password})
        await _send(browser, "/login", {"email": email, "password": password})
        page = (await answer_of(lambda: browser.get("/second-factor"))).text
        found = _SECRET.search(page)
        if found is None:
            raise DoorClosed("The page of the second factor shows no secret.")
        person = DemoPerson(email=email, role=role, password=password, totp_secret=found[1])
        await _send(browser, "/second-factor", {"code": person.code()})
    return person


async def _can_log_in(addresses: StackAddresses, person: DemoPerson) -> bool:
    async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False, base_url=addresses.api_url) as browser:
        try:
            await _send(browser, "/login", {"email": person.email, "password": person.password})
        except DoorClosed:
            return False
        return True


async def _send(browser: httpx.AsyncClient, address: str, form: dict[str, str]) -> None:
    """Fill in the form that is shown there, as a browser does. Raises DoorClosed when it is not taken."""

    async def fill_in() -> httpx.Response:
        shown = _TOKEN.search((await browser.get(address)).text)
        return await browser.post(address, data={"csrf": shown[1] if shown else "", **form})

    answer = await answer_of(fill_in)
    if answer.status_code != 303:
        raise DoorClosed(f"{httpx.URL(address).path.partition('/reset/')[0] or '/reset'}: {answer.status_code}")


def _file(state: Path) -> Path:
    return state / "demo-people.json"


_WORDS = (
    "Ahorn", "Birke", "Distel", "Eiche", "Farn", "Ginster", "Hafer", "Iris", "Klee", "Linde", "Mohn", "Nelke",
    "Primel", "Quitte", "Raps", "Salbei", "Tanne", "Ulme", "Veilchen", "Weide", "Zeder", "Kiefer", "Lavendel",
    "Malve", "Aster", "Buche", "Dill", "Erle", "Flieder", "Hopfen", "Kamille", "Minze",
)  # fmt: skip
