"""If-Match: an act counts only while the object is what the caller has seen (RFC 9110, 13.1.1)."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Depends, Header
from fastapi.responses import JSONResponse

from api.http.etags import etag_of, is_named
from api.http.problems import Problem, ProblemBody

CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    412: {"model": ProblemBody, "description": "Der Gegenstand ist ein anderer, als `If-Match` nennt"}
}


class Unchanged:
    """What a caller expects; without the header nothing is looked at."""

    def __init__(self, if_match: str | None) -> None:
        self._if_match = if_match

    async def require(self, lock: Callable[[], Awaitable[Any]], show: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        """Within the transaction of the act, before it. `show`: what the object's GET answers.

        `lock` holds the object's row, so that nobody changes it between this look and the act.
        Raises Problem (412) where the object is another than the caller has seen.
        """
        if self._if_match is None:
            return
        await lock()
        if not is_named(etag_of(bytes(JSONResponse(await show()).body)), self._if_match):
            raise Problem(412, "changed_meanwhile")


async def _unchanged(
    if_match: Annotated[
        str | None,
        Header(
            max_length=1000,
            description="`ETag` der Antwort, auf der die Änderung beruht, unter derselben `Accept-Language`; ist der "
            "Gegenstand inzwischen ein anderer: 412",
            examples=['"Vn3o1yJc0R2m8K5q7tLwXz4A"'],
        ),
    ] = None,
) -> Unchanged:
    return Unchanged(if_match)


UnlessChanged = Annotated[Unchanged, Depends(_unchanged)]
