"""How a finished mail leaves: through an SMTP server, or into a folder.

Exactly once is impossible with SMTP: after the server has taken a mail, its answer may be lost. So a mail is sent at
least once, and the Message-ID is the same each time: receivers show the second one as the same mail, or not at all.
"""

import asyncio
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

import aiosmtplib

_PATIENCE_S = 30.0
# The server knows us no more, or asks for more than we show: a matter of settings, not of this mail.
_ABOUT_US = frozenset({530, 534, 535, 538})


class NotSent(Exception):
    """`code` is the server's, 0 without one. `final`: this recipient or mail is refused, and will be next time."""

    def __init__(self, code: int, *, final: bool) -> None:
        super().__init__(f"SMTP {code}" if code else "SMTP server away")
        self.code = code
        self.final = final


class Post(Protocol):
    sender: str

    async def send(self, message: EmailMessage, to: str) -> None:
        """Hand a message over to the mail server. Raises NotSent."""


class SmtpPost:
    def __init__(
        self, host: str, port: int, *, sender: str, security: str, user: str | None, password: str | None
    ) -> None:
        self.sender = sender
        self._host = host
        self._port = port
        self._security = security
        self._user = user
        self._password = password

    async def send(self, message: EmailMessage, to: str) -> None:
        try:
            await aiosmtplib.send(
                message,
                sender=self.sender,
                recipients=[to],
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._security == "tls",
                start_tls=self._security == "starttls",
                tls_context=None if self._security == "none" else ssl.create_default_context(),
                timeout=_PATIENCE_S,
            )
        # The library's words repeat addresses and the server's text: only the code goes on.
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code = refused.recipients[0].code if refused.recipients else 0
            raise NotSent(code, final=code // 100 == 5) from None
        except aiosmtplib.SMTPSenderRefused as refused:
            raise NotSent(refused.code, final=False) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise NotSent(refused.code, final=refused.code // 100 == 5 and refused.code not in _ABOUT_US) from None
        except (aiosmtplib.SMTPException, OSError):
            raise NotSent(0, final=False) from None


class FolderPost:
    """For `script/dev`: one file a mail, named after its Message-ID, so that a second sending is the same file."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self.sender = sender
        self._folder = folder

    async def send(self, message: EmailMessage, to: str) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        file = self._folder / f"{name}.eml"
        file.touch(mode=0o600)
        file.write_bytes(message.as_bytes(policy=SMTP))
