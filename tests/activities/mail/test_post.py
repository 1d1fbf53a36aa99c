"""Mail leaves through a real SMTP server, encrypted and logged in where that is set, or into a folder."""

import asyncio
import datetime as dt
import email
import ipaddress
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from activities.mail.post import FolderPost, NotSent, SmtpPost
from engine.outside import post_of
from settings import Settings
from tests.fixtures.postbox import PASSWORD, USER, Postbox, open_postbox

SENDER = "partnerdesk@example.com"


def letter(subject: str = "Größe „é“", id: str = "1") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = SENDER, "a@x.example", subject, f"<{id}@x>"
    made.set_content("Guten Tag, € 𝄞\n")
    return made


def post(box: Postbox, *, security: str = "none", user: str | None = None, password: str | None = None) -> SmtpPost:
    return SmtpPost("127.0.0.1", box.port, sender=SENDER, security=security, user=user, password=password)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1, and a server's context with it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "postbox")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return folder / "certificate.pem", context


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    async with open_postbox() as opened:
        yield opened


async def test_a_mail_arrives_as_it_was_written(box: Postbox) -> None:
    await post(box).send(letter(), "a@x.example")
    [mail] = box.mails
    assert (mail.to, mail.sender, mail.encrypted) == (["a@x.example"], SENDER, False)
    assert (mail.message["Subject"], mail.text.split()) == ("Größe „é“", ["Guten", "Tag,", "€", "𝄞"])


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_it_is_encrypted_to_a_server_with_a_known_certificate_and_then_logs_in(
    identity: tuple[Path, ssl.SSLContext], security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = identity
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    implicit = security == "tls"
    async with open_postbox(certificate=context, implicit_tls=implicit, password_needed=True) as box:
        await post(box, security=security, user=USER, password=PASSWORD).send(letter(), "a@x.example")
        assert [(mail.encrypted or implicit, mail.user) for mail in box.mails] == [(True, USER)]
        with pytest.raises(NotSent) as refused:
            await post(box, security=security, user=USER, password="falsch").send(letter(), "a@x.example")
        # A wrong password is a matter of settings: the mail waits.
        assert (refused.value.code, refused.value.final) == (535, False)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_nothing_is_said_to_a_server_with_an_unknown_certificate(
    identity: tuple[Path, ssl.SSLContext], security: str
) -> None:
    async with open_postbox(certificate=identity[1], implicit_tls=security == "tls") as box:
        with pytest.raises(NotSent) as refused:
            await post(box, security=security).send(letter(), "a@x.example")
        assert (refused.value.final, box.mails) == (False, [])


async def test_a_server_that_offers_no_encryption_gets_no_mail(box: Postbox) -> None:
    with pytest.raises(NotSent) as refused:
        await post(box, security="starttls").send(letter(), "a@x.example")
    assert (refused.value.final, box.mails) == (False, [])


@pytest.mark.parametrize(
    ("answer", "final"),
    [("550 5.7.1 not wanted", True), ("554 no", True), ("451 later", False), ("421 going down", False)],
)
async def test_a_refusal_for_ever_and_one_for_now_are_told_apart(box: Postbox, answer: str, final: bool) -> None:
    box.answers["a@x.example"] = [answer]
    with pytest.raises(NotSent) as refused:
        await post(box).send(letter(), "a@x.example")
    assert (refused.value.code, refused.value.final) == (int(answer[:3]), final)


async def test_an_unknown_recipient_is_final_and_the_error_repeats_no_address(box: Postbox) -> None:
    with pytest.raises(NotSent) as refused:
        await post(box).send(letter(), "unbekannt@x.example")
    assert (refused.value.final, str(refused.value)) == (True, "SMTP 550")


async def test_a_server_that_is_away_is_tried_again(box: Postbox) -> None:
    gone = SmtpPost("127.0.0.1", 1, sender=SENDER, security="none", user=None, password=None)
    with pytest.raises(NotSent) as refused:
        await gone.send(letter(), "a@x.example")
    assert (refused.value.code, refused.value.final) == (0, False)


async def test_into_a_folder_a_second_sending_is_the_same_file(tmp_path: Path) -> None:
    into = FolderPost(tmp_path / "mail", sender=SENDER)
    await into.send(letter(id="one"), "a@x.example")
    await into.send(letter(id="one"), "a@x.example")
    await into.send(letter(id="two"), "a@x.example")
    files = await asyncio.to_thread(lambda: sorted((tmp_path / "mail").iterdir()))
    assert [file.name for file in files] == ["one.eml", "two.eml"]
    assert files[0].stat().st_mode & 0o077 == 0
    read = email.message_from_bytes(files[0].read_bytes(), policy=default)
    assert read["Subject"] == "Größe „é“"


def settings(**members: Any) -> Settings:
    key = "Z" * 43 + "="
    return Settings(database_url="postgresql://x", secret_key=key, **members)


@pytest.mark.parametrize(
    "members",
    [
        {"smtp_host": "mail.example"},
        {"smtp_host": "mail.example", "mail_sender": "a@x.example\nBcc: b@x.example"},
        {"smtp_host": "mail.example", "mail_sender": "a@x.example", "smtp_user": "u"},
        {
            "smtp_host": "mail.example",
            "mail_sender": "a@x.example",
            "smtp_user": "u",
            "smtp_password": "p",
            "smtp_security": "none",
        },
    ],
)
def test_settings_that_cannot_work_or_would_tell_the_password_are_refused(members: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(**members)


def test_without_server_and_folder_no_mail_is_sent(tmp_path: Path) -> None:
    assert (post_of(settings()), settings().sends_mail) == (None, False)
    assert isinstance(post_of(settings(mail_folder=tmp_path)), FolderPost)
    assert isinstance(post_of(settings(smtp_host="mail.example", mail_sender=SENDER)), SmtpPost)
