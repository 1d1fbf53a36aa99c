"""What the doctor says of documents of our own mends what it found: each is provoked, mended as said, and gone."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from sandbox.temporal_server import TemporalAddresses
from tests.conftest import Database
from tests.fixtures import mends
from tests.fixtures.desk import answer, handed_over, task
from tests.fixtures.house import Shop, until
from tests.fixtures.own_desk import approved_own, choose_categories
from tests.fixtures.patients import Patient, type_in
from tests.fixtures.planted_differences import examine, superuser
from tests.fixtures.sweeps import settled, silence, sweep

_PATIENCE_S = 60.0
_RECOVERY = "2026-11-30"
_TYPED = (
    *("type", "voucherNumber", "voucherDate", "totalGrossAmount", "totalTaxAmount", "taxType", "contactId"),
    *("useCollectiveContact", "voucherItems", "version"),
)


async def _open(it: Patient, *, books: str) -> None:
    """A payout whose document was handed out."""
    payout = await approved_own(it.shop, 10_000, books=books)
    opened = await it.shop.payout_when(payout["number"], "credit_note_open")
    it.number, it.document = opened["number"], opened["credit_note_id"] or ""
    await settled(it.shop)


async def _booked(it: Patient) -> None:
    await choose_categories(it.shop)
    await _open(it, books="lexoffice")
    await silence(it.shop)


async def _copied(it: Patient) -> str:
    """Somebody types the voucher in again."""
    vouchers = f"{it.shop.house.lexoffice.base_url}/v1/vouchers"
    told = {"Authorization": f"Bearer {it.shop.api_key}"}
    booked = (await it.shop.house.http.get(f"{vouchers}/{it.document}", headers=told)).json()
    typed = {member: booked[member] for member in _TYPED if member in booked}
    made = await it.shop.house.http.post(vouchers, headers=told, json=typed)
    assert made.status_code < 300, made.text
    return str(made.json()["id"])


# How each finding comes about


async def document_without_delivery(it: Patient) -> None:
    """Its mail's row was lost."""
    await it.shop.rows("UPDATE partners SET email = code || '@partner.example' RETURNING 1")
    await _open(it, books="none")
    await it.plant("DELETE FROM own_document_deliveries WHERE tenant_id = $1")
    await it.plant("DELETE FROM mails WHERE tenant_id = $1")
    await it.plant("UPDATE own_documents SET handed_out_at = now() - interval '5 days' WHERE tenant_id = $1")


async def _lose_document(it: Patient) -> None:
    await _open(it, books="none")
    async with superuser(it.database) as connection:
        await connection.execute("CREATE SCHEMA IF NOT EXISTS elsewhere")
        await connection.execute("CREATE TABLE IF NOT EXISTS elsewhere.backup (LIKE public.own_documents)")
    await it.plant("INSERT INTO elsewhere.backup SELECT * FROM own_documents WHERE tenant_id = $1")
    await it.plant("DELETE FROM own_documents WHERE tenant_id = $1")


async def payout_without_its_document(it: Patient) -> None:
    await _lose_document(it)


async def number_without_document(it: Patient) -> None:
    await _lose_document(it)


async def voucher_twice(it: Patient) -> None:
    """A second one under the same number, which the ledger has taken for its document's, too."""
    await _booked(it)
    twin = await _copied(it)
    await it.plant(
        """
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id,
                                        own_document_id, status, gross_cents, open_cents, detached_at)
        SELECT tenant_id, organization_id, kind, $2, voucher_number, payout_id, own_document_id, status, gross_cents,
               open_cents, now()
          FROM external_documents WHERE tenant_id = $1 AND own_document_id IS NOT NULL
        """,
        UUID(twin),
    )
    it.document = twin


async def voucher_amount(it: Patient) -> None:
    await _booked(it)
    await it.shop.office("POST", f"/sandbox/vouchers/{it.document}/edit", {"amount": 1})


async def voucher_missing(it: Patient) -> None:
    await _booked(it)
    await it.shop.office("POST", f"/sandbox/vouchers/{it.document}/delete", {})
    await it.plant("UPDATE external_documents SET created_at = created_at - interval '1 hour' WHERE tenant_id = $1")


async def own_number_forgotten(it: Patient) -> None:
    """The ledger was restored to before its counter came to the number that stands on a voucher."""
    await _booked(it)
    it.recovery = _RECOVERY
    await it.plant("DELETE FROM own_document_counters WHERE tenant_id = $1")


async def own_numbers_not_compared(it: Patient) -> None:
    await _open(it, books="none")
    it.recovery = _RECOVERY


async def books_not_compared(it: Patient) -> None:
    await it.plant("UPDATE tenants SET books = 'easybill' WHERE id = $1")
    it.recovery = _RECOVERY


PROVOKED: dict[str, Callable[[Patient], Awaitable[None]]] = {
    provoke.__name__: provoke
    for provoke in (
        *(document_without_delivery, payout_without_its_document, number_without_document, voucher_twice),
        *(voucher_amount, voucher_missing, own_number_forgotten, own_numbers_not_compared),
        books_not_compared,
    )
}


# What a person does who is told no command


async def _send_again(it: Patient) -> None:
    """The mail server is there and a worker runs."""
    [row] = await it.shop.rows("SELECT id FROM own_documents")
    await it.shop.api("POST", f"/own-documents/{row['id']}/send-again", {"reason": "Nie angekommen"})

    async def unannounced() -> int:
        """After another pass: one that comes sooner than a second after the mail leaves it to the next."""
        await handed_over(it.shop.house)
        return len(await it.shop.rows("SELECT FROM mails WHERE announced_at IS NULL"))

    await until(unannounced, lambda left: left == 0, "the mail handed over")


async def _restore(it: Patient) -> None:
    back = "SELECT * FROM elsewhere.backup WHERE tenant_id = $1"
    await it.plant(f"INSERT INTO own_documents OVERRIDING SYSTEM VALUE {back}")


async def _delete_twin(it: Patient) -> None:
    """Nothing tells of it: the sweep notes it."""
    await it.shop.office("POST", f"/sandbox/vouchers/{it.document}/delete", {})
    for _ in range(2):
        await sweep(it.shop, open_ones=True)


async def _agree(it: Patient) -> None:
    await it.shop.office("POST", f"/sandbox/vouchers/{it.document}/edit", {"amount": 119})


async def _book_again(it: Patient) -> None:
    for _ in range(2):
        await sweep(it.shop, open_ones=True)
    assert (await answer(it.shop, await task(it.shop, "voucher_gone"), "book_again")).status_code == 202


async def _accept(it: Patient) -> None:
    """No newer one was found: the doctor is run again, with that word."""
    report = await examine(it.shop, recovery=_RECOVERY, accept="looked at all sent mails")
    assert report["notes"][-1] == "Recovery: compared; documents are created again."
    it.recovery = None


BY_A_PERSON: dict[str, tuple[str, Callable[[Patient], Awaitable[None]]]] = {
    "document_without_delivery": ("send the document again on the payout's page", _send_again),
    "payout_without_its_document": ("Restore the rows of own_documents from a backup", _restore),
    "number_without_document": ("Restore the rows of own_documents from a backup", _restore),
    "voucher_twice": ("Delete all but the one that has the file, in lexoffice", _delete_twin),
    "voucher_amount": ("Make the voucher agree with the document in lexoffice", _agree),
    "voucher_missing": ("have it booked once more", _book_again),
    "own_numbers_not_compared": ("then run this again with --accept", _accept),
    "books_not_compared": ("then run this again with --accept", _accept),
}


@pytest.mark.parametrize("check", sorted(PROVOKED))
async def test_what_the_doctor_names_mends_what_it_found_of_an_own_document(
    connected_shop: Shop,
    database: Database,
    temporal: TemporalAddresses,
    monkeypatch: pytest.MonkeyPatch,
    check: str,
) -> None:
    it = Patient(connected_shop, database, monkeypatch)
    await PROVOKED[check](it)
    found = await until(lambda: it.named(check), bool, "the finding", patience=_PATIENCE_S)
    mend = found[0]["mend"]
    said = mends.command(mend)
    assert (said is None) == (check in BY_A_PERSON), mend
    if said is None:
        phrase, act = BY_A_PERSON[check]
        assert phrase in mend
        await act(it)
    else:
        await type_in(it, said, temporal)
    await until(lambda: it.named(check), lambda named: not named, "its end", patience=_PATIENCE_S)
