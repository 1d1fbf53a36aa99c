"""The credit note's PDF: fetched once after the credit note is there, kept as lexoffice issued it."""

import hashlib
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger import papers
from tests.house import Shop, until
from tests.workflows.desk import handed_over
from workflows.messages import paper_workflow_id


async def _kept(shop: Shop) -> list[dict[str, Any]]:
    return [dict(row) for row in await shop.rows("SELECT * FROM credit_note_papers")]


async def _handed_over_until_kept(shop: Shop) -> dict[str, Any]:
    await shop.rows("UPDATE papers_wanted SET next_try_at = now() - interval '1 hour'")
    await handed_over(shop.house)
    [paper] = await until(lambda: _kept(shop), bool, "the paper")
    return paper


async def test_the_pdf_is_fetched_once_and_kept_with_its_hash(shop: Shop) -> None:
    payout = await shop.open_payout()
    paper = await _handed_over_until_kept(shop)
    assert paper["content"].startswith(b"%PDF-")
    assert hashlib.sha256(paper["content"]).digest() == paper["sha256"]
    await handed_over(shop.house)
    await shop.click(payout["credit_note_id"], "pay")
    await shop.payout_when(payout["number"], "paid")
    await handed_over(shop.house)
    assert (await shop.calls())["GET /v1/credit-notes/{id}/file"] == 1
    assert await shop.rows("SELECT * FROM papers_wanted") == []
    handle = shop.house.engine.get_workflow_handle(paper_workflow_id(shop.tenant, UUID(payout["credit_note_id"])))
    assert (await handle.describe()).status is not None


@pytest.mark.parametrize("statement", ["UPDATE credit_note_papers SET content = ''", "DELETE FROM credit_note_papers"])
async def test_a_kept_paper_neither_changes_nor_goes(shop: Shop, statement: str) -> None:
    await shop.open_payout()
    await _handed_over_until_kept(shop)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await shop.rows(statement)


async def test_what_is_no_pdf_is_not_kept_and_tried_again_later(shop: Shop) -> None:
    payout = await shop.open_payout()
    resource = UUID(payout["credit_note_id"])
    async with shop.house.ledger.transaction(shop.tenant) as db:
        with pytest.raises(asyncpg.CheckViolationError):
            async with db.transaction():
                await papers.keep(db, shop.tenant, resource, b"<html>")
        await papers.try_later(db, shop.tenant, resource, "lexoffice gibt zu diesem Beleg kein PDF aus.")
        [row] = await db.fetch("SELECT *, next_try_at > now() + interval '50 minutes' AS later FROM papers_wanted")
        assert (row["tries"], row["announced_at"], row["later"]) == (1, None, True)
        [state] = await papers.of_payout(db, shop.tenant, payout["id"])
        assert state.sha256 is None
        assert "kein PDF" in str(state.failed_reason)


async def test_a_draft_has_no_paper_and_nobody_waits_for_it(shop: Shop) -> None:
    payout = await shop.open_payout()
    await shop.click(payout["credit_note_id"], "reopen")
    await shop.rows("UPDATE papers_wanted SET next_try_at = now() - interval '1 hour'")
    await handed_over(shop.house)

    async def tried() -> int:
        return int((await shop.rows("SELECT tries FROM papers_wanted"))[0]["tries"])

    await until(tried, bool, "the try")
    await shop.click(payout["credit_note_id"], "finalize")
    assert (await _handed_over_until_kept(shop))["content"].startswith(b"%PDF-")
