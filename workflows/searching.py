"""The search for a document whose creation got no answer: page by page, then each that may be it."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.creation.search_models import Candidate, PageOfSearch, Searched
    from activities.creation.searching import SearchActivities
    from activities.models import DocumentCreation, is_unusable, mendable
    from workflows.messages import LEXOFFICE
    from workflows.words import say

ONE_REQUEST_AT_A_TIME = "one-activity-per-request-of-a-search"
"""Patch: searches that began before it was deployed are one activity each."""

Task = TypeVar("Task")
Found = TypeVar("Found")


async def search(
    creation: DocumentCreation, priority: int, *, pages: str, candidates: str, books: str = LEXOFFICE
) -> Searched:
    """Every document with the marker, in these books. `pages`, `candidates`: codes of what the engine's UI calls the
    activities."""

    async def ask(activity: Callable[[Any, Task], Coroutine[Any, Any, Found]], task: Task, summary: str) -> Found:
        return await workflow.execute_activity_method(
            activity,
            task,
            task_queue=books,
            summary=summary,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=15),
            # Only a complete search counts: it goes on until lexoffice answers.
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            priority=Priority(priority_key=priority, fairness_key=creation.tenant.slug),
        )

    looked_at = set()
    marked = []
    number = 0
    try:
        while True:
            page = await ask(
                SearchActivities.search_page,
                PageOfSearch(creation=creation, page=number),
                say(pages, page=number + 1),
            )
            for resource_id in page.candidates:
                # A document created between two requests pushes a row onto the next page, where it comes again.
                if resource_id in looked_at:
                    continue
                looked_at.add(resource_id)
                task = Candidate(creation=creation, resource_id=resource_id)
                if kept := await ask(SearchActivities.search_candidate, task, say(candidates)):
                    marked.append(kept)
            if page.is_last:
                return Searched(creation=creation, marked=tuple(marked))
            number += 1
    except ActivityError as error:
        if is_unusable(error):
            return Searched(creation=creation, unusable=True, mendable=mendable(error.cause))
        raise
