"""What whoever runs the platform sees of a tenant's bank data: nothing."""

import io
import json
import zipfile

from ledger.payouts.payouts import Payout
from ledger.roles import Role
from tests.fixtures.browsers import Browser
from tests.fixtures.four_eyes import ABOVE, Office, office

__all__ = ["office"]


async def a_transfer_of(office: Office, payout: Payout) -> None:
    async with office.ledger() as tx:
        account = await tx.fetchval(
            """
            INSERT INTO tenant_bank_accounts (tenant_id, account_holder, iban_encrypted, iban_hmac, iban_last4, bic,
                                              batch_booking, recorded_by, state, confirmed_by, confirmed_at)
            VALUES ($1, 'Acme', 'x', sha256('x'), '9999', 'DEUTDEFF', true, 'key:a', 'active', 'key:b', now())
            RETURNING id
            """,
            office.tenant.id,
        )
        run = await tx.fetchval(
            """
            INSERT INTO bank_runs (tenant_id, number, account_id, execution_date, batch_booking, created_by)
            VALUES ($1, 'ZL-2026-0001', $2, current_date + 3, true, 'test') RETURNING id
            """,
            office.tenant.id,
            account,
        )
        await tx.execute("UPDATE bank_runs SET payments = 1, total_cents = 100")
        await tx.execute(
            """
            INSERT INTO bank_run_lines (tenant_id, run_id, position, payout_id, bank_details_id, creditor, amount_cents,
                                        end_to_end_id, remittance)
            SELECT $1, $2, 1, $3, id, account_holder, 100, 'x', 'x' FROM partner_bank_details WHERE state = 'active'
            """,
            office.tenant.id,
            run,
            payout.id,
        )


async def transfers(browser: Browser, payout: Payout) -> list[dict[str, object]]:
    answer = await browser.get(f"/admin/berichte/auszahlungen/{payout.number}/nachweis.zip")
    found: list[dict[str, object]] = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("ueberweisung.json"))
    return found


async def test_the_evidence_that_a_platform_admin_takes_tells_no_account(office: Office) -> None:
    ops, admin = await office.firm.platform_admin(), await office.firm.person(Role.ADMIN)
    await office.confirm(await office.record(by="key:banker"))
    payout = await office.payout(ABOVE)
    await a_transfer_of(office, payout)
    assert (await ops.post("/admin/mandant", {"tenant": office.tenant.slug})).status_code == 303
    [hidden], [shown] = await transfers(ops, payout), await transfers(admin, payout)
    assert shown.keys() - hidden.keys() == {"iban_last4", "creditor"}
    assert shown["iban_last4"] == "2051"
