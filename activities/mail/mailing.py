"""Sending one mail, and writing the day's. Histories hold ids and kinds; addresses and words stay here."""

import re
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.mail import letter_facts
from activities.mail.letter import Attachment, message, reachable, written
from activities.mail.post import NotSent, Post
from activities.models import MailInput
from ledger import clock, idempotency, months
from ledger.access import memberships, tenants, users
from ledger.database import Connection, Ledger, TenantTransaction
from ledger.documents import papers
from ledger.documents.own import delivery, issuing
from ledger.documents.own.issuing import file_name
from ledger.mail import outbox
from ledger.mail.mail_kinds import MailKind
from ledger.mail.outbox import Mail
from ledger.privacy import retention
from ledger.refusals import NotFound
from ledger.reports import quarter_statements
from ledger.types import BERLIN, UserId
from ledger.vault import Vault

_GERMAN = "de"
_ANSWERS_AT_ONCE = 5_000
_BATCHES = 50
"""Of each tenant and day: more waits for the next day."""
log = structlog.get_logger("mail")


class MailActivities:
    def __init__(self, ledger: Ledger, vault: Vault, post: Post | None, *, public_url: str) -> None:
        self._ledger = ledger
        self._vault = vault
        self._post = post
        self._public_url = public_url

    @activity.defn
    async def send_mail(self, to: MailInput) -> str:
        """One word: how it ended. A mail that the server may have taken is sent again, under the same Message-ID."""
        if self._post is None:
            raise ApplicationError("no mail server is set", type="NoMailServer")
        mail = await self._taken(to)
        if mail is None:
            return "ended before"
        addressed = await self._addressed(to, mail)
        if addressed is None:
            return await self._end(to, "no_address")
        address, language = addressed
        facts = await self._facts(to, mail, address)
        if facts is None:
            return await self._end(to, "over" if mail.kind in _LINKS else "idle")
        attached = await self._attached(to, mail, facts)
        facts |= {"attached": bool(attached)} if mail.kind is MailKind.PARTNER_DOCUMENT else {}
        said = written(
            mail.kind,
            language,
            facts,
            public_url=self._public_url,
            outside=mail.partner_id is not None,
            also="en" if facts.get("in_english_too") else None,
        )
        letter = message(
            said, sender=self._post.sender, to=address, id=str(mail.id), at=mail.taken_at, attachments=attached
        )
        try:
            await self._post.send(letter, address)
        except NotSent as failure:
            if failure.final:
                log.warning("mail refused", kind=mail.kind, code=failure.code)
                return await self._end(to, "refused")
            raise ApplicationError(str(failure), type="NotSent") from None
        return await self._end(to, "sent")

    @activity.defn
    async def give_up_mail(self, to: MailInput) -> str:
        """It could not be sent for days: who still cares has seen the page by now."""
        return await self._end(to, "given_up")

    @activity.defn
    async def write_daily_mails(self, at: datetime) -> int:
        """The mails of this day, over all tenants, into the outbox; and what is too old to matter is forgotten."""
        await self._forget_old()
        if self._post is None:
            return 0
        day: date = at.astimezone(BERLIN).date()
        wrote = 0
        for tenant in await tenants.list_all(self._ledger):
            activity.heartbeat()
            async with self._ledger.transaction(tenant, cause="daily mail") as tx:
                wrote += await outbox.write_daily(tx, day)
                wrote += await quarter_statements.write_due(tx, day)
        return wrote

    async def _forget_old(self) -> None:
        await outbox.forget_old(self._ledger)
        while await idempotency.forget_old(self._ledger, at_most=_ANSWERS_AT_ONCE) == _ANSWERS_AT_ONCE:
            activity.heartbeat()
        for table in await months.keep(self._ledger):
            if table.made or table.dropped or table.waits:
                log.info("months kept", table=table.name, made=table.made, dropped=table.dropped, waits=table.waits)
        today = clock.today()
        for tenant in await tenants.list_all(self._ledger):
            async with self._ledger.transaction(tenant, cause="delivery") as tx:
                await delivery.settle(tx, today=today)
            for _ in range(_BATCHES):
                activity.heartbeat()
                async with self._ledger.transaction(tenant, cause="retention") as tx:
                    if not await retention.forget(tx, today=today):
                        break

    async def _taken(self, to: MailInput) -> Mail | None:
        async with self._entered(to) as db:
            return await outbox.take(db, self._vault, to.mail)

    async def _end(self, to: MailInput, outcome: str) -> str:
        async with self._entered(to) as db:
            about = await outbox.end(db, to.mail, outcome)
            if isinstance(db, TenantTransaction) and to.kind == MailKind.OWN_DOCUMENT and about is not None:
                await delivery.note_mail_end(db, to.mail, about, outcome)
        return outcome

    async def _addressed(self, to: MailInput, mail: Mail) -> tuple[str, str] | None:
        """Address and language. None for who cannot be reached, or belongs here no more."""
        if mail.user_id is None:
            address = reachable(mail.address or "")
            return None if address is None else (address, _GERMAN)
        async with self._entered(to) as db:
            known = await users.get(db, mail.user_id)
            if isinstance(db, TenantTransaction) and not await memberships.is_member(db, mail.user_id):
                return None
        address = reachable(known.email)
        return None if address is None or known.disabled_at is not None else (address, known.language or _GERMAN)

    async def _facts(self, to: MailInput, mail: Mail, address: str) -> letter_facts.Facts | None:
        if to.tenant is None:
            if (
                mail.link is not None
                and await users.find_link(self._ledger, self._vault, mail.link.get_secret_value()) is None
            ):
                return None  # used meanwhile: it was shown on a page as well
            return letter_facts.of_person_mail(mail, address, public_url=self._public_url)
        async with self._ledger.transaction(to.tenant, cause="mail") as tx:
            return await letter_facts.of_tenant_mail(tx, mail)

    async def _attached(self, to: MailInput, mail: Mail, facts: letter_facts.Facts) -> tuple[Attachment, ...]:
        """The PDF of a partner's document. lexoffice's is fetched beside this mail, which waits for it for an hour."""
        if to.tenant is not None and mail.kind is MailKind.OWN_DOCUMENT:
            async with self._ledger.transaction(to.tenant, cause="mail") as tx:
                document = await issuing.get_by_number(tx, mail.about[0])
                return (Attachment(name=file_name(document.number), content=await issuing.get_pdf(tx, document.id)),)
        if to.tenant is None or mail.kind is not MailKind.PARTNER_DOCUMENT:
            return ()
        number = mail.about[0]
        async with self._ledger.transaction(to.tenant, cause="mail") as tx:
            try:
                paper = await papers.get(tx, number)
            except NotFound:
                paper = None
        if paper is not None:
            named = facts["number"] if _FILE_NAME.fullmatch(facts["number"]) else number
            return (Attachment(name=f"{named}.pdf", content=paper.content),)
        age = datetime.now(UTC) - mail.created_at
        if age < _PATIENCE_FOR_A_PAPER:
            raise ApplicationError(
                "the document's file is not there yet",
                type="PaperNotThere",
                next_retry_delay=timedelta(seconds=3 if age < timedelta(seconds=30) else 60),
            )
        return ()

    def _entered(self, to: MailInput) -> AbstractAsyncContextManager[Connection]:
        return outbox.entered(self._ledger, to.tenant, None if to.user is None else UserId(to.user))


_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PATIENCE_FOR_A_PAPER = timedelta(hours=1)
_LINKS = (MailKind.RESET_LINK, MailKind.INVITATION)
