"""What goes wrong between us and lexoffice, at stated rates: every fault of the sandbox, and its notifications."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chaos import easybill_weather
from chaos.firm import Firm

_CREATES = "^/v1/(credit-notes|invoices|vouchers)$"
_ATTACHES = "^/v1/vouchers/[^/]+/files$"
_KINDS = "credit-notes|invoices|vouchers"

# Each call draws once per line, in this order, until one hits. Rates are per call.
FAULTS: tuple[dict[str, Any], ...] = (
    # A create: refused, perhaps not carried out, or carried out and the answer lost.
    {"kind": "rate_limit_429", "method": "POST", "path": _CREATES, "rate": 0.04},
    {"kind": "throttled_500", "method": "POST", "path": _CREATES, "rate": 0.03},
    {"kind": "unavailable_503", "method": "POST", "path": _CREATES, "rate": 0.03},
    {"kind": "conflict_409", "method": "POST", "path": _CREATES, "rate": 0.01},
    {"kind": "timeout_504_before", "method": "POST", "path": _CREATES, "rate": 0.03, "delayMs": 500},
    {"kind": "timeout_504_after", "method": "POST", "path": _CREATES, "rate": 0.06, "delayMs": 500},
    {"kind": "reset_before", "method": "POST", "path": _CREATES, "rate": 0.03},
    {"kind": "reset_after", "method": "POST", "path": _CREATES, "rate": 0.06},
    {"kind": "slow", "method": "POST", "path": _CREATES, "rate": 0.06, "delayMs": 3000},
    # Answers after our own time-out: to us an answer that was lost.
    {"kind": "slow", "method": "POST", "path": _CREATES, "rate": 0.01, "delayMs": 40000},
    # A file that is attached: the same again is the same file, whatever became of the answer.
    {"kind": "throttled_500", "method": "POST", "path": _ATTACHES, "rate": 0.05},
    {"kind": "timeout_504_after", "method": "POST", "path": _ATTACHES, "rate": 0.05, "delayMs": 500},
    {"kind": "reset_after", "method": "POST", "path": _ATTACHES, "rate": 0.05},
    {"kind": "reset_before", "method": "POST", "path": _ATTACHES, "rate": 0.03},
    # Any call: the key, the contract, the scope.
    {"kind": "unauthorized_401", "path": f"^/v1/({_KINDS}|payments|voucherlist)", "rate": 0.002},
    {"kind": "payment_required_402", "path": f"^/v1/({_KINDS}|payments|voucherlist)", "rate": 0.001},
    {"kind": "forbidden_403", "path": f"^/v1/({_KINDS}|payments|voucherlist)", "rate": 0.001},
    # Reads.
    {"kind": "rate_limit_429", "method": "GET", "rate": 0.02},
    {"kind": "throttled_500", "method": "GET", "rate": 0.02},
    {"kind": "unavailable_503", "method": "GET", "rate": 0.02},
    {"kind": "timeout_504_before", "method": "GET", "rate": 0.01, "delayMs": 300},
    {"kind": "timeout_504_after", "method": "GET", "rate": 0.01, "delayMs": 300},
    {"kind": "reset_before", "method": "GET", "rate": 0.01},
    {"kind": "reset_after", "method": "GET", "rate": 0.01},
    {"kind": "conflict_409", "method": "GET", "rate": 0.002},
    {"kind": "slow", "method": "GET", "rate": 0.03, "delayMs": 1500},
    # Lags of a document after its change, or after it was made.
    {"kind": "stale_read", "path": f"^/v1/({_KINDS}|payments)/", "rate": 0.1, "times": 1},
    {"kind": "late_number", "path": "^/v1/(credit-notes|invoices)/", "rate": 0.3, "times": 2},
    {"kind": "late_index", "path": "^/v1/voucherlist", "delayMs": 4000},
)

NOTIFICATION_FAULTS: dict[str, Any] = {"duplicateRate": 0.25, "dropRate": 0.1, "delayMs": [0, 3000], "reorder": True}


async def begin(firms: Sequence[Firm], seed: int, *, lost_answers: float | None) -> None:
    """`lost_answers`: the share of creates that are carried out and not answered, where it is not to be the usual."""
    for number, firm in enumerate(firms):
        if firm.easybill is not None:
            await easybill_weather.begin(firm.easybill, seed * 100 + number, lost_answers=lost_answers)
            continue
        for line, fault in enumerate(FAULTS if lost_answers is None else [*_lost(lost_answers), *FAULTS]):
            await firm.hook("POST", "faults", fault | {"seed": seed * 10_000 + number * 100 + line})
        await firm.hook("PUT", "notification-faults", NOTIFICATION_FAULTS | {"seed": seed * 100 + number})


def _lost(share: float) -> list[dict[str, Any]]:
    return [{"kind": "reset_after", "method": "POST", "path": _CREATES, "rate": share}]


async def answers_lost(firms: Sequence[Firm]) -> int:
    """Of creates of a credit note, so far."""
    lost = 0
    for firm in firms:
        if firm.easybill is not None:
            lost += await easybill_weather.answers_lost(firm.easybill)
        else:
            counts = (await firm.hook("GET", "calls"))["counts"]
            lost += counts.get("POST /v1/credit-notes", {}).get("reset", 0)
    return lost


async def end(firms: Sequence[Firm]) -> Counter[str]:
    """Clear skies. Returns how often each kind of fault was injected."""
    injected: Counter[str] = Counter()
    for firm in firms:
        if firm.easybill is not None:
            injected.update(await easybill_weather.end(firm.easybill))
            continue
        injected.update((await firm.hook("GET", "faults"))["injected"])
        await firm.hook("DELETE", "faults")
        await firm.hook("DELETE", "notification-faults")
    return injected
