"""Who may log in to the account."""

from __future__ import annotations

from .call import Call
from .errors import Answer, json_answer
from .lists import page_of


async def get(call: Call) -> Answer:
    return json_answer(200, call.desk.get("logins", call.number))


async def get_all(call: Call) -> Answer:
    return page_of(call.listed("logins"), call.query, {})
