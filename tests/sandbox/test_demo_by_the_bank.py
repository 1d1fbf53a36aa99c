"""The demo's loop ends by the bank: its file is handed in, its statement brought, and nobody clicks in lexoffice."""

import os
from collections.abc import Mapping
from pathlib import Path

from sandbox.bank_server import BankServer
from sandbox.demo import run_loop
from sandbox.demo_bank import LoopByBank
from sandbox.postgres import PostgresAddresses
from sandbox.processes import free_port
from sandbox.stack import StackAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.fixtures.house import House


async def test_the_loop_of_the_demo_is_paid_by_the_bank(
    product: House, postgres: PostgresAddresses, temporal: TemporalAddresses, tmp_path: Path
) -> None:
    bank = BankServer(tmp_path / "bank", free_port())
    settings = product.settings
    steps: list[Mapping[str, object]] = []
    await bank.start()
    try:
        addresses = StackAddresses(
            api_url=product.api_url,
            worker_url="",
            postgres=postgres,
            temporal=temporal,
            lexoffice=product.lexoffice,
            bank_url=bank.base_url,
            easybill_url="",
            state=tmp_path,
            environment={
                **os.environ,
                "PARTNERDESK_DATABASE_URL": settings.database_url.get_secret_value(),
                "PARTNERDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
                "PARTNERDESK_PUBLIC_URL": product.api_url,
            },
        )
        # Its tenant is no other test's.
        complete = await run_loop(addresses, steps.append, say=lambda _: None, dialect="chapter", kind=LoopByBank)
    finally:
        await bank.stop()
    assert complete, steps[-1]
    assert [step["name"] for step in steps[-3:]] == ["file accepted by the bank", "statement brought", "payout paid"]
    assert steps[-1]["payment_reference"] == steps[-1]["payout_number"]
