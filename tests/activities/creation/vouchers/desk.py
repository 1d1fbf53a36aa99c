"""A booking under way in a test, each of its steps, and what people do beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from activities.books.lexoffice.voucher_content import voucher_of
from activities.creation.voucher_booking import VoucherBooking
from activities.models import DocumentCreation
from activities.payouts.voucher_steps import voucher_step
from ledger.database import TenantTransaction
from ledger.documents import intents
from ledger.documents.intents import Intent
from ledger.documents.own import voucher_contacts
from ledger.documents.own.issuing import OwnDocumentRow
from ledger.reasons import Reason
from ledger.types import PayoutNumber, TaxCase
from lexoffice.contacts import NewContact
from tests.fixtures.voucher_books import VoucherBooks, as_activity
from tests.ledger.documents.own.documents import document

NO_WAIT = timedelta(0)


@dataclass
class Owner:
    """Does nothing with what it is told but remember it; what comes next is what the intent's row permits."""

    told: list[tuple[str, Any]] = field(default_factory=list)
    is_large: bool = False

    async def hold(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        await tx.execute(
            "SELECT 1 FROM payouts WHERE tenant_id = $1 AND number = $2 FOR UPDATE", tx.tenant.id, task.number
        )

    async def view(self, tx: TenantTransaction, task: DocumentCreation) -> str:
        return (await voucher_step(tx, await intents.get(tx, task.intent), NO_WAIT))[0].value

    async def view_made(self, tx: TenantTransaction, task: DocumentCreation) -> str:
        return "attach"

    async def note_unclear(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        self.told.append(("unclear", None))

    async def needs_person(self, tx: TenantTransaction, task: DocumentCreation) -> bool:
        return self.is_large

    async def block(
        self,
        tx: TenantTransaction,
        task: DocumentCreation,
        why: Reason,
        *,
        kind: str,
        technical: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        self.told.append((kind, why.code))

    async def wait_for_connection(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        self.told.append(("waits", why.code))

    async def ask_about_lost(
        self, tx: TenantTransaction, task: DocumentCreation, candidates: Sequence[UUID], differences: Sequence[str]
    ) -> None:
        self.told.append(("lost", tuple(differences)))

    async def note_booked(self, tx: TenantTransaction, task: DocumentCreation) -> None:
        self.told.append(("booked", None))

    async def note_gone(self, tx: TenantTransaction, task: DocumentCreation, why: Reason) -> None:
        self.told.append(("gone", why.code))


@dataclass
class Desk:
    """A booking under way, and each of its steps."""

    books: VoucherBooks
    owner: Owner
    steps: VoucherBooking[str]
    row: OwnDocumentRow
    intent: Intent

    @property
    def task(self) -> DocumentCreation:
        return DocumentCreation(
            tenant=self.books.shop.tenant, intent=self.intent.id, number=PayoutNumber(self.books.payout.number)
        )

    async def book(self) -> str:
        return await as_activity(lambda: self.steps.book(self.task))

    async def search(self) -> str:
        return await as_activity(lambda: self.steps.search(self.task))

    async def attach(self, *, attempt: int = 1) -> str:
        return await as_activity(lambda: self.steps.attach(self.task), attempt=attempt)

    async def read_back(self, *, attempt: int = 1) -> str:
        return await as_activity(lambda: self.steps.read_back(self.task), attempt=attempt)

    async def now(self) -> Intent:
        """The intent as its row is."""
        return await self.books.intent(self.intent.id)

    async def through(self) -> list[str]:
        """All three steps of a booking without trouble."""
        return [await self.book(), await self.attach(), await self.read_back()]

    async def somebody_books(self, **changes: Any) -> None:
        """A voucher under our number, as a person may type it in: with all that is asked for, or something else."""
        async with self.books.door.reading(self.books.shop.tenant) as client:
            contact = (await client.create_contact(NewContact(name="Anna", country_code="DE", note="by hand"))).id
            content = voucher_of(self.intent)
            more = changes.get("gross_cents", content.gross_cents) - content.gross_cents
            content = content.model_copy(update={"cents": content.cents + more})
            await client.create_voucher(content.to_send(contact))
        async with self.books.shop.ledger.transaction(self.books.shop.tenant) as tx:
            await voucher_contacts.keep(tx, content.partner, contact, settled=True)

    async def somebody_replaces(self) -> None:
        """A PUT that names no file, as a program of somebody else sends it."""
        voucher = await self.voucher()
        sent = {key: value for key, value in voucher.items() if key not in ("files", "voucherStatus")}
        answer = await self.books.hooks.put(
            f"{self.books.api}/v1/vouchers/{voucher['id']}",
            json=sent,
            headers={"Authorization": f"Bearer {self.books.api_key}"},
        )
        assert answer.is_success, answer.text

    async def voucher(self) -> dict[str, Any]:
        [found] = await self.books.vouchers()
        return found


async def desk_of(books: VoucherBooks, case: TaxCase = TaxCase.REGULAR, *, payout: bool = True, **changes: Any) -> Desk:
    if not payout:
        await books.another_payout()
    row = await books.issue(document(number="?", **changes))
    owner = Owner()
    steps = VoucherBooking(books.shop.ledger, books.door, books.creator, owner)
    return Desk(books, owner, steps, row, await books.booking(row, case))
