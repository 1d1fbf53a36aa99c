"""A worker without our two safeguards, to prove that the oracle would see what they prevent.

The sent mark forbids nothing, and the search for a lost document finds nothing: whatever has no id yet is sent again.
Only `script/chaos --careless` and its test start this; the product knows nothing of it.
"""

import argparse
import os
import sys
from typing import Any

import worker
from activities.books.easybill.calls import EasybillCalls
from activities.books.lexoffice.calls import LexofficeCalls
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.types import IntentId
from logs import configure_logs
from settings import Settings

_may_send = intents.may_send


async def may_always_send(tx: TenantTransaction, intent: IntentId, **how: Any) -> Any:
    """As if no request had ever been sent for it."""
    await tx.execute(
        "UPDATE creation_intents SET refused_at = now() WHERE tenant_id = $1 AND id = $2 AND sent_at IS NOT NULL",
        tx.tenant.id,
        intent,
    )
    return await _may_send(tx, intent, **how)


async def finds_nothing(*_: Any, **__: Any) -> tuple[list[Any], bool]:
    """No row, and no further page."""
    return [], True


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.careless_worker")
    parser.add_argument("--health-port", type=int, required=True)
    options = parser.parse_args()
    setattr(intents, "may_send", may_always_send)  # noqa: B010 - it is replaced, not implemented
    for calls in (LexofficeCalls, EasybillCalls):
        setattr(calls, "page_of_search", finds_nothing)  # noqa: B010
    settings = Settings.from_environment()
    configure_logs(settings.log_format, settings.log_level)
    worker.main(settings, health_host="127.0.0.1", health_port=options.health_port)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
