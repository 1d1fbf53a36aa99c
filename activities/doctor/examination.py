"""One tenant, examined: the ledger by itself, then with the engine, then with lexoffice."""

import asyncio
from datetime import timedelta

from temporalio.exceptions import ApplicationError

from activities.doctor import engine_check, lexoffice_check
from activities.doctor.lexoffice_check import LexofficeView, Say
from activities.doctor.views import Engine
from activities.engine_away import AWAY
from activities.gateway.lexoffice_gateway import LexofficeDoor
from httpcalls.errors import ContractDoesNotInclude, Forbidden, ProviderError, Unauthorized
from ledger.connections import recovery
from ledger.connections.connections import ConnectionBroken, NotConnected
from ledger.database import Ledger, TenantTransaction
from ledger.reports import invariants, own_document_checks, standstills, uncompared_books
from ledger.reports.differences import Difference
from ledger.types import Frozen, PayoutNumber, Tenant
from ledger.vault import CannotDecrypt


class Report(Frozen):
    """`compared_with` names the parts that answered; what could not be compared is a difference itself."""

    tenant: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    compared_with: tuple[str, ...]


class Doctor:
    """`recovery_word`: PARTNERDESK_RECOVERY, when the ledger was restored from a backup."""

    def __init__(
        self,
        ledger: Ledger,
        door: LexofficeDoor,
        engine: Engine,
        *,
        unclear_wait: timedelta,
        recovery_word: str | None = None,
    ) -> None:
        self._ledger = ledger
        self._door = door
        self._engine = engine
        # An unclear creation is searched for until its waiting time is over; a quarter of an hour more is too long.
        self._stuck_after = unclear_wait + timedelta(minutes=15)
        self._recovery_word = recovery_word

    async def examine(self, tenant: Tenant, say: Say, *, by: str, accept: str | None = None) -> Report:
        """Compare everything; in a recovery, record it. `accept`: why creating may go on in spite of differences."""
        say("checking the ledger")
        differences = await self._look_at_ledger(tenant)
        compared = ["ledger"]
        notes: list[str] = []
        say("comparing with the engine")
        try:
            found, noted = await engine_check.check(self._ledger, self._engine, tenant)
            numbers = await engine_check.list_engine_payouts(self._engine, tenant) if self._recovery_word else []
            differences, notes = [*differences, *found], [*notes, *noted]
            compared.append("engine")
        except AWAY:
            numbers = []
            mend = "Start Temporal, then run this again."
            # It may know of payouts and numbers that a restored ledger has forgotten.
            differences.append(_away("engine", "The engine does not answer.", mend, bars_creating=True))
        view = await self._lexoffice(tenant, say, differences, notes)
        if view is not None:
            compared.append("lexoffice")
            differences += view.differences
        if self._recovery_word:
            uncompared = await self._find_uncompared(tenant)
            differences += uncompared
            # Whose documents are in no books, or in others, need not be connected: a person says what is there.
            elsewhere = bool(uncompared) and "lexoffice_not_compared" not in {one.check for one in differences}
            if view is not None or elsewhere:
                view = view or LexofficeView()
                notes += await self._record(tenant, view, numbers, differences, by=by, accept=accept)
        return Report(
            tenant=tenant.slug, differences=tuple(differences), notes=tuple(notes), compared_with=tuple(compared)
        )

    async def _look_at_ledger(self, tenant: Tenant) -> list[Difference]:
        """What is under way is looked at twice: it may just be getting on."""
        async with self._ledger.transaction(tenant) as tx:
            first = await self._check_rows(tx)
        if not any(one.check in standstills.UNDER_WAY for one in first):
            return first
        await asyncio.sleep(engine_check.SETTLES_WITHIN_S)
        async with self._ledger.transaction(tenant) as tx:
            again = await self._check_rows(tx)
        seen = {(one.check, one.subject_id) for one in first}
        return [one for one in again if one.check not in standstills.UNDER_WAY or (one.check, one.subject_id) in seen]

    async def _find_uncompared(self, tenant: Tenant) -> list[Difference]:
        async with self._ledger.transaction(tenant) as tx:
            own = await own_document_checks.find_uncompared(tx)
            return [*([own] if own else []), *await uncompared_books.find(tx)]

    async def _check_rows(self, tx: TenantTransaction) -> list[Difference]:
        return [*await invariants.check(tx, stuck_after=self._stuck_after), *await own_document_checks.check(tx)]

    async def _lexoffice(
        self, tenant: Tenant, say: Say, differences: list[Difference], notes: list[str]
    ) -> LexofficeView | None:
        """None where lexoffice could not be asked; then the reason stands among the differences, or the notes."""
        mend = "Store a working API key, then run this again."
        try:
            return await lexoffice_check.check(
                self._ledger, self._door, tenant, say, read_voided=self._recovery_word is not None
            )
        except NotConnected:
            notes.append("Not compared with lexoffice: the tenant is not connected.")
        except (ConnectionBroken, Unauthorized, Forbidden, ContractDoesNotInclude):
            differences.append(_away("lexoffice", "lexoffice does not accept the tenant's key.", mend))
        except ProviderError as error:
            differences.append(_away("lexoffice", f"lexoffice could not be asked ({error}).", "Run this again later."))
        except ApplicationError:
            differences.append(
                _away("lexoffice", "The OAuth access is not renewed at present.", "Run this again later.")
            )
        except CannotDecrypt:
            mend = "Add the key that was used before to PARTNERDESK_SECRET_KEY, behind a comma."
            differences.append(_away("lexoffice", "The stored key of lexoffice cannot be decrypted.", mend))
        return None

    async def _record(
        self,
        tenant: Tenant,
        view: LexofficeView,
        in_the_engine: list[PayoutNumber],
        differences: list[Difference],
        *,
        by: str,
        accept: str | None,
    ) -> list[str]:
        assert self._recovery_word is not None
        highest = dict(view.highest_numbers)
        for number in in_the_engine:
            year, count = int(number[3:7]), int(number[8:])
            highest[year] = max(count, highest.get(year, 0))
        barring = sum(1 for one in differences if one.bars_creating)
        async with self._ledger.transaction(tenant, cause=by) as tx:
            moved = await recovery.skip_numbers(tx, highest)
            await recovery.record(tx, word=self._recovery_word, by=by, differences=barring, accepted_because=accept)
        notes = [
            f"Payout numbers of {year} go on after {number}: so far they are in use." for year, number in moved.items()
        ]
        if barring and not accept:
            notes.append("Recovery: nothing is created in the books until these are mended, or accepted with --accept.")
        else:
            notes.append("Recovery: compared; documents are created again.")
        return notes


def _away(part: str, says: str, mend: str, *, bars_creating: bool = False) -> Difference:
    return Difference(
        check=f"{part}_not_compared",
        subject="tenant",
        subject_id=part,
        says=says,
        mend=mend,
        bars_creating=bars_creating,
    )
