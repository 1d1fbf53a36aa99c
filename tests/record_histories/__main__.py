"""`python -m tests.record_histories SET [SCENE …]`: record real histories of every workflow, one per state, open ones
included; or of the named scenes only, which is what a new state needs.

They go to tests/histories/SET/, which must not exist yet: what is stored is never changed (docs/upgrades.md). Whatever
names this machine is written over, so that a history says nothing about where it was recorded.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from sandbox.postgres import PostgresServer
from sandbox.processes import free_port
from sandbox.vies_server import ViesServer
from tests.fixtures.postbox import open_postbox
from tests.fixtures.products import own_product
from tests.record_histories.documents import (
    contact_and_payment,
    invoices,
    invoices_that_wait,
    replacement_window,
    unknown_documents,
    written_invoices,
)
from tests.record_histories.own_payouts import (
    own_document_booked,
    own_document_lost_and_found,
    own_document_without_books,
)
from tests.record_histories.passes import (
    events_out,
    hold_payout_runs,
    mails,
    papers,
    passes,
    profiles,
    schedules,
    statements,
    subscriptions_asked_for_twice,
)
from tests.record_histories.payouts import (
    awaiting_approval,
    blocked_and_voided_approval,
    cancelled,
    created_again_by_the_machine,
    key_refused_after_the_post,
    lost_and_adopted,
    lost_and_asked,
    open_then_paid,
    refused_then_retried,
    reopened_deviating_deleted,
    voided,
)
from tests.record_histories.recorder import Recorder
from tests.record_histories.reversals import reversal_searched_for, reversal_withdrawn, reversals
from tests.record_histories.stored import HISTORIES, store
from tests.record_histories.vat_checks import vat_checks

SCENES: tuple[Callable[[Recorder], Awaitable[None]], ...] = (
    awaiting_approval,
    cancelled,
    blocked_and_voided_approval,
    refused_then_retried,
    open_then_paid,
    reopened_deviating_deleted,
    voided,
    lost_and_adopted,
    lost_and_asked,
    created_again_by_the_machine,
    key_refused_after_the_post,
    own_document_without_books,
    own_document_booked,
    own_document_lost_and_found,
    invoices,
    contact_and_payment,
    written_invoices,
    replacement_window,
    schedules,
    papers,
    statements,
    events_out,
    hold_payout_runs,
    passes,
    subscriptions_asked_for_twice,
    profiles,
    invoices_that_wait,
    unknown_documents,
    mails,
    vat_checks,
    reversals,
    reversal_withdrawn,
    reversal_searched_for,
)


async def record(state: Path, scenes: Collection[str] = ()) -> dict[str, str]:
    """All scenes, or those named."""
    postgres = PostgresServer(state / "postgres", free_port(), durable=False)
    vies = ViesServer(state / "vies", free_port())
    try:
        addresses = await postgres.start()
        async with (
            open_postbox() as postbox,
            own_product(
                addresses,
                state / "product",
                create_seconds=1.5,
                certain_seconds=2.0,
                unclear_outcome_seconds=0.6,
                handover_after_seconds=0.0,
                smtp_host="127.0.0.1",
                smtp_port=postbox.port,
                smtp_security="none",
                mail_sender="partnerdesk@product.example",
                mail_bundle_seconds=0.0,
                vies_base_url=await vies.start(),
                vies_pace=10,
                events_out_waits_seconds=(3.0,),
            ) as product,
        ):
            product.house.postbox = postbox
            recorder = Recorder(product)
            for scene in SCENES:
                if not scenes or scene.__name__ in scenes:
                    await scene(recorder)
        return recorder.histories
    finally:
        await vies.stop()
        await postgres.stop()


def main(name: str, scenes: Collection[str]) -> int:
    if (HISTORIES / name).exists():
        print(f"{HISTORIES / name} is there already; what is stored is never changed.", file=sys.stderr)
        return 1
    state = Path(tempfile.mkdtemp(prefix="partnerdesk-histories-"))
    state.chmod(0o711)  # for the user that runs PostgreSQL when we are root
    try:
        store(name, asyncio.run(record(state, scenes)))
    finally:
        shutil.rmtree(state, ignore_errors=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    status = main(sys.argv[1], sys.argv[2:])
    sys.stderr.flush()
    os._exit(status)  # see tests/__main__.py
