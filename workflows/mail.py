"""One mail, until the mail server has taken it; and the writing of the day's.

The row in the ledger says what became of it. A mail is sent at least once, each time under the same Message-ID: with
SMTP nobody can know whether an answer that was lost had been a yes.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.mail.mailing import MailActivities
    from activities.models import MailInput
    from workflows.messages import MAIL
    from workflows.words import say

MAILS = {
    "approval_waits": "mail_approval_waits",
    "task_created": "mail_task_created",
    "partner_document": "mail_partner_document",
    "own_document": "mail_own_document",
    "bank_details_changed": "mail_bank_details_changed",
    "bank_details_wanted": "mail_bank_details_wanted",
    "commission_statement": "mail_commission_statement",
    "connection_broken": "mail_connection_broken",
    "password_changed": "mail_password_changed",
    "second_factor_added": "mail_second_factor_added",
    "second_factor_removed": "mail_second_factor_removed",
    "reset_link": "mail_reset_link",
    "invitation": "mail_invitation",
    "daily": "mail_daily",
}
"""What a kind is called in summaries."""

LONGEST = timedelta(days=3)
"""As long as mail servers try it among themselves."""

_IN_THE_LEDGER = RetryPolicy(maximum_interval=timedelta(seconds=30))


@workflow.defn
class MailWorkflow:
    @workflow.run
    async def run(self, mail: MailInput) -> str:
        """One word: sent, idle (nothing left to say), over, no_address, refused, given_up."""
        try:
            return await workflow.execute_activity_method(
                MailActivities.send_mail,
                mail,
                task_queue=MAIL,
                summary=say("step_send_mail", kind=MAILS.get(mail.kind, "mail_other")),
                start_to_close_timeout=timedelta(minutes=2),
                schedule_to_close_timeout=LONGEST,
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=15)
                ),
                priority=Priority(fairness_key=mail.tenant.slug if mail.tenant else "person"),
            )
        except ActivityError:
            return await workflow.execute_activity_method(
                MailActivities.give_up_mail,
                mail,
                summary=say("step_give_up_mail"),
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=_IN_THE_LEDGER,
            )


@workflow.defn
class DailyMailWorkflow:
    @workflow.run
    async def run(self) -> int:
        """How many mails were written. The hand-over has them sent."""
        return await workflow.execute_activity_method(
            MailActivities.write_daily_mails,
            workflow.now(),
            summary=say("step_write_daily_mails"),
            start_to_close_timeout=timedelta(minutes=30),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=_IN_THE_LEDGER,
        )
