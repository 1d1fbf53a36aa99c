"""`python -m bench.bare_worker ADDRESS NAMESPACE COUNTER READY [DATABASE]`: the bare engine's worker, set as the
product's is. With a database it is the floor's (bench/floor.py)."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from bench.bare import BareActivities, BareDocument, BarePayout, none_of_them
from bench.floor import commits
from workflows.messages import LEXOFFICE, PAYOUTS


async def run(address: str, namespace: str, counter: str, ready: str, database: str | None = None) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    counting = os.open(counter, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    grace = timedelta(seconds=5)
    async with AsyncExitStack() as exits:
        commit = none_of_them if database is None else await exits.enter_async_context(commits(database))
        bare = BareActivities(counting, commit)
        payouts = Worker(
            client,
            task_queue=PAYOUTS,
            workflows=[BarePayout, BareDocument],
            activities=[bare.advance, bare.conclude],
            graceful_shutdown_timeout=grace,
            max_concurrent_activities=20,
        )
        calls = Worker(
            client,
            task_queue=LEXOFFICE,
            activities=[bare.create_credit_note, bare.read_back_credit_note, bare.fetch_document, bare.fetch_payments],
            graceful_shutdown_timeout=grace,
            max_concurrent_activities=50,
            disable_eager_activity_execution=True,
        )
        for worker in (payouts, calls):
            await exits.enter_async_context(worker)
        await asyncio.to_thread(Path(ready).touch)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:6]))
    # The Temporal SDK can crash at shutdown (sdk-python issue 300).
    os._exit(0)
