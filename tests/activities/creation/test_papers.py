"""The credit note's PDF: fetched once after the credit note is there, kept as lexoffice issued it."""

import hashlib
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger.documents import papers
from ledger.reasons import Reason
from tests.fixtures.desk import fault, handed_over
from tests.fixtures.house import Shop, until
from workflows.messages import papers_workflow_id


async def _kept(shop: Shop) -> list[dict[str, Any]]:
    return [dict(row) for row in await shop.rows("SELECT * FROM credit_note_papers")]


async def _handed_over_until_kept(shop: Shop) -> dict[str, Any]:
    await shop.rows("UPDATE papers_wanted SET next_try_at = now() - interval '1 hour'")
    await handed_over(shop.house)
    [paper] = await until(lambda: _kept(shop), bool, "the paper")
    return paper


async def test_the_pdf_is_fetched_once_and_kept_with_its_hash(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    paper = await _handed_over_until_kept(connected_shop)
    assert paper["content"].startswith(b"%PDF-")
    assert hashlib.sha256(paper["content"]).digest() == paper["sha256"]
    await handed_over(connected_shop.house)
    await connected_shop.click(payout["credit_note_id"], "pay")
    await connected_shop.payout_when(payout["number"], "paid")
    await handed_over(connected_shop.house)
    assert (await connected_shop.calls())["GET /v1/credit-notes/{id}/file"] == 1
    assert await connected_shop.rows("SELECT * FROM papers_wanted") == []
    handle = connected_shop.house.engine.get_workflow_handle(papers_workflow_id(connected_shop.tenant))
    assert await handle.result() == 1


@pytest.mark.parametrize("statement", ["UPDATE credit_note_papers SET content = ''", "DELETE FROM credit_note_papers"])
async def test_a_kept_paper_neither_changes_nor_goes(connected_shop: Shop, statement: str) -> None:
    await connected_shop.open_payout()
    await _handed_over_until_kept(connected_shop)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connected_shop.rows(statement)


async def test_what_is_no_pdf_is_not_kept_and_tried_again_later(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    resource = UUID(payout["credit_note_id"])
    async with connected_shop.house.ledger.transaction(connected_shop.tenant) as tx:
        with pytest.raises(asyncpg.CheckViolationError):
            async with tx.savepoint():
                await papers.keep(tx, resource, b"<html>")
        await papers.try_later(tx, resource, Reason.of("no_pdf"))
        [row] = await tx.fetch("SELECT *, next_try_at > now() + interval '50 minutes' AS later FROM papers_wanted")
        assert (row["tries"], row["announced_at"], row["later"]) == (1, None, True)
        assert "kein PDF" in row["failed_reason"]
    assert await _kept(connected_shop) == []


async def test_all_papers_of_a_tenant_are_fetched_one_after_the_other_by_one_workflow(connected_shop: Shop) -> None:
    payouts = [await connected_shop.open_payout() for _ in range(3)]
    await connected_shop.rows("UPDATE papers_wanted SET next_try_at = now() - interval '1 hour'")
    await handed_over(connected_shop.house)
    handle = connected_shop.house.engine.get_workflow_handle(papers_workflow_id(connected_shop.tenant))
    assert await handle.result() == 3
    assert {str(paper["resource_id"]) for paper in await _kept(connected_shop)} == {
        p["credit_note_id"] for p in payouts
    }
    assert (await connected_shop.calls())["GET /v1/credit-notes/{id}/file"] == 3


async def test_a_paper_that_cannot_be_had_holds_up_no_other(connected_shop: Shop) -> None:
    poor, fine = await connected_shop.open_payout(), await connected_shop.open_payout()
    file = f"/v1/credit-notes/{poor['credit_note_id']}/file"
    await fault(connected_shop, "unavailable_503", method="GET", path=file, times=1)
    await connected_shop.rows(
        "UPDATE papers_wanted SET next_try_at = now() - CASE resource_id::text WHEN $1 THEN interval '2 hours'"
        " ELSE interval '1 hour' END",
        poor["credit_note_id"],
    )
    await handed_over(connected_shop.house)
    [kept] = await until(lambda: _kept(connected_shop), bool, "the other paper")
    assert str(kept["resource_id"]) == fine["credit_note_id"]
    [put_off] = await connected_shop.rows(
        "SELECT failed_reason, tries, next_try_at > now() AS later FROM papers_wanted"
    )
    assert (put_off["failed_reason"], put_off["tries"], put_off["later"]) == (
        "lexoffice war nicht erreichbar.",
        1,
        True,
    )


async def test_while_lexoffice_refuses_the_key_no_paper_is_asked_for(connected_shop: Shop) -> None:
    await connected_shop.open_payout()
    await connected_shop.open_payout()
    await connected_shop.rows("UPDATE papers_wanted SET next_try_at = now() - interval '1 hour'")
    await fault(connected_shop, "unauthorized_401", method="GET", path="/v1/credit-notes", times=1)
    await handed_over(connected_shop.house)
    assert (
        await connected_shop.house.engine.get_workflow_handle(papers_workflow_id(connected_shop.tenant)).result() == 0
    )
    waiting = await connected_shop.rows(
        "SELECT tries, next_try_at > now() + interval '50 minutes' AS later FROM papers_wanted"
    )
    assert [(row["tries"], row["later"]) for row in waiting] == [(0, True)] * 2


async def test_a_draft_has_no_paper_and_nobody_waits_for_it(connected_shop: Shop) -> None:
    payout = await connected_shop.open_payout()
    await connected_shop.click(payout["credit_note_id"], "reopen")
    await connected_shop.rows("UPDATE papers_wanted SET next_try_at = now() - interval '1 hour'")
    await handed_over(connected_shop.house)

    async def tried() -> int:
        return int((await connected_shop.rows("SELECT tries FROM papers_wanted"))[0]["tries"])

    await until(tried, bool, "the try")
    await connected_shop.click(payout["credit_note_id"], "finalize")
    assert (await _handed_over_until_kept(connected_shop))["content"].startswith(b"%PDF-")
