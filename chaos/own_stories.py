"""How a payout of a firm ends that writes its documents itself: paid, undone or changed by its voucher in lexoffice."""

from decimal import Decimal
from typing import TYPE_CHECKING

from chaos.plan import Ending

if TYPE_CHECKING:
    from chaos.actors import Story


async def bring_to_end(story: "Story", number: str, ending: Ending) -> None:
    """From its delivery on. A credit note's draft has no likeness: a voucher has none that a person could make."""
    payout = await story.reach(number, "credit_note_open")
    voucher = str(payout["credit_note_id"])
    match ending:
        case Ending.LEFT_OPEN:
            story.expect(number, "credit_note_open")
        case Ending.VOIDED | Ending.RETURNED:
            await story.firm.click_voucher(voucher, "void")
            await _pay_what_is_booked_again(story, number, voucher)
        case Ending.DELETED | Ending.REOPENED:
            await story.firm.click_voucher(voucher, "delete")
            await _pay_what_is_booked_again(story, number, voucher)
        case Ending.UNPAID_AGAIN:
            await _pay(story, number, voucher)
            story.firm.answers_to_returned[number] = "settled_manually"
            await story.firm.click_voucher(voucher, "unpay")
            await story.reach(number, "settled_manually")
        case Ending.PAID_IN_PARTS:
            await story.firm.click_voucher(voucher, "pay", amount="1.00")
            await story.until(
                f"{number} is known to be partly paid",
                lambda: story.firm.ask("GET", f"/payouts/{number}"),
                lambda payout: payout["credit_note_open_cents"] == payout["gross_cents"] - 100,
            )
            await _pay(story, number, voucher)
        case Ending.DEVIATES:
            await _deviate(story, number, voucher)
        case _:
            await _pay(story, number, voucher)


async def _pay(story: "Story", number: str, voucher: str) -> None:
    await story.think()
    await story.firm.click_voucher(voucher, "pay")
    await story.reach(number, "paid")


async def _pay_what_is_booked_again(story: "Story", number: str, gone: str) -> None:
    """The Gutschrift still exists in law: somebody has it booked once more (chaos/people.py)."""
    payout = await story.until(
        f"{number} is booked again",
        lambda: story.firm.ask("GET", f"/payouts/{number}"),
        lambda payout: payout["credit_note_id"] not in (None, gone) and payout["blocked"] is None,
    )
    await _pay(story, number, str(payout["credit_note_id"]))


async def _deviate(story: "Story", number: str, voucher: str) -> None:
    """Somebody changes the voucher: it must not count as paid until it is as it was again."""
    before = Decimal(str((await story.firm.office("GET", f"/sandbox/vouchers/{voucher}"))["totalGrossAmount"]))
    await story.firm.click_voucher(voucher, "edit", amount=str(before + 1))
    await story.until(
        f"{number} is found to deviate",
        lambda: story.firm.ask("GET", "/tasks?kind=document_deviates&limit=100"),
        lambda page: any(task["subject_id"] == number for task in page["items"]),
    )
    await story.firm.click_voucher(voucher, "edit", amount=str(before))
    await _pay(story, number, voucher)
