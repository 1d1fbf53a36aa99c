"""What goes wrong between us and easybill, at stated rates. Its webhooks come twice and in any order; none is dropped:
what easybill never told is not found by itself (docs/easybill.md)."""

from collections import Counter
from typing import Any

from chaos.easybill_account import EasybillAccount

_CREATES = "^/rest/v1/documents$"

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "rate_limit_429", "method": "POST", "path": _CREATES, "rate": 0.05},
    {"kind": "unavailable_503", "method": "POST", "path": _CREATES, "rate": 0.03},
    {"kind": "timeout_504_before", "method": "POST", "path": _CREATES, "rate": 0.03},
    {"kind": "timeout_504_after", "method": "POST", "path": _CREATES, "rate": 0.06},
    {"kind": "reset_before", "method": "POST", "path": _CREATES, "rate": 0.03},
    {"kind": "reset_after", "method": "POST", "path": _CREATES, "rate": 0.06},
    {"kind": "slow", "method": "POST", "path": _CREATES, "rate": 0.06, "delay_ms": 3000},
    # The number and the force, which may be asked for again; and a customer, of which one too many is a nuisance.
    {"kind": "timeout_504_after", "method": "PUT", "rate": 0.06},
    {"kind": "reset_after", "method": "PUT", "rate": 0.06},
    {"kind": "reset_before", "method": "PUT", "rate": 0.03},
    {"kind": "reset_after", "method": "POST", "path": "^/rest/v1/customers$", "rate": 0.05},
    {"kind": "unauthorized_401", "rate": 0.002},
    {"kind": "forbidden_403", "rate": 0.001},
    {"kind": "rate_limit_429", "method": "GET", "rate": 0.02},
    {"kind": "unavailable_503", "method": "GET", "rate": 0.02},
    {"kind": "timeout_504_before", "method": "GET", "rate": 0.01},
    {"kind": "reset_before", "method": "GET", "rate": 0.01},
    {"kind": "slow", "method": "GET", "rate": 0.03, "delay_ms": 1500},
    {"kind": "late_list", "delay_ms": 4000},
)


async def begin(account: EasybillAccount, seed: int, *, lost_answers: float | None) -> None:
    """`lost_answers`: the share of creates that are carried out and not answered, where it is not to be the usual."""
    first = []
    if lost_answers is not None:
        first.append({"kind": "reset_after", "method": "POST", "path": _CREATES, "rate": lost_answers})
    for line, fault in enumerate([*first, *FAULTS]):
        await account.hook("POST", "faults", fault | {"seed": seed * 10_000 + line})
    await account.behave(duplicate_rate=0.25, shuffle_ms=3000, seed=seed)


async def answers_lost(account: EasybillAccount) -> int:
    """Of creates of a document, so far."""
    faults = await account.hook("GET", "faults")
    return sum(one["injected"] for one in faults if one["kind"] == "reset_after" and one["path"] == _CREATES)


async def end(account: EasybillAccount) -> Counter[str]:
    """Clear skies. Returns how often each kind of fault was injected."""
    injected: Counter[str] = Counter()
    for one in await account.hook("GET", "faults"):
        injected[one["kind"]] += one["injected"]
    await account.hook("DELETE", "faults")
    await account.behave(duplicate_rate=0, shuffle_ms=0)
    return injected
