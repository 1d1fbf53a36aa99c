"""Admin → Aufgaben: everything that waits for a person, each kind with its own words and the answers it takes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.actions import task_answers
from api.http.book_pages import page_of_document
from api.http.language import said
from api.http.problems import Problem
from api.pages.frame.actor_names import names
from api.pages.frame.languages import N_, _
from api.pages.frame.list_filters import PAGE_LENGTH, Asked
from api.pages.frame.rendering import PageRoute
from api.pages.frame.visits import Visit, may, require_fresh
from api.pages.words import answer_words, audit_words, event_words, task_words, waiting_words
from ledger import tasks
from ledger.bank import bank_transfers, booking_questions, further_attempts, statement_gaps
from ledger.booking.resolutions import Answer
from ledger.commissions import commissions, manual_lines
from ledger.database import TenantTransaction
from ledger.documents.own import delivery, own_document_list
from ledger.documents.own.own_document_list import OwnDocumentFilter
from ledger.inbox import event_list
from ledger.keyset import RECORDED
from ledger.payouts import claim_write_offs, own_reversal_rows, own_reversals, payout_hands, payouts
from ledger.programme import partners
from ledger.refusals import NotAcceptable, NotAllowedNow, NotFound, Refused
from ledger.reports import task_lists, waiting_elsewhere
from ledger.reports.task_lists import TaskGroup
from ledger.roles import Permission
from ledger.sales import transactions
from ledger.sales.transactions import Transaction
from ledger.tasks import AS_WORK, Task, TaskFilter
from ledger.types import CommissionId, TaskId, TransactionId

PAGE = "/admin/aufgaben"
router = APIRouter(route_class=PageRoute, include_in_schema=False)
Reader = Annotated[Visit, may(Permission.READ)]
_DONE = N_("Die Aufgabe ist erledigt.")
_DECIDED = ("payout", own_reversals.SUBJECT, claim_write_offs.SUBJECT)
"""Answers about these are decisions."""
_MOST_CANDIDATES = 10
_OF_A_KIND = 10
"""Questions of one kind that stand in the list of all; the others behind a link."""


@router.get(PAGE)
async def tasks_page(visit: Reader) -> Response:
    asked = Asked(visit, PAGE, "status", "art")
    resolved, kind = asked.text("status") == "erledigt", asked.text("art")
    async with visit.doors.ledger.transaction(visit.tenant, person=visit.person.user_id) as tx:
        if resolved or kind:
            found, following = await tasks.list_tasks(
                tx,
                TaskFilter(state="resolved" if resolved else "open", kind=kind),
                order=RECORDED if resolved else AS_WORK,
                after=asked.number,
                limit=PAGE_LENGTH,
            )
            groups = [TaskGroup(kind=kind or "", count=len(found), first=tuple(found))]
        else:
            groups, following = await task_lists.groups(tx, at_most_each=_OF_A_KIND), None
        partner_of = await task_lists.partners_of(tx, [task for group in groups for task in group.first])
        kinds = await tasks.kinds(tx)
        name_of = await names(tx)
        elsewhere = waiting_words.lines(await waiting_elsewhere.count(tx), visit.person)
    return visit.page(
        "tasks.html",
        asked=asked,
        groups=[group for group in groups if group.first],
        is_grouped=not (resolved or kind),
        partner_of=partner_of,
        elsewhere=[] if resolved else elsewhere,
        resolved=resolved,
        first=asked.first,
        following=asked.following(following),
        kinds=[(kind, _(task_words.of_kind(kind).title)) for kind in kinds],
        of_kind=task_words.of_kind,
        of_action=answer_words.of_action,
        name_of=name_of,
        message=_DONE if visit.request.query_params.get("hinweis") == "erledigt" else None,
    )


@router.get(PAGE + "/{task}")
async def task_page(task: UUID, visit: Reader) -> Response:
    return await _shown(visit, TaskId(task))


@router.post(PAGE + "/{task}")
async def resolve(task: UUID, visit: Reader) -> Response:
    """What concerns a payout or a Storno is a decision and needs the right to approve, as with keys.

    Confirming a Storno, or that money leaves again, is as weighty as an approval: with a fresh second factor.
    """
    tenant, person = visit.tenant, visit.person
    detail = {name: visit.field(name) for name in answer_words.FIELDS if visit.field(name)}
    if visit.field("action") == "confirm" and await _is_weighty(visit, TaskId(task)):
        await require_fresh(visit, page=f"{PAGE}/{task}")
    answer = Answer(action=visit.field("action"), reason=visit.field("reason") or None, detail=detail)
    try:
        async with visit.doors.ledger.transaction(tenant, cause=person.actor, person=person.user_id) as tx:
            asked = await tasks.get(tx, TaskId(task))
            if not _may_answer(visit, asked):
                raise Problem(403, "not_allowed")
            _require_answer_fields(answer)
            resolved, replayed = await task_answers.resolve(tx, asked, answer, actor=person.actor)
    except NotFound as refused:
        if await _exists(visit, TaskId(task)):  # what was named is not there, such as a sale
            return await _shown(visit, TaskId(task), wrong=refused)
        raise
    except (NotAcceptable, NotAllowedNow) as refused:
        return await _shown(visit, TaskId(task), wrong=refused)
    await task_answers.announce_answer(visit.doors, tenant, resolved, replayed)
    return RedirectResponse(visit.onward(f"{PAGE}?hinweis=erledigt"), status_code=303)


async def _shown(visit: Visit, task_id: TaskId, *, wrong: Refused | None = None) -> Response:
    tenant = visit.tenant
    async with visit.doors.ledger.transaction(tenant, person=visit.person.user_id) as tx:
        task = await tasks.get(tx, task_id)
        name_of = await names(tx)
        where = await _where(tx, visit, task)
        partner = (await task_lists.partners_of(tx, [task])).get(task.id)
        candidates = await _candidates(tx, task)
        known = await _known(tx, task)
    return visit.page(
        "task.html",
        status=422 if wrong else 200,
        wrong=wrong and said(wrong),
        typed=visit.form if wrong else {},
        task=task,
        words=task_words.of_kind(task.kind),
        of_action=answer_words.of_action,
        fields=answer_words.FIELDS,
        where=where,
        partner=partner,
        candidates=candidates,
        known=known,
        versions=_versions(task),
        onward=visit.onward(""),
        hands=task.detail.get("hands", []) if task.kind == payout_hands.TASK else [],
        said_of_act=audit_words.action,
        detail=event_words.readable(_rest(task)) if _rest(task) else None,
        name_of=name_of,
        may_answer=_may_answer(visit, task),
        needs_approval=task.subject in _DECIDED,
    )


def _may_answer(visit: Visit, task: Task) -> bool:
    person = visit.person
    if task.subject in _DECIDED:
        return person.may(Permission.APPROVE)
    if task.kind == manual_lines.TASK:
        return person.may(Permission.WRITE) or person.may(Permission.APPROVE)
    return person.may(Permission.WRITE)


def _require_answer_fields(answer: Answer) -> None:
    if answer_words.of_action(answer.action).reason and not answer.reason:
        raise NotAcceptable("reason_missing")


async def _is_weighty(visit: Visit, task_id: TaskId) -> bool:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        task = await tasks.get(tx, task_id)
    about = task.subject in (own_reversals.SUBJECT, claim_write_offs.SUBJECT) or task.kind == further_attempts.TASK
    return about and _may_answer(visit, task)


async def _exists(visit: Visit, task_id: TaskId) -> bool:
    async with visit.doors.ledger.transaction(visit.tenant) as tx:
        try:
            await tasks.get(tx, task_id)
        except NotFound:
            return False
    return True


async def _where(tx: TenantTransaction, visit: Visit, task: Task) -> list[tuple[str, str]]:
    """(text, address) of what the task is about."""
    match task.subject:
        case "payout" | "objection" | "question":
            return [(task.subject_id, f"/admin/auszahlungen/{task.subject_id}")]
        case "transaction":
            return [(_("Verkauf ansehen"), f"/admin/transaktionen/{task.subject_id}")]
        case "partner":
            code = await partners.code_named(tx, task.subject_id)
            return [(code, f"/admin/partner/{code}")]
        case "connection":
            return [(_("Verbindung ansehen"), f"/admin/zahlungsanbieter/{_provider(task.subject_id)}")]
        case own_reversals.SUBJECT:
            asked = await own_reversal_rows.get(tx, UUID(task.subject_id))
            if (number := asked.payout_number) is not None:
                return [(number, f"/admin/auszahlungen/{number}")]
            return [(asked.partner_code, f"/admin/partner/{asked.partner_code}/faelligkeit")]
        case claim_write_offs.SUBJECT:
            return [(_("Forderung ansehen"), f"/admin/forderungen/{task.subject_id}")]
        case delivery.SUBJECT:
            found, _rest = await own_document_list.list_own_documents(tx, OwnDocumentFilter(number=task.subject_id))
            return [(one.number, f"/admin/auszahlungen/{one.payout_number}") for one in found if one.payout_number]
        case "commission":
            sale = await commissions.sale_of(tx, CommissionId(UUID(task.subject_id)))
            return [(_("Verkauf ansehen"), f"/admin/transaktionen/{sale}")] if sale else []
        case "document":
            return await _document(tx, visit, task)
        case "import":
            return [(_("Übernahme"), f"/admin/uebernahme/{task.subject_id}")]
        case "bank_run":
            return [(task.subject_id, f"/admin/zahlungslaeufe/{task.subject_id}")]
        case "own_account" if task.kind == statement_gaps.MISSING:
            return [(_("Kontoauszüge"), f"/admin/kontoauszuege?konto={task.detail.get('account', '')}")]
        case "own_account":
            return [(_("Bankkonten"), "/admin/bankkonten")]
        case booking_questions.SUBJECT:
            return [(_("Umsatz ansehen"), f"/admin/nicht-zugeordnet/{task.subject_id}")]
        case "event":
            return [(_("Ereignis %(id)s", id=task.subject_id), f"/admin/ereignisse/{task.subject_id}")]
        case _:
            return []


async def _document(tx: TenantTransaction, visit: Visit, task: Task) -> list[tuple[str, str]]:
    known = await event_list.document_of(tx, task.subject_id)
    found = [(_("Ereignisse zu diesem Beleg"), f"/admin/ereignisse?beleg={task.subject_id}")]
    address = None if known is None else page_of_document(visit.doors.settings, known.kind, known.resource_id)
    if known is not None and address is not None:
        found.insert(0, (known.voucher_number or _("Beleg in der Buchhaltung ansehen"), address))
    return found


def _provider(subject_id: str) -> str:
    return "stripe" if subject_id == "stripe" else "lexoffice"


async def _candidates(tx: TenantTransaction, task: Task) -> list[Transaction]:
    found = []
    for candidate in (task.detail.get("candidates") or [])[:_MOST_CANDIDATES]:
        try:
            found.append(await transactions.get(tx, TransactionId(UUID(candidate["transaction_id"]))))
        except (KeyError, ValueError, TypeError, NotFound):
            continue
    return found


async def _known(tx: TenantTransaction, task: Task) -> dict[str, str]:
    """What need not be looked up: day and reference of a transfer that came back; a rate as it was given last."""
    if task.kind == "foreign_currency":
        proposed = task.detail.get("proposed") or {}
        return {"rate": str(proposed.get("rate", "")), "rate_source": proposed.get("rate_source", "")} | {
            "rate_day": proposed.get("rate_day") or task.detail.get("day", "")
        }
    if (task.subject, task.kind, task.state) != ("payout", "returned", "open"):
        return {}
    transfer = await bank_transfers.transfer_of(tx, await payouts.get(tx, task.subject_id))
    return {
        "paid_on": transfer.day.isoformat() if transfer.day else "",
        "payment_reference": transfer.reference or "",
    }


def _versions(task: Task) -> list[tuple[str, Any, Any]]:
    """Of a document that is not as approved: member, approved, fetched."""
    approved, fetched = task.detail.get("approved"), task.detail.get("fetched")
    if not (isinstance(approved, dict) and isinstance(fetched, dict)):
        return []
    return [(member, approved.get(member), fetched.get(member)) for member in {**approved, **fetched}]


def _rest(task: Task) -> dict[str, Any]:
    return {
        name: value for name, value in task.detail.items() if name not in ("candidates", "approved", "fetched", "hands")
    }
