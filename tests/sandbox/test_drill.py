"""A lost database comes back from its backup, and no document is made twice: the drill of docs/reliability.md."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long


async def test_after_a_restore_one_document_counts(temporal_cli: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.drill", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    figures = json.loads(output)
    assert (figures["documents_that_count"], figures["doubles"]) == (1, 0)
    assert {"credit_note_without_payout", "workflow_without_payout"} <= set(figures["differences_seen"])
