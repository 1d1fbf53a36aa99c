"""What a mail says, read from the ledger when it is sent: what was settled meanwhile is not told any more.

Each function gives the words' facts, or None when there is nothing left to say.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from ledger.access import four_eyes, memberships, rule_changes, tenants
from ledger.access.users import LINK_MINUTES
from ledger.audit import webhook_endpoints
from ledger.bank import return_reasons
from ledger.connections import connections
from ledger.database import TenantTransaction
from ledger.documents.own import issuing
from ledger.documents.own.content import ENGLISH_TITLES
from ledger.mail import outbox
from ledger.mail.mail_kinds import MailKind
from ledger.mail.outbox import Mail
from ledger.payouts import approval_queue, payouts
from ledger.refusals import NotFound
from ledger.reports import mail_facts, quarter_statements
from ledger.reports.mail_facts import AccountFacts
from ledger.roles import Permission
from ledger.types import PayoutState, UserId

_LISTED = 30
_PROVIDERS = {"lexoffice": "lexoffice", "stripe": "Stripe"}

Facts = dict[str, Any]


async def of_tenant_mail(tx: TenantTransaction, mail: Mail) -> Facts | None:
    company = (await tenants.get_profile(tx)).name
    facts: Facts | None
    match mail.kind:
        case MailKind.APPROVAL_WAITS:
            facts = await _approvals(tx, mail)
        case MailKind.TASK_CREATED:
            facts = await _tasks(tx, mail)
        case MailKind.PARTNER_DOCUMENT:
            facts = await _document(tx, mail)
        case MailKind.OWN_DOCUMENT:
            facts = await _own_document(tx, mail)
        case MailKind.BANK_DETAILS_CHANGED:
            facts = await (_own_account(tx, mail) if mail.partner_id is not None else _accounts(tx, mail))
        case MailKind.BANK_DETAILS_WANTED:
            facts = await _refused_account(tx, mail)
        case MailKind.COMMISSION_STATEMENT:
            facts = await _statement(tx, mail)
        case MailKind.CONNECTION_BROKEN:
            facts = await _connection(tx, mail)
        case MailKind.DAILY:
            facts = await _day(tx, mail)
        case _:
            facts = None
    return None if facts is None else {"company": company, **facts}


def of_person_mail(mail: Mail, email: str, *, public_url: str) -> Facts | None:
    """About somebody's own account. None for a link that works no more."""
    facts: Facts = {"email": email, "at": mail.created_at}
    if mail.kind in (MailKind.RESET_LINK, MailKind.INVITATION):
        until = mail.created_at + timedelta(minutes=LINK_MINUTES)
        if mail.link is None or until < datetime.now(UTC):
            return None
        facts |= {"until": until, "link": f"{public_url}/reset/{mail.link.get_secret_value()}"}
    return facts


async def _approvals(tx: TenantTransaction, mail: Mail) -> Facts | None:
    mine = await approval_queue.approvable(tx, _actor(mail), numbers=mail.about)
    if not mine:
        return None
    return {
        "count": len(mine),
        "total": sum(payout.gross_cents for payout in mine),
        "payouts": [
            {"number": payout.number, "partner": payout.partner_code, "gross_cents": payout.gross_cents}
            for payout in mine[:_LISTED]
        ],
        "more": max(len(mine) - _LISTED, 0),
    }


async def _tasks(tx: TenantTransaction, mail: Mail) -> Facts | None:
    open_ones = await mail_facts.open_tasks(tx, [UUID(task) for task in mail.about])
    if not open_ones:
        return None
    return {
        "count": len(open_ones),
        "tasks": [{"subject": one.subject, "reason": one.reason} for one in open_ones[:_LISTED]],
        "more": max(len(open_ones) - _LISTED, 0),
    }


async def _document(tx: TenantTransaction, mail: Mail) -> Facts | None:
    payout = await payouts.get(tx, mail.about[0])
    if payout.credit_note_number is None or payout.state is PayoutState.CANCELLED:
        return None
    document = await mail_facts.document_of(tx, payout)
    return {
        "partner": document.partner,
        "title": "Provisionsabrechnung" if payout.tax_case == "private" else "Gutschrift",
        "number": payout.credit_note_number,
        "payout": payout.number,
        # Of the document, which may differ by a cent: it is attached, and the bank pays it.
        "gross_cents": document.gross_cents,
        "period_from": payout.period_from,
        "period_to": payout.period_to,
        "attached": False,
    }


async def _own_document(tx: TenantTransaction, mail: Mail) -> Facts | None:
    """None where its content is kept no more."""
    document = await issuing.get_by_number(tx, mail.about[0])
    content = await issuing.get_content(tx, document.id)
    return {
        "partner": content.seller.name,
        "title": content.title,
        "title_english": ENGLISH_TITLES[content.kind],
        "number": document.number,
        "issued_on": document.issued_on,
        "payout": content.payout_number,
        "gross_cents": document.gross_cents,
        "period_from": content.period_from,
        "period_to": content.period_to,
        "has_xml": document.has_xml,
        "in_english_too": bool(content.sentences_english),
    }


async def _accounts(tx: TenantTransaction, mail: Mail) -> Facts | None:
    """To a member: what this person can confirm, and what somebody else confirmed before this mail was sent."""
    if mail.user_id is None or not await memberships.may(tx, mail.user_id, Permission.CONFIRM_BANK):
        return None
    alone = await rule_changes.has_sole_approver(tx)
    waiting, confirmed = [], []
    for one in await mail_facts.accounts(tx, [UUID(id) for id in mail.about]):
        is_maker = one.recorder is not None and await four_eyes.is_same_person(tx, _actor(mail), [one.recorder])
        if one.state == "pending" and one.confirmed_at is None and (alone or not is_maker):
            waiting.append(_told(one))
        elif one.state in ("pending", "active") and one.confirmer not in (None, _actor(mail)):
            confirmed.append(_told(one))
    if not waiting and not confirmed:
        return None
    return {
        "to_partner": False,
        "waiting": waiting[:_LISTED],
        "waiting_count": len(waiting),
        "confirmed": confirmed[:_LISTED],
        "confirmed_count": len(confirmed),
        "single": (waiting + confirmed)[0]["partner_code"] if len(waiting) + len(confirmed) == 1 else None,
    }


async def _own_account(tx: TenantTransaction, mail: Mail) -> Facts | None:
    """To the partner. None where the account was refused or given up meanwhile: nothing changes."""
    found = await mail_facts.accounts(tx, [UUID(mail.about[0])])
    if not found or found[0].state not in ("pending", "active"):
        return None
    return {"to_partner": True, **_told(found[0])}


def _told(account: AccountFacts) -> Facts:
    is_ahead = account.usable_from > datetime.now(UTC)
    return {
        **account.model_dump(exclude={"recorder", "confirmer", "usable_from"}),
        "recorded_by": account.recorded_by or "–",
        "usable_from": account.usable_from if is_ahead else None,
        "in_force": account.state == "active",
        "is_confirmed": account.confirmed_at is not None,
    }


async def _refused_account(tx: TenantTransaction, mail: Mail) -> Facts | None:
    """To the partner. None where other bank details were recorded meanwhile, or money arrived there since."""
    found = await mail_facts.refused_account(tx, UUID(mail.about[0]))
    if found is None:
        return None
    return {
        **found.model_dump(exclude={"reason_code", "abroad"}),
        "reason": return_reasons.in_words(found.reason_code),
        "in_english_too": found.abroad,
    }


async def _statement(tx: TenantTransaction, mail: Mail) -> Facts | None:
    """Of the three months that the mail names, as they are when it is sent."""
    assert mail.partner_id is not None, "it is to a partner"
    told = await quarter_statements.of_partner(tx, mail.partner_id, quarter_statements.named(mail.about[0]))
    return dict(told)


async def _connection(tx: TenantTransaction, mail: Mail) -> Facts | None:
    if "endpoint" in mail.facts:
        return await _endpoint(tx, UUID(mail.facts["endpoint"]))
    connection = await connections.get(tx, mail.about[0])
    if connection.state != "broken":
        return None
    return {"endpoint": None, "provider": _PROVIDERS.get(mail.about[0], mail.about[0]), "reason": connection.why}


async def _endpoint(tx: TenantTransaction, id: UUID) -> Facts | None:
    """None where it takes events again, has ended, or was switched off by a person. Its path may be a secret."""
    try:
        there = await webhook_endpoints.get(tx, id)
    except NotFound:
        return None
    if there.failing_since is None or there.state == "ended":
        return None
    host = urlsplit(there.url).hostname
    told = {"id": there.id, "host": host, "since": there.failing_since, "is_off": there.state == "off"}
    return {"endpoint": told}


async def _day(tx: TenantTransaction, mail: Mail) -> Facts | None:
    began, head_before = await outbox.daily_before(tx, mail)
    since = began or mail.created_at - timedelta(days=1)
    head = mail.facts.get("head")
    # The same head again would be no news, and a trail in which nothing was written cannot have lost anything since.
    new_head = head if head != head_before else None
    digest = await _digest(tx, mail, since) if mail.facts.get("digest") else None
    if new_head is None and digest is None:
        return None
    return {
        "today": date.fromisoformat(mail.about[0]),
        "since": since,
        "head": new_head,
        "links": mail.facts.get("links"),
        "digest": digest is not None,
        **(digest or {}),
    }


async def _digest(tx: TenantTransaction, mail: Mail, since: datetime) -> Facts | None:
    """What waits, and what has changed. None when both are nothing."""
    news = await mail_facts.since(tx, since)
    approvals, approvals_cents = await _waiting_for(tx, mail)
    facts = {**news.model_dump(), "approvals": approvals, "approvals_cents": approvals_cents}
    return facts if any(facts.values()) else None


async def _waiting_for(tx: TenantTransaction, mail: Mail) -> tuple[int, int]:
    """How many payouts this person may approve, of the oldest few hundred, and their sum."""
    if mail.user_id is None or not await memberships.may(tx, mail.user_id, Permission.APPROVE):
        return 0, 0
    mine = await approval_queue.approvable(tx, _actor(mail))
    return len(mine), sum(payout.gross_cents for payout in mine)


def _actor(mail: Mail) -> str:
    return f"user:{UserId(mail.user_id) if mail.user_id else ''}"
