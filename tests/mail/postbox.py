"""A real SMTP server in this process, and what it has taken."""

import asyncio
import email
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "partnerdesk", "geheimes Wort"


@dataclass
class Taken:
    """One mail as the server took it: its envelope, and what it says."""

    to: list[str]
    sender: str
    encrypted: bool
    user: str | None
    message: EmailMessage
    raw: bytes

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())


@dataclass
class Postbox:
    port: int = 0
    mails: list[Taken] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    """What a recipient's next mails are answered, in this order, once the server has read them."""
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """Recipients whose mails are not answered until the event is set."""
    losing: set[str] = field(default_factory=set)
    """Recipients whose next mail is taken, and the answer to it lost."""

    def of(self, address: str) -> list[Taken]:
        return [mail for mail in self.mails if address in mail.to]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "unbekannt" in address:
            return "550 5.1.1 nobody here by that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        to = list(envelope.rcpt_tos)
        if to[0] in self.held:
            await self.held[to[0]].wait()
        if waiting := self.answers.get(to[0]):
            return waiting.pop(0)
        raw = envelope.content
        assert isinstance(raw, bytes)
        message = email.message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        auth: Any = session.auth_data
        self.mails.append(
            Taken(
                to=to,
                sender=envelope.mail_from or "",
                encrypted=session.ssl is not None,
                user=auth.login.decode() if auth else None,
                message=message,
                raw=raw,
            )
        )
        if to[0] in self.losing:
            self.losing.discard(to[0])
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 taken"


@asynccontextmanager
async def open_postbox(
    *, certificate: ssl.SSLContext | None = None, implicit_tls: bool = False, password_needed: bool = False
) -> AsyncIterator[Postbox]:
    """With a certificate the server offers STARTTLS and insists on it, or speaks TLS from the first byte."""
    box = Postbox()
    loop = asyncio.get_running_loop()
    upgrade = None if implicit_tls else certificate

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            # It knows no TLS that was there before the first byte, and warns of passwords without any.
            warnings.simplefilter("ignore")
            return SMTP(
                box,
                hostname="postbox",
                loop=loop,
                tls_context=upgrade,
                require_starttls=upgrade is not None,
                auth_required=password_needed,
                auth_require_tls=not implicit_tls,
                authenticator=_knows if password_needed else None,
            )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=certificate if implicit_tls else None)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, shown: Any) -> AuthResult:
    right = isinstance(shown, LoginPassword) and (shown.login, shown.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, auth_data=shown if right else None, handled=False)
