"""The demo's loop with books in easybill: invoice and credit note stand there, and its payment pays the payout."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.bank_server import BankServer
from sandbox.demo import Emit, run_loop
from sandbox.demo_easybill import LoopInEasybill
from sandbox.demo_office import Office
from sandbox.postgres import PostgresAddresses
from sandbox.processes import free_port
from sandbox.stack import StackAddresses
from sandbox.temporal_server import TemporalAddresses
from tests.fixtures.house import House


class _OfItsOwnTenant(LoopInEasybill):
    """The tenants of the dialects are other tests'."""

    def __init__(self, office: Office, emit: Emit, say: Callable[[str], None]) -> None:
        office.slug = "demo-easybill"
        super().__init__(office, emit, say)


async def test_the_loop_of_the_demo_goes_through_easybill(
    product: House, postgres: PostgresAddresses, temporal: TemporalAddresses, easybill_sandbox: str, tmp_path: Path
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
            easybill_url=easybill_sandbox,
            state=tmp_path,
            environment={
                **os.environ,
                "PARTNERDESK_DATABASE_URL": settings.database_url.get_secret_value(),
                "PARTNERDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
                "PARTNERDESK_PUBLIC_URL": product.api_url,
            },
        )
        complete = await run_loop(addresses, steps.append, say=lambda _: None, kind=_OfItsOwnTenant)
    finally:
        await bank.stop()
    assert complete, steps[-1]
    assert [step["name"] for step in steps[-2:]] == ["credit note marked paid", "payout paid"]
    assert str(steps[-1]["credit_note_number"]).startswith("GS-")
