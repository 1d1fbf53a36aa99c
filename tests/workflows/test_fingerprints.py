"""Workflow code that changed says so, and why open runs can live with it (docs/upgrades.md)."""

import pytest

from tests.workflows.fingerprints import (
    FOLDER,
    Fingerprint,
    fingerprints,
    read_kept,
    read_workflows,
    taken_over,
    unpatched,
)

SOURCE = '''
"""A workflow."""
from temporalio import workflow

@workflow.defn
class LetterWorkflow:
    """One letter."""

    @workflow.run
    async def run(self) -> None:
        workflow.set_current_details("waits")
        await workflow.execute_activity("write", summary="Writing", start_to_close_timeout=30)
        await workflow.execute_activity("send", start_to_close_timeout=30)
'''


def of(source: str) -> Fingerprint:
    return fingerprints({"letter": source})["letter"]


def changed(old: str, new: str, source: str = SOURCE) -> str:
    assert old in source
    return source.replace(old, new)


def test_each_module_of_workflows_is_as_its_fingerprint_says() -> None:
    kept, found = read_kept(), read_workflows()
    differing = sorted(
        module for module in kept.keys() | found.keys() if kept.get(module) != _as_kept(kept, found, module)
    )
    assert differing == [], (
        "Take the change over: python -m tests.workflows.fingerprints. It says what is missing where a patch is."
    )


def _as_kept(kept: dict[str, Fingerprint], found: dict[str, Fingerprint], module: str) -> Fingerprint | None:
    """What is found, with the reason that was given for it."""
    if (now := found.get(module)) is None:
        return None
    because = kept[module].because if module in kept else ""
    return Fingerprint(code=now.code, patches=now.patches, because=because)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""One letter."""', '"""One letter, or none."""'),
        ('summary="Writing"', 'summary="Is written"'),
        ("start_to_close_timeout=30", "start_to_close_timeout=60"),
        ('set_current_details("waits")', 'set_current_details("is written")'),
        ("from temporalio import workflow", "import asyncio\nfrom temporalio import workflow"),
    ],
)
def test_what_may_change_freely_changes_no_fingerprint(old: str, new: str) -> None:
    assert of(changed(old, new)) == of(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"write"', '"draft"'),
        ('await workflow.execute_activity("send", start_to_close_timeout=30)', "await workflow.sleep(1)"),
        ("async def run(self)", "async def run(self, about: str)"),
        ("@workflow.defn", '@workflow.defn(name="Letter")'),
    ],
)
def test_a_command_that_changed_asks_for_a_patch(old: str, new: str) -> None:
    before, after = {"letter": of(SOURCE)}, {"letter": of(changed(old, new))}
    assert unpatched(before, after) == ["letter"]
    with pytest.raises(ValueError, match=r"workflow\.patched"):
        taken_over(before, after, "")
    assert taken_over(before, after, "nothing of it is open")["letter"]["because"] == "nothing of it is open"


def test_a_change_behind_a_new_patch_is_taken_over_without_a_reason() -> None:
    send = 'await workflow.execute_activity("send"'
    stamp = f"if workflow.patched(STAMPED):\n            await workflow.sleep(1)\n        {send}"
    patched = changed(send, stamp)
    patched = changed("@workflow.defn", 'STAMPED = "letters-are-stamped"\n\n@workflow.defn', patched)
    before, after = {"letter": of(SOURCE)}, {"letter": of(patched)}
    assert after["letter"].patches == ("letters-are-stamped",)
    assert taken_over(before, after, "")["letter"]["because"] == ""
    # The same patch covers no second change.
    again = {"letter": of(changed('"write"', '"draft"', patched))}
    assert unpatched(after, again) == ["letter"]


def test_a_workflow_that_is_gone_asks_for_a_reason() -> None:
    assert unpatched({"letter": of(SOURCE)}, {}) == ["letter"]


def test_every_module_with_a_workflow_has_a_fingerprint() -> None:
    with_one = {file.stem for file in FOLDER.glob("*.py") if "@workflow.defn" in file.read_text()}
    assert with_one <= read_kept().keys()
