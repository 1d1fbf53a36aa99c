"""The restore drill: dump, lose everything that PostgreSQL kept, restore, recover; real processes, without a person.

A payout is documented after the backup, so the restored ledger does not know its credit note, and its commissions are
due once more. Printed at the end as one JSON line: what was lost (RPO) and how long nothing worked (RTO), in seconds,
and the documents of the partner, of which one only may count.
"""

import argparse
import asyncio
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.demo import Loop, NotReached
from sandbox.demo_office import Office
from sandbox.postgres import PostgresServer, client_tools
from sandbox.processes import Command, StackError, run_to_end
from sandbox.stack import Ports, Stack, StackAddresses, partnerdesk_command
from sandbox.waiting import PATIENCE

WORD = "drill"
_QUIET_S = 5.0
"""How long an approved payout is watched under the recovery: time enough for its document, had it been made."""


def say(text: str) -> None:
    """Progress goes to standard error: standard output holds the figures only."""
    print(text, file=sys.stderr, flush=True)


class Sales(Loop):
    """The loop's first half: sales that are paid, so that commissions are due."""

    async def sell(self) -> None:
        """A sale with approved commissions."""
        self.step = 0
        payment = f"pi_{secrets.token_hex(12)}"
        sale = await self._sale(payment)
        await self._customer_pays(await self._invoice(payment))
        await self._commissions_approved(sale)

    async def document(self) -> str:
        """The number of a payout of all that is due, with its credit note open."""
        return await self._payout_approved()


async def run(state: Path) -> dict[str, object]:
    """The figures of a drill whose state lies in this folder. Raises StackError, NotReached."""
    ports = Ports.free()
    dump = state / "backup.dump"
    async with _stack(state, ports) as stack, Office(stack.addresses, "lexoffice") as office:
        await office.open()
        sales = Sales(office, _told, say)
        await sales.sell()
        taken_at = datetime.now(UTC)
        await _back_up(stack.addresses, dump)
        forgotten = await sales.document()
    lost_at, began = datetime.now(UTC), time.monotonic()
    _lose(state)
    say(f"The database is lost, {forgotten} with it; restoring …")
    await _restore(state, ports, dump)
    async with _stack(state, ports, PARTNERDESK_RECOVERY=WORD) as stack, Office(stack.addresses, "lexoffice") as office:
        works_after = time.monotonic() - began
        await office.open()
        figures = await Recovery(office, stack).run(forgotten)
        return {
            "lost_seconds": round((lost_at - taken_at).total_seconds(), 1),
            "restored_and_running_after_seconds": round(works_after, 1),
            "creates_again_after_seconds": round(time.monotonic() - began, 1),
            **figures,
        }


def _stack(state: Path, ports: Ports, **environment: str) -> Stack:
    options = ["--key-bits", "2048"]
    return Stack(state, ports, emit=say, durable=False, lexoffice_options=options, environment=environment)


class Recovery:
    """The people and commands of a recovery."""

    def __init__(self, office: Office, stack: Stack) -> None:
        self._office = office
        self._stack = stack

    async def run(self, forgotten: str) -> dict[str, object]:
        """Figures. Raises NotReached where the recovery is not as docs/operations.md says."""
        status, report = await self._doctor()
        found = {one["check"] for one in report["differences"]}
        if not status or "credit_note_without_payout" not in found:
            raise NotReached(f"the doctor does not see the forgotten credit note: {sorted(found)}")
        # The same commissions are due once more. Under the recovery nothing is made of it.
        again = await self._ask()
        await asyncio.sleep(_QUIET_S)
        if (await self._payout(again))["state"] != "approved" or len(await self._counting()) != 1:
            raise NotReached(f"{again} was documented before the numbers were compared")
        await self._mend(forgotten)
        payout = await self._until_open(again)
        counting = await self._counting()
        if len(counting) != 1 or counting[0]["voucherNumber"] != payout["credit_note_number"]:
            raise NotReached(f"{len(counting)} credit notes count")
        return {"differences_seen": sorted(found), "documents_that_count": len(counting), "doubles": 0}

    async def _mend(self, forgotten: str) -> None:
        """As the doctor says: void what no money left for, end the workflow that nobody knows, compare again."""
        [document] = await self._counting()
        await self._office.lexoffice("POST", f"/sandbox/documents/{document['id']}/void", {})
        temporal = self._stack.addresses.temporal
        await run_to_end(
            Command(
                "temporal workflow terminate",
                [str(temporal.cli), "workflow", "terminate", "--address", temporal.address, "--namespace",
                 temporal.namespace, "--workflow-id", f"payout/{self._office.slug}/{forgotten}", "--reason", WORD],
                self._stack.addresses.state / "terminate.log",
                env=dict(os.environ),
            )
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE.in_all_s
        status, report = await self._doctor()
        while status and time.monotonic() < deadline:  # the engine lists its workflows some seconds late
            await asyncio.sleep(1)
            status, report = await self._doctor()
        if status:
            raise NotReached(f"the doctor goes on to see {report['differences']}")

    async def _doctor(self) -> tuple[int, Mapping[str, Any]]:
        status, output = await self._office.partnerdesk("doctor", "--tenant", self._office.slug, "--json")
        try:
            return status, json.loads(output)["tenants"][0]
        except (ValueError, KeyError, IndexError):
            raise NotReached(f"partnerdesk doctor: {output}") from None

    async def _ask(self) -> str:
        payout = await self._office.api("POST", "/payouts", {"partner": "ANNA"})
        seen = {"content_hash": payout["content_hash"]}
        await self._office.api("POST", f"/payouts/{payout['number']}/approve", seen, key="approve")
        return str(payout["number"])

    async def _payout(self, number: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = await self._office.api("GET", f"/payouts/{number}")
        return found

    async def _until_open(self, number: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + PATIENCE.in_all_s
        while (payout := await self._payout(number))["state"] != "credit_note_open":
            if time.monotonic() > deadline:
                raise NotReached(f"{number} is {payout['state']} after the comparison")
            await asyncio.sleep(0.5)
        return payout

    async def _counting(self) -> list[Mapping[str, Any]]:
        """Credit notes in lexoffice that are not voided."""
        path = f"/sandbox/organizations/{self._office.organization}/documents"
        listed = await self._office.lexoffice("GET", path)
        return [one for one in listed["content"] if one["kind"] == "credit-note" and one["voucherStatus"] != "voided"]


def _told(step: Mapping[str, object]) -> None:
    say(f"  {step['step']} {step['name']}: {'ok' if step['ok'] else 'NOT REACHED'}")


def _lose(state: Path) -> None:
    """What a broken disk takes: the data, its roles and their passwords. Engine and lexoffice keep theirs."""
    shutil.rmtree(state / "postgres")


async def _restore(state: Path, ports: Ports, dump: Path) -> None:
    server = PostgresServer(state / "postgres", ports.postgres, durable=False)
    addresses = await server.start()
    try:
        database = addresses.app_url.rpartition("/")[2]
        admin = f"{addresses.admin_url.rpartition('/')[0]}/{database}"
        await _run(state, {"PARTNERDESK_BACKUP_DATABASE_URL": admin}, "restore", dump)
    finally:
        await server.stop()


async def _back_up(addresses: StackAddresses, dump: Path) -> None:
    database = addresses.postgres.app_url.rpartition("/")[2]
    admin = f"{addresses.postgres.admin_url.rpartition('/')[0]}/{database}"
    for what in ("make", "verify"):
        await _run(addresses.state, {**addresses.environment, "PARTNERDESK_BACKUP_DATABASE_URL": admin}, what, dump)


async def _run(state: Path, environment: Mapping[str, str], what: str, dump: Path) -> None:
    env = {**os.environ, **environment, "PARTNERDESK_POSTGRES_TOOLS": str(client_tools())}
    await run_to_end(
        Command(
            f"partnerdesk backup {what}",
            [partnerdesk_command(), "backup", what, str(dump)],
            state / "backup.log",
            env=env,
        )
    )


def main() -> None:
    """Status 0 only where one document counts."""
    argparse.ArgumentParser(prog="script/drill", description=__doc__).parse_args()
    state = Path(tempfile.mkdtemp(prefix="partnerdesk-drill-"))
    try:
        figures = asyncio.run(run(state))
    except (StackError, NotReached) as error:
        say(f"{error}\nThe logs are in {state}.")
        os._exit(1)
    shutil.rmtree(state, ignore_errors=True)
    print(json.dumps(figures), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
