"""Payouts that wait for their transfer, as the ledger alone can bring them, and the people who make bank runs."""

from uuid import uuid4

from pydantic import SecretStr
from schwifty import IBAN

from ledger import bank_accounts, bank_export, bank_run_rows, bank_runs, partner_bank
from ledger.bank_accounts import NewOwnAccount, OwnAccount
from ledger.bank_run_rows import BankRun, BankRunLine
from ledger.partner_bank import NewBankDetails
from ledger.partners import NewPartner
from ledger.payouts import Payout
from ledger.vault import Vault
from tests.ledger import paying
from tests.ledger.conftest import Shop

MAKER, SECOND = "user:maker", "user:second"
OWN_IBAN = "DE89370400440532013000"


def iban(number: int = 1, country: str = "DE") -> str:
    if country != "DE":
        return {"AE": "AE070331234567890123456", "CH": "CH9300762011623852957"}[country]
    return str(IBAN.generate("DE", bank_code="12030000", account_code=f"{number:010}"))


async def own_account(
    shop: Shop, vault: Vault, *, batch: bool = True, holder: str = "Müller & Söhne GmbH"
) -> OwnAccount:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        made = await bank_accounts.record(
            db,
            shop.tenant,
            vault,
            NewOwnAccount(account_holder=holder, iban=SecretStr(OWN_IBAN), batch_booking=batch),
            by=MAKER,
        )
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await bank_accounts.confirm(db, shop.tenant, made.id, by=SECOND)


async def bank_details(
    shop: Shop, vault: Vault, code: str, *, to: str, holder: str = "Jürgen Groß", confirmed: bool = True
) -> None:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        partner = await db.fetchval("SELECT id FROM partners WHERE code = $1", code)
        made = await partner_bank.save_bank_details(
            db, shop.tenant, vault, partner, NewBankDetails(account_holder=holder, iban=SecretStr(to)), by=MAKER
        )
        await db.execute("UPDATE partner_bank_details SET usable_from = now() WHERE id = $1", made.id)
        if confirmed:
            await partner_bank.confirm(db, shop.tenant, partner, made.id, by=SECOND)


async def open_payout(
    shop: Shop,
    vault: Vault,
    code: str = "ANNA",
    *,
    net_cents: int = 10_000,
    to: str | None = None,
    holder: str = "Jürgen Groß",
) -> Payout:
    """A payout whose credit note is open in lexoffice, as approved."""
    if not await shop.rows("SELECT 1 FROM partners WHERE code = $1", code):
        from ledger import partners

        async with shop.ledger.transaction(shop.tenant, cause="test") as db:
            await partners.create(db, shop.tenant, NewPartner(code=code, name=f"Partner {code}"), by="t")
    [known] = await shop.rows(
        "SELECT EXISTS (SELECT 1 FROM partner_bank_details b JOIN partners p ON p.id = b.partner_id WHERE p.code = $1)"
        " AS it",
        code,
    )
    if not known["it"]:
        await paying.fit_to_pay(shop)
        await paying.fit_to_be_paid(shop, code)
        number = int.from_bytes(code.encode()[-4:], "big") % 10**9
        await bank_details(shop, vault, code, to=to or iban(number), holder=holder)
    await paying.earn(shop, net_cents, code=code)
    payout = await paying.request(shop, code)
    await paying.approve(shop, payout)
    await open_credit_note(shop, payout.number)
    return await paying.look(shop, payout.number)


async def open_credit_note(shop: Shop, number: str) -> None:
    resource = uuid4()
    await shop.rows(
        """
        INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash,
                                      net_cents, gross_cents, sent_at, deadline, resource_id, closed_at)
        SELECT p.tenant_id, 'credit-note', p.id, gen_random_uuid(), gen_random_uuid(), '{}',
               (SELECT content_hash FROM decisions WHERE payout_id = p.id AND kind = 'approve'), p.net_cents,
               p.gross_cents, now(), now(), $2, now()
          FROM payouts p WHERE p.number = $1
        """,
        number,
        resource,
    )
    await shop.rows(
        """
        INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id,
                                        status, net_cents, tax_cents, gross_cents, open_cents, created_totals)
        SELECT tenant_id, gen_random_uuid(), 'credit-note', $2, replace(number, 'PO', 'GS'), id, 'open', net_cents,
               tax_cents, gross_cents, gross_cents, jsonb_build_object('gross_cents', gross_cents)
          FROM payouts WHERE number = $1
        """,
        number,
        resource,
    )
    await shop.rows("UPDATE payouts SET state = 'credit_note_open' WHERE number = $1", number)


async def draft(shop: Shop, vault: Vault, *payouts: Payout) -> BankRun:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await bank_runs.create(
            db, shop.tenant, vault, by=MAKER, payouts=[payout.number for payout in payouts] or None
        )


async def refresh(shop: Shop, vault: Vault, run: BankRun) -> list[BankRunLine]:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await bank_runs.refresh(db, shop.tenant, vault, run.number, by=MAKER)


async def approve(shop: Shop, vault: Vault, run: BankRun, *, by: str = SECOND) -> BankRun:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await bank_runs.approve(db, shop.tenant, vault, run.number, by=by, seen_hash=run.content_hash)


async def download(shop: Shop, vault: Vault, run: BankRun, *, by: str = MAKER) -> bank_export.BankFile:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await bank_export.download(db, shop.tenant, vault, run.number, by=by)


async def exported(shop: Shop, vault: Vault, *payouts: Payout) -> BankRun:
    run = await draft(shop, vault, *payouts)
    await approve(shop, vault, run)
    await download(shop, vault, run)
    return await look(shop, run)


async def look(shop: Shop, run: BankRun) -> BankRun:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        return await bank_run_rows.find(db, shop.tenant, run.number)


async def held(shop: Shop, run: BankRun) -> list[BankRunLine]:
    async with shop.ledger.transaction(shop.tenant, cause="test") as db:
        found = await bank_run_rows.lines(db, shop.tenant, run.id)
    return [line for line in found if line.released_at is None]
