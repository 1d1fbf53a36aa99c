"""What VIES and others that stand in its way may send, read without an exception that nobody expects."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vies.answers import ViesAnswer, ViesQuestion
from vies.client import ViesClient
from vies.errors import ViesAway, ViesError, ViesRefused

ASKED = ViesQuestion(vat_id="DE136695976", requester="DE129273398")


async def answered(status: int, content: bytes) -> ViesAnswer:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    async with ViesClient(base_url="http://vies.example/rest-api", transport=transport) as client:
        return await client.check(ASKED)


def told(status: int, body: Any) -> Any:
    return answered(status, json.dumps(body).encode())


async def test_days_are_read_as_both_services_write_them() -> None:
    for written in ("2026-08-29+02:00", "2026-08-29T09:12:33.123Z"):
        answer = await told(200, {"valid": True, "requestDate": written, "requestIdentifier": "WAPIAAAA"})
        assert str(answer.request_date) == "2026-08-29"
    assert (await told(200, {"valid": True, "requestDate": "soon"})).request_date is None


async def test_an_error_beside_a_no_is_no_no() -> None:
    """The older door answers `isValid: false` with the error in `userError`; both were taken for a no by others."""
    for body in (
        {"valid": False, "userError": "MS_MAX_CONCURRENT_REQ"},
        {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]},
        {"actionSucceed": False},
        {"valid": False, "userError": 'x"><script>'},
    ):
        with pytest.raises(ViesAway):
            await told(200, body)
    with pytest.raises(ViesRefused, match="IP_BLOCKED"):
        await told(200, {"valid": False, "userError": "IP_BLOCKED"})


@pytest.mark.parametrize("body", [{}, [], {"valid": "true"}, {"valid": 1}, {"valid": None}])
async def test_an_answer_that_is_none_is_no_answer(body: Any) -> None:
    with pytest.raises(ViesAway, match="no_answer"):
        await told(200, body)


async def test_more_than_an_answer_can_be_is_not_read() -> None:
    with pytest.raises(ViesAway, match="no_answer"):
        await answered(200, b"[" * 200_000)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=10,
)
_MEMBERS = st.sampled_from(
    [
        "valid",
        "errorWrappers",
        "actionSucceed",
        "userError",
        "requestDate",
        "requestIdentifier",
        "traderNameMatch",
        "name",
    ]
)


@given(st.sampled_from([200, 400, 500]), st.dictionaries(_MEMBERS, _JSON, max_size=6))
async def test_whatever_comes_is_an_answer_or_a_failure_of_ours(status: int, body: dict[str, Any]) -> None:
    try:
        answer = await told(status, body)
    except ViesError:
        return
    assert answer.valid is body["valid"]
    (answer.name or "").encode()
