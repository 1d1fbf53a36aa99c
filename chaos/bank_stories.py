"""How a payout of a firm ends whose bank says what is paid: by its file and statements, and a click long after."""

from typing import TYPE_CHECKING, Any

from chaos.firm import iban_of
from chaos.plan import Ending

if TYPE_CHECKING:
    from chaos.actors import Story

_HAS_ITS_DOCUMENT = ("credit_note_open", "paid", "returned", "settled_manually")


async def before_the_approval(story: "Story", partner: str, number: str, ending: Ending) -> None:
    """What the partner's bank will do is so before anybody pays."""
    if ending is Ending.CAME_BACK and story.firm.banker is not None:
        story.firm.answers_to_returned[number] = "settled_manually"
        await story.firm.banker.let_it_come_back(iban_of(partner))


async def bring_to_end(story: "Story", number: str, ending: Ending) -> None:
    """From its document on. Whoever makes files may be faster than this story looks."""
    seen = await story.until(
        f"{number} has its document",
        lambda: story.firm.ask("GET", f"/payouts/{number}"),
        lambda payout: payout["state"] in _HAS_ITS_DOCUMENT,
    )
    if story.firm.writes_own:
        await _hand_over(story, seen)
    if ending is Ending.CAME_BACK:
        await story.reach(number, "settled_manually")
        return
    await story.reach(number, "paid")
    await story.think()
    # The line of the statement is assigned in the books as well, sooner or later.
    if story.firm.writes_own:
        await story.firm.click_voucher(str(seen["credit_note_id"]), "pay")
    else:
        await story.firm.click(str(seen["credit_note_id"]), "mark-paid")


async def _hand_over(story: "Story", payout: dict[str, Any]) -> None:
    """No file pays a document before it counts as delivered; a mail takes a day for that."""
    [document] = (await story.firm.ask("GET", f"/own-documents?number={payout['own_document_number']}"))["items"]
    note = {"note": "Persönlich übergeben."}
    await story.firm.ask("POST", f"/own-documents/{document['id']}/handed-over", note)
