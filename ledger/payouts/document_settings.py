"""What a tenant decides about its documents: who writes them, where they are booked, how they are numbered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from ledger.audit import audit
from ledger.books import BooksName
from ledger.connections import running_workers
from ledger.database import TenantTransaction
from ledger.documents.own import circle
from ledger.payouts import changed_books
from ledger.refusals import NotAcceptable
from ledger.tax import strategies, tax_options, turnovers
from ledger.tax.tax_options import TaxOption
from ledger.types import LEXOFFICE, DocumentStrategy, Frozen, Submitted, TaxCase


class CreditNotesConfirmed(Frozen):
    """Why regular partners may get credit notes of lexoffice from 2028 on."""

    reason: str
    confirmed_by: str
    confirmed_at: datetime


class DocumentSettings(Frozen):
    """As they are now."""

    books: str
    strategies: dict[TaxCase, DocumentStrategy]
    tax_options: dict[TaxCase, TaxOption]
    """What a document of a case is called in the books, as somebody confirmed it; empty where they ask for no word."""
    small_business: bool | None
    """Whether the tenant is a small business itself: what its own settings say, for the time without books."""
    number_pattern: str
    own_document_profile: Literal["en16931", "xrechnung"]
    buyer_reference: str | None
    reversal_code: Literal["389", "261"]
    set_off_claims: bool
    """Whether claims are set off against payouts, as the agreement with the partners allows."""
    turnovers: tuple[turnovers.Answer, ...]
    credit_notes_confirmed: CreditNotesConfirmed | None


class DocumentSettingsChange(Submitted):
    """What is set is changed; what is not set stays."""

    books: BooksName = Field(
        default=LEXOFFICE, description="`none`: gebucht wird von Hand oder später; keine Verbindung nötig"
    )
    strategies: dict[TaxCase, DocumentStrategy] = Field(
        default_factory=dict, description="Je Steuerfall; was fehlt, bleibt", examples=[{"eu_business": "own_document"}]
    )
    tax_options: dict[TaxCase, str] = Field(
        default_factory=dict,
        description="Je Steuerfall das Wort, das die Buchhaltung dafür verlangt (easybill: `vat_option`, `taxed` für "
        "keines); Sie bestätigen es damit",
        examples=[{"regular": "taxed", "small_business": "smallBusiness"}],
    )
    small_business: bool = Field(
        default=False, description="Ob Sie selbst Kleinunternehmer sind; zählt, wo es die Buchhaltung nicht sagt"
    )
    number_pattern: str = Field(
        default=circle.DEFAULT_PATTERN, max_length=60, description="Nummernkreis der eigenen Belege, ab dem nächsten"
    )
    own_document_profile: Literal["en16931", "xrechnung"] = "en16931"
    buyer_reference: str | None = Field(
        default=None, min_length=1, max_length=100, description="Für XRechnung verlangt (BT-10)"
    )
    reversal_code: Literal["389", "261"] = Field(default="389", description="Art eines Stornos (BT-3)")
    set_off_claims: bool = Field(
        default=False, description="Forderungen werden mit Auszahlungen verrechnet; die Vereinbarung muss es erlauben"
    )


_COLUMNS = ("small_business", "own_document_profile", "buyer_reference", "reversal_code", "set_off_claims")


async def get(tx: TenantTransaction) -> DocumentSettings:
    """The settings of the tenant. Raises NotFound."""
    books = await strategies.get_books(tx)
    row = await tx.fetchrow(f"SELECT {', '.join(_COLUMNS)} FROM tenants WHERE id = $1", tx.tenant.id)
    confirmed = await tx.fetchrow(
        "SELECT reason, confirmed_by, confirmed_at FROM credit_note_confirmations WHERE tenant_id = $1", tx.tenant.id
    )
    assert row is not None
    return DocumentSettings.from_row(
        row,
        books=books,
        strategies=await strategies.strategies(tx),
        tax_options={one.tax_case: one for one in await tax_options.list_options(tx, books)},
        number_pattern=await circle.get_pattern(tx),
        turnovers=await turnovers.list_answers(tx),
        credit_notes_confirmed=None if confirmed is None else CreditNotesConfirmed.from_row(confirmed),
    )


async def change(tx: TenantTransaction, wanted: DocumentSettingsChange, *, by: str) -> DocumentSettings:
    """Change what is set, all of it or nothing; for payouts and documents that are made from now on.

    Raises NotAcceptable, NotAllowedNow (a number of the new circle stands on a document already). Holds the tenant.
    """
    named = wanted.model_fields_set
    before = await strategies.get_books(tx)
    await strategies.choose(tx, wanted.strategies, books=wanted.books if "books" in named else None, by=by)
    books = await strategies.get_books(tx)
    if wanted.tax_options:
        await tax_options.confirm(tx, books, wanted.tax_options, by=by)
    if books != before or wanted.tax_options:
        await changed_books.ask_anew(tx, books)
    await _change_columns(tx, {name: getattr(wanted, name) for name in _COLUMNS if name in named}, by=by)
    if "number_pattern" in named and wanted.number_pattern.strip() != await circle.get_pattern(tx):
        await circle.set_pattern(tx, wanted.number_pattern, by=by)
    return await get(tx)


async def _change_columns(tx: TenantTransaction, columns: Mapping[str, Any], *, by: str) -> None:
    before = (await get(tx)).model_dump(include=set(_COLUMNS))
    after = before | dict(columns)
    if after["own_document_profile"] == "xrechnung" and not after["buyer_reference"]:
        raise NotAcceptable("xrechnung_needs_reference")
    changed = {name: [before[name], value] for name, value in after.items() if value != before[name]}
    if not changed:
        return
    if changed.get("set_off_claims") == [False, True]:
        await running_workers.require_all_to_read(tx, running_workers.SET_OFFS)
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(_COLUMNS, start=2))
    await tx.execute(
        f"UPDATE tenants SET {assignments} WHERE id = $1", tx.tenant.id, *(after[name] for name in _COLUMNS)
    )
    await audit.record(
        tx,
        actor=by,
        action="documents.settings_changed",
        subject="tenant",
        subject_id=str(tx.tenant.id),
        detail=changed,
    )
