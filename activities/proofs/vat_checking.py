"""One question to VIES, and the daily look at which numbers must be asked about again."""

from datetime import timedelta

import structlog
from temporalio import activity

from activities.models import VatCheckInput, VatCheckView
from ledger.access import tenants
from ledger.database import Ledger
from ledger.payouts import rechecks
from ledger.tax import vat_checks
from ledger.tax.vat_checks import Answered, Question, VatAnswer
from vies.answers import ViesAnswer, ViesQuestion
from vies.client import ViesClient
from vies.errors import ViesAway, ViesRefused

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
_OFF = "switched_off"
_AT_ONCE = 500
log = structlog.get_logger("vies")


class VatCheckActivities:
    """Without a client (no VIES_BASE_URL) nothing is asked, and the day's look only looks at forms."""

    def __init__(self, ledger: Ledger, client: ViesClient | None, *, first_wait: timedelta = FIRST_WAIT) -> None:
        self._ledger = ledger
        self._client = client
        self._first_wait = first_wait

    @activity.defn
    async def check_vat_number(self, task: VatCheckInput) -> VatCheckView:
        """One request. A crash between the answer and its row asks once more, which harms nobody."""
        async with self._ledger.transaction(task.tenant) as tx:
            question = await vat_checks.get_question(tx, task.check)
        if question is None:
            return VatCheckView(ended=True)
        if self._client is None:
            return await self._away(task, _OFF, question)
        try:
            answered = _answered(await self._client.check(_asked(question)))
        except ViesAway as away:
            log.info("vies away", tenant=task.tenant.slug, code=away.code)
            return await self._away(task, away.code, question)
        except ViesRefused as refused:
            log.warning("vies refused", tenant=task.tenant.slug, code=refused.code)
            answered = Answered(answer=VatAnswer.REFUSED, failure=refused.code)
        await self._keep(task, question, answered)
        return VatCheckView(ended=True)

    @activity.defn
    async def give_up_vat_check(self, task: VatCheckInput) -> VatCheckView:
        """Nobody has answered for weeks: a task, and the next daily look asks anew."""
        await self._keep(task, None, Answered(answer=VatAnswer.UNANSWERED))
        return VatCheckView(ended=True)

    @activity.defn
    async def renew_vat_checks(self) -> int:
        """Over all tenants: tasks for numbers that are none, and questions about those whose answer grows old.

        Returns how many questions there are. The hand-over has them asked.
        """
        wanted = 0
        for tenant in await tenants.list_all(self._ledger):
            activity.heartbeat()
            async with self._ledger.transaction(tenant, cause="daily look at numbers") as tx:
                await vat_checks.ask_about_numbers(tx)
                if self._client is not None:
                    wanted += await vat_checks.want_due(tx, at_most=_AT_ONCE)
        return wanted

    async def _away(self, task: VatCheckInput, code: str, question: Question) -> VatCheckView:
        async with self._ledger.transaction(task.tenant) as tx:
            await vat_checks.note_failure(tx, task.check, code)
        wait = min(self._first_wait * 2 ** min(question.tries, 20), LONGEST_WAIT)
        return VatCheckView(ended=False, wait_seconds=wait.total_seconds())

    async def _keep(self, task: VatCheckInput, question: Question | None, answered: Answered) -> None:
        async with self._ledger.transaction(task.tenant, cause="vies") as tx:
            kept = await vat_checks.answer(tx, task.check, question, answered)
            if kept is not None and kept.answer is VatAnswer.INVALID:
                await rechecks.want_for_partner(tx, kept.partner_id)  # the hand-over tells their workflows


def _asked(question: Question) -> ViesQuestion:
    return ViesQuestion(**question.model_dump(exclude={"tries"}))


def _answered(said: ViesAnswer) -> Answered:
    told = said.model_dump(mode="json", exclude={"valid", "request_date", "request_identifier"}, exclude_none=True)
    return Answered(
        answer=VatAnswer.VALID if said.valid else VatAnswer.INVALID,
        request_id=said.request_identifier and said.request_identifier[:60],
        request_date=said.request_date,
        told=told or None,
    )
