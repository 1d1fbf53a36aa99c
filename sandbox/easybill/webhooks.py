"""Addresses that events are sent to. The secret is asked for, and used for nothing that anybody has seen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .call import Call
from .delivery import EVENTS
from .errors import Answer, invalid, json_answer
from .lists import page_of
from .store import Thing

REQUIRED = ("content_type", "description", "events", "secret", "url")


def _checked(told: dict[str, Any]) -> Thing:
    wrong = {name: "required" for name in REQUIRED if not told.get(name)}
    if told.get("content_type") not in ("form", "json"):
        wrong["content_type"] = "form or json"
    events = told.get("events")
    if not isinstance(events, list) or not set(events) <= set(EVENTS):
        wrong["events"] = "unknown"
    if urlsplit(str(told.get("url", ""))).scheme not in ("http", "https"):
        wrong["url"] = "no address"
    if wrong:
        raise invalid(**wrong)
    return {name: told[name] for name in REQUIRED} | {"is_active": bool(told.get("is_active"))}


async def post(call: Call) -> Answer:
    kept = call.desk.add("webhooks", _checked(call.told()) | {"last_response": None})
    return json_answer(201, kept, kept["id"])


async def put(call: Call) -> Answer:
    webhook = call.desk.get("webhooks", call.number)
    webhook |= _checked(webhook | call.told())
    call.desk.store.put(webhook)
    return json_answer(200, webhook)


async def get(call: Call) -> Answer:
    return json_answer(200, call.desk.get("webhooks", call.number))


async def get_all(call: Call) -> Answer:
    return page_of(call.listed("webhooks"), call.query, {})


async def delete(call: Call) -> Answer:
    call.desk.store.delete(call.desk.get("webhooks", call.number)["id"])
    return Answer(204)
