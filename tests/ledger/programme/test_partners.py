"""Partners: their tree now and then, their tax status by date, where they are paid to."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from ledger.bank import partner_accounts
from ledger.bank.partner_accounts import NewBankDetails
from ledger.database import Ledger
from ledger.keyset import RECORDED, Place
from ledger.programme import partner_list, partners
from ledger.programme.partner_list import BY_CODE
from ledger.programme.partners import NewPartner, PartnerChange
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound, Refused
from ledger.tax import tax_statuses
from ledger.tax.tax_statuses import NewTaxStatus
from ledger.types import PartnerId, TaxStatus, Tenant
from ledger.vault import Vault
from tests.fixtures.ledger_shop import NewTenant, Shop

IBAN = "DE89 3704 0044 0532 0130 00"
OTHER_IBAN = "DE02120300000000202051"


async def codes_at(shop: Shop, code: str, instant: Any) -> list[tuple[str, str]]:
    names = {partner.id: partner.code for partner in shop.partner.values()}
    async with shop.ledger.transaction(shop.tenant) as tx:
        chain = await partners.chain_at(tx, shop.partner[code].id, instant)
    return [(names[standing.partner_id], standing.status) for standing in chain]


async def now_of(shop: Shop) -> Any:
    [row] = await shop.rows("SELECT clock_timestamp() AS now")
    return row["now"]


async def test_a_code_belongs_to_one_partner(shop: Shop) -> None:
    with pytest.raises(AlreadyExists) as refused:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await partners.create(tx, NewPartner(code="ANNA", name="Zweite"), by="test")
    assert refused.value.code == "partner_code_taken"


async def test_a_lexoffice_contact_belongs_to_one_partner(shop: Shop) -> None:
    contact = shop.partner["CARL"].id
    async with shop.ledger.transaction(shop.tenant) as tx:
        change = PartnerChange(lexoffice_contact_id=contact)
        await partners.change(tx, shop.partner["ANNA"].id, change, by="test")
    with pytest.raises(AlreadyExists) as refused:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await partners.change(tx, shop.partner["BERT"].id, change, by="test")
    assert refused.value.code == "a_contact_is_one_partner"
    dora = NewPartner(code="DORA", name="Dora", lexoffice_contact_id=contact)
    with pytest.raises(AlreadyExists) as refused:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await partners.create(tx, dora, by="test")
    assert refused.value.code == "a_contact_is_one_partner"


async def test_a_change_leaves_what_it_does_not_name(shop: Shop) -> None:
    anna = shop.partner["ANNA"]
    async with shop.ledger.transaction(shop.tenant) as tx:
        changed = await partners.change(tx, anna.id, PartnerChange(street="Am Markt 1", sponsor_code=None), by="key:x")
    assert (changed.name, changed.email, changed.street) == ("Anna", "anna@p.example", "Am Markt 1")
    assert (changed.sponsor_code, changed.last_edited_by) == (None, "key:x")


async def test_every_change_is_audited_with_before_and_after(shop: Shop, vault: Vault) -> None:
    anna = shop.partner["ANNA"].id
    async with shop.ledger.transaction(shop.tenant) as tx:
        await partners.change(tx, anna, PartnerChange(status="inactive"), by="key:x")
        await partners.change(tx, anna, PartnerChange(status="inactive"), by="key:x")
        new = NewTaxStatus(status=TaxStatus.PRIVATE, valid_from=date(2026, 1, 1))
        await tax_statuses.record_tax_status(tx, anna, new, by="key:y")
        bank = NewBankDetails(account_holder="Anna A.", iban=SecretStr(IBAN))
        await partner_accounts.save_bank_details(tx, vault, anna, bank, by="key:z")
    entries = await shop.rows(
        "SELECT actor, action, detail FROM audit_entries WHERE subject_id = $1 AND action <> 'partner.created'"
        " ORDER BY seq",
        str(anna),
    )
    status = await shop.rows("SELECT id FROM partner_tax_statuses WHERE partner_id = $1", anna)
    account = await shop.rows("SELECT id FROM partner_bank_details WHERE partner_id = $1", anna)
    recorded = {"record": str(status[0]["id"]), "status": "private", "valid_from": "2026-01-01"}
    assert [(entry["actor"], entry["action"], entry["detail"]) for entry in entries] == [
        ("key:x", "partner.changed", {"status": ["active", "inactive"]}),
        ("key:y", "partner.tax_status_recorded", recorded),
        ("key:z", "partner.bank_details_saved", {"account": str(account[0]["id"])}),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (PartnerChange(sponsor_code="NIEMAND"), "unknown_sponsor"),
        (PartnerChange(campaign_slug="keine"), "unknown_campaign"),
        (PartnerChange(sponsor_code="ANNA"), "sponsor_cycle"),
        (PartnerChange(sponsor_code="CARL"), "sponsor_cycle"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(shop: Shop, change: PartnerChange, code: str) -> None:
    with pytest.raises(Refused) as refused:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await partners.change(tx, shop.partner["CARL"].id, change, by="test")
    assert refused.value.code == code


async def test_two_edits_at_once_cannot_close_a_circle(shop: Shop) -> None:
    """DORA and EMIL are both free; each gets the other as sponsor at the same time."""
    async with shop.ledger.transaction(shop.tenant) as tx:
        for code in ("DORA", "EMIL"):
            shop.partner[code] = await partners.create(tx, NewPartner(code=code, name=code), by="test")

    async def put(code: str, below: str) -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            change = PartnerChange(sponsor_code=below)
            await partners.change(tx, shop.partner[code].id, change, by="test")

    results = await asyncio.gather(put("DORA", "EMIL"), put("EMIL", "DORA"), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [NotAcceptable]


async def test_the_chain_is_that_of_the_instant(shop: Shop) -> None:
    before = await now_of(shop)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await partners.change(
            tx, shop.partner["BERT"].id, PartnerChange(status="inactive", sponsor_code=None), by="test"
        )
    active = [("ANNA", "active"), ("BERT", "active"), ("CARL", "active")]
    assert await codes_at(shop, "ANNA", before) == active
    assert await codes_at(shop, "ANNA", await now_of(shop)) == [("ANNA", "active"), ("BERT", "inactive")]


async def test_a_sale_older_than_its_partner_sees_the_tree_as_first_recorded(shop: Shop) -> None:
    long_ago = await now_of(shop) - timedelta(days=400)
    async with shop.ledger.transaction(shop.tenant) as tx:
        await partners.change(tx, shop.partner["ANNA"].id, PartnerChange(sponsor_code=None), by="test")
    assert [code for code, _ in await codes_at(shop, "ANNA", long_ago)] == ["ANNA", "BERT", "CARL"]


async def test_only_ten_levels_earn_however_deep_the_tree_is(ledger: Ledger, tenant: Tenant) -> None:
    async with ledger.transaction(tenant) as tx:
        above: str | None = None
        for depth in range(13):
            lowest = await partners.create(tx, NewPartner(code=f"P{depth}", name="P", sponsor_code=above), by="test")
            above = lowest.code
        chain = await partners.chain_at(tx, lowest.id, lowest.created_at)
    assert len(chain) == 10


async def test_another_tenants_partner_does_not_exist(shop: Shop, new_tenant: NewTenant) -> None:
    other = await new_tenant()
    async with shop.ledger.transaction(other) as tx:
        assert await partners.find_by_code(tx, "ANNA") is None
        with pytest.raises(NotFound):
            await partners.get(tx, shop.partner["ANNA"].id)


async def test_a_list_is_read_page_by_page_in_its_order(shop: Shop) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        for order, expected in ((BY_CODE, ["ANNA", "BERT", "CARL"]), (RECORDED, ["ANNA", "BERT", "CARL"])):
            seen: list[str] = []
            after: Place | None = None
            while True:
                page, after = await partner_list.list_partners(tx, order=order, after=after, limit=2)
                seen += [partner.code for partner in page]
                if after is None:
                    break
            assert seen == expected


def status(kind: TaxStatus, since: str, **more: Any) -> NewTaxStatus:
    return NewTaxStatus(status=kind, valid_from=date.fromisoformat(since), **more)


async def test_the_tax_status_is_that_of_the_day(shop: Shop) -> None:
    anna = shop.partner["ANNA"].id
    async with shop.ledger.transaction(shop.tenant) as tx:
        for new in (
            status(TaxStatus.PRIVATE, "2025-01-01"),
            status(TaxStatus.SMALL_BUSINESS, "2026-01-01", confirmed_year=2026, valid_until=date(2027, 1, 1)),
            status(TaxStatus.REGULAR, "2026-07-01", tax_number="12/345/67890"),
            # entered wrongly first, corrected in the same minute
            status(TaxStatus.REGULAR, "2026-07-01", vat_id="DE123456788"),
        ):
            await tax_statuses.record_tax_status(tx, anna, new, by="test")
        on = {
            day: await tax_statuses.tax_status_on(tx, anna, date.fromisoformat(day))
            for day in ("2024-12-31", "2025-12-31", "2026-06-30", "2026-07-01", "2030-01-01")
        }
    assert {day: found and (found.status, found.vat_id) for day, found in on.items()} == {
        "2024-12-31": None,
        "2025-12-31": (TaxStatus.PRIVATE, None),
        "2026-06-30": (TaxStatus.SMALL_BUSINESS, None),
        "2026-07-01": (TaxStatus.REGULAR, "DE123456788"),
        "2030-01-01": (TaxStatus.REGULAR, "DE123456788"),
    }


def test_a_small_business_names_the_year_it_is_confirmed_for() -> None:
    with pytest.raises(ValidationError, match="confirmed_year_missing"):
        status(TaxStatus.SMALL_BUSINESS, "2026-01-01")


async def test_a_new_account_supersedes_the_old_one(shop: Shop, vault: Vault) -> None:
    anna = shop.partner["ANNA"].id
    async with shop.ledger.transaction(shop.tenant) as tx:
        for iban in (IBAN, OTHER_IBAN):
            await tx.execute("UPDATE tenants SET bank_quarantine = '0' WHERE id = $1", shop.tenant.id)
            saved = await partner_accounts.save_bank_details(
                tx, vault, anna, NewBankDetails(account_holder="Anna", iban=SecretStr(iban)), by="test"
            )
            await partner_accounts.confirm(tx, anna, saved.id, by="somebody else")
        active = await partner_accounts.bank_details_of(tx, anna)
        assert active is not None
        assert (active.id, active.masked_iban, active.bic) == (saved.id, "•••• 2051", None)
        assert await partner_accounts.partners_with_iban(tx, vault, OTHER_IBAN) == [anna]
        assert await partner_accounts.partners_with_iban(tx, vault, IBAN) == []


async def test_two_accounts_saved_at_once_leave_one_pending(shop: Shop, vault: Vault) -> None:
    async def save(iban: str) -> None:
        async with shop.ledger.transaction(shop.tenant) as tx:
            new = NewBankDetails(account_holder="Anna", iban=SecretStr(iban))
            await partner_accounts.save_bank_details(tx, vault, shop.partner["ANNA"].id, new, by="test")

    await asyncio.gather(save(IBAN), save(OTHER_IBAN))
    states = await shop.rows("SELECT state FROM partner_bank_details ORDER BY state")
    assert [row["state"] for row in states] == ["pending", "superseded"]


@pytest.mark.parametrize("iban", ["", "DE89370400440532013001", "XX00", "DE8937040044053201300"])
async def test_an_iban_that_cannot_exist_is_refused_without_repeating_it(shop: Shop, vault: Vault, iban: str) -> None:
    new = NewBankDetails(account_holder="Anna", iban=SecretStr(iban))
    with pytest.raises(NotAcceptable) as refused:
        async with shop.ledger.transaction(shop.tenant) as tx:
            await partner_accounts.save_bank_details(tx, vault, shop.partner["ANNA"].id, new, by="test")
    assert refused.value.code == "iban_invalid"
    assert refused.value.__suppress_context__


async def test_the_iban_stands_nowhere_in_clear(shop: Shop, vault: Vault) -> None:
    async with shop.ledger.transaction(shop.tenant) as tx:
        new = NewBankDetails(account_holder="Anna", iban=SecretStr(IBAN))
        await partner_accounts.save_bank_details(tx, vault, shop.partner["ANNA"].id, new, by="test")
    compact = IBAN.replace(" ", "")
    for table in ("partner_bank_details", "audit_entries", "partners"):
        rows = await shop.rows(f"SELECT t::text AS row FROM {table} t")
        assert not [row for row in rows if compact in row["row"] or compact.encode().hex() in row["row"]]


async def test_no_account_is_kept_for_nobody(shop: Shop, vault: Vault) -> None:
    new = NewBankDetails(account_holder="Anna", iban=SecretStr(IBAN))
    nobody = PartnerId(shop.tenant.id)
    with pytest.raises(NotFound):
        async with shop.ledger.transaction(shop.tenant) as tx:
            await partner_accounts.save_bank_details(tx, vault, nobody, new, by="test")
