"""What a tenant may have us call: the public internet, and nothing that lies behind our own walls."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from activities.events_out.addresses import NAMES_AT_ONCE, AddressRefused, Names, resolve
from activities.events_out.posting import LARGEST_ANSWER, EndpointCaller
from sandbox.webhook_receiver import Receiver, receiving

HEADERS = {"webhook-id": "evt_1"}


def identity(folder: Path, *names: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate of these names, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "endpoint")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return folder / "certificate.pem", server


@pytest.fixture
def names() -> Iterator[Names]:
    names = Names()
    yield names
    names.close()


@pytest.fixture
def caller() -> Iterator[EndpointCaller]:
    caller = EndpointCaller(loopback=True, in_all_seconds=2.0)
    yield caller
    caller.close()


@pytest.fixture
async def listening() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1.2.3",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.0.8",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%lo",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:192.0.0.192",
        "::ffff:0:a00:1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:a00:1::",
        "2001:0:a00:1::",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "100::1",
        "localhost",
    ],
)
async def test_nothing_inside_is_called(host: str, names: Names) -> None:
    with pytest.raises(AddressRefused):
        await resolve(host, names=names)


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
async def test_the_public_internet_is_called(host: str, names: Names) -> None:
    assert await resolve(host, names=names)


async def test_one_inside_address_among_others_is_enough_to_refuse(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with pytest.raises(AddressRefused, match="address_not_public"):
        await resolve("two.example", names=names)


async def test_a_name_is_resolved_once_and_called_under_its_own_name(
    caller: EndpointCaller, listening: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    found = socket.getaddrinfo

    def rebinding(host: str, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return found("127.0.0.1" if asked.count(host) == 1 else "10.0.0.1", *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = listening.url.partition("127.0.0.1:")[2]
    attempt = await caller.post(f"http://hooks.example:{port}", b"{}", HEADERS)
    assert (attempt.status, attempt.failure) == (204, None)
    assert asked.count("hooks.example") == 1
    assert listening.calls[0].headers["host"] == f"hooks.example:{port.partition('/')[0]}"


async def test_a_name_in_punycode_is_asked_for_as_it_is_written(
    caller: EndpointCaller, listening: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoded, and encoded by the rules of 2003, it would be strasse.de, whose owner is somebody else."""
    asked: list[str] = []
    found = socket.getaddrinfo

    def noted(host: str, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return found("127.0.0.1", *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    port = listening.url.partition("127.0.0.1:")[2]
    assert (await caller.post(f"http://xn--strae-oqa.de:{port}", b"{}", HEADERS)).failure is None
    assert "xn--strae-oqa.de" in asked
    assert not any("ß" in host for host in asked)


@pytest.mark.parametrize(
    ("name", "failure"), [("hooks.example", None), ("xn--strae-oqa.de", None), ("other.example", "not_connected")]
)
async def test_the_certificate_has_to_be_that_of_the_name(
    name: str, failure: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to an address, and what is asked for by TLS is the endpoint's name."""
    known, server = identity(tmp_path, "hooks.example", "xn--strae-oqa.de")
    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **more: found("127.0.0.1", *args, **more))
    caller = EndpointCaller(loopback=True, in_all_seconds=5.0, trust=ssl.create_default_context(cafile=str(known)))
    async with receiving(tls=server) as receiver:
        attempt = await caller.post(receiver.url.replace("127.0.0.1", name), b"{}", HEADERS)
    caller.close()
    assert (attempt.failure, len(receiver.taken)) == (failure, 0 if failure else 1)


async def test_a_name_without_an_answer_holds_up_nobody_else_however_often_it_is_called(
    listening: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, asked, answered = socket.getaddrinfo, [], threading.Event()

    def slow(host: str, *args: Any, **more: Any) -> Any:
        if host != "slow.example":
            return found(host, *args, **more)
        asked.append(host)
        answered.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    impatient = EndpointCaller(loopback=True, in_all_seconds=0.1)
    try:
        calls = [impatient.post("http://slow.example/hooks", b"{}", HEADERS) for _ in range(2 * NAMES_AT_ONCE)]
        failures = {attempt.failure for attempt in await asyncio.gather(*calls)}
        patient = EndpointCaller(loopback=True, in_all_seconds=30.0)
        patient._names = impatient._names
        attempt = await patient.post(listening.url.replace("127.0.0.1", "localhost"), b"{}", HEADERS)
    finally:
        answered.set()
        impatient.close()
    assert (failures, attempt.failure) == ({"no_answer_in_time"}, None)
    assert asked == ["slow.example"], "it holds one thread"


async def test_a_redirect_is_not_followed(caller: EndpointCaller, listening: Receiver) -> None:
    listening.answering = lambda call: (
        f"HTTP/1.1 307 -\r\nLocation: {listening.url}/elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    attempt = await caller.post(listening.url, b"{}", HEADERS)
    assert (attempt.status, attempt.failure, len(listening.calls)) == (307, "status_not_2xx", 1)


async def test_an_answer_is_bounded_in_length(caller: EndpointCaller, listening: Receiver) -> None:
    endless = "x" * (4 * LARGEST_ANSWER)
    listening.answering = lambda call: f"HTTP/1.1 200 -\r\nContent-Length: 999999999\r\n\r\n{endless}"
    attempt = await caller.post(listening.url, b"{}", HEADERS)
    assert (attempt.failure, len(attempt.answer or "")) == (None, 1000)


async def test_an_answer_is_bounded_in_time(listening: Receiver) -> None:
    caller = EndpointCaller(loopback=True, in_all_seconds=0.2)
    listening.answering = lambda call: None
    attempt = await caller.post(listening.url, b"{}", HEADERS)
    assert (attempt.status, attempt.failure) == (None, "no_answer_in_time")
    caller.close()


async def test_this_machine_is_called_by_a_setting_only(listening: Receiver) -> None:
    caller = EndpointCaller()
    attempt = await caller.post(listening.url, b"{}", HEADERS)
    assert (attempt.failure, listening.calls) == ("address_not_public", [])
    caller.close()
