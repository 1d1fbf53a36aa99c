"""How a payout of a firm ends whose books are in easybill: by what a person does with its CREDIT there."""

from typing import TYPE_CHECKING

from chaos.plan import Ending

if TYPE_CHECKING:
    from chaos.actors import Story


async def bring_to_end(story: "Story", partner: str, number: str, ending: Ending, answer_to_returned: str) -> None:
    """From its credit note on. What is done cannot be changed there, nor made a draft."""
    credit = str((await story.reach(number, "credit_note_open"))["credit_note_id"])
    match ending:
        case Ending.LEFT_OPEN:
            story.expect(number, "credit_note_open")
        case Ending.VOIDED:
            await story.firm.click(credit, "void")
            await story.reach(number, "cancelled")
            again = await story.ask_for_payout(partner)
            await story.bring_to(partner, again, Ending.PAID, answer_to_returned)
        case Ending.RETURNED:
            await story.pay_a_part(number, credit)
            story.firm.answers_to_returned[number] = answer_to_returned
            await story.firm.click(credit, "void")
            await story.reach(number, answer_to_returned)
        case Ending.UNPAID_AGAIN:
            await story.mark_paid(number, credit)
            story.firm.answers_to_returned[number] = "settled_manually"
            await story.firm.click(credit, "unpay")
            await story.reach(number, "settled_manually")
        case Ending.PAID_IN_PARTS:
            await story.pay_a_part(number, credit)
            await story.mark_paid(number, credit)
        case _:
            await story.mark_paid(number, credit)
