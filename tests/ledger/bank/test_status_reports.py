"""What a bank says of a file before it books: asked about, and nothing freed by it."""

import pytest

from ledger.bank import statement_files
from ledger.bank.bank_run_rows import BankRun
from ledger.bank.statement_files import Handed
from ledger.vault import Vault
from tests.fixtures.bank_runs import exported, held, iban, open_payout, own_account
from tests.fixtures.ledger_shop import Shop


def report(run: str, *payments: tuple[str, str, str], whole: str = "", block: str | None = None) -> bytes:
    """pain.002.001.10 of (EndToEndId, status, code)."""
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for id, status, code in payments
    )
    status = f"<GrpSts>{whole}</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>" if whole else ""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>B1</MsgId></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{run}</OrgnlMsgId>{status}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{block or run}</OrgnlPmtInfId>{told}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


async def bring(shop: Shop, vault: Vault, content: bytes, *, by: str = "user:1") -> str | None:
    """The code by which it is refused, if it is."""
    handed = Handed(name="crz.xml", content=content, by=by, how="page")
    [outcome] = await statement_files.bring(shop.ledger, vault, shop.tenant, [handed])
    return outcome.refused.code if outcome.refused else None


async def asked(shop: Shop) -> list[tuple[str, str]]:
    rows = await shop.rows("SELECT kind, reason_code FROM tasks WHERE state = 'open' AND subject = 'bank_run'")
    return [(row["kind"], row["reason_code"]) for row in rows]


@pytest.fixture
async def file_at_bank(shop: Shop, vault: Vault) -> BankRun:
    await own_account(shop, vault)
    return await exported(shop, vault, await open_payout(shop, vault, to=iban(1)))


async def test_a_rejected_payment_is_asked_about_and_stays_in_its_file(
    shop: Shop, vault: Vault, file_at_bank: BankRun
) -> None:
    [line] = await held(shop, file_at_bank)
    assert await bring(shop, vault, report(file_at_bank.number, (line.end_to_end_id, "RJCT", "AC01"))) is None
    assert await asked(shop) == [("bank_rejected", "bank_rejected_payments")]
    assert len(await held(shop, file_at_bank)) == 1


async def test_a_rejected_file_is_asked_about(shop: Shop, vault: Vault, file_at_bank: BankRun) -> None:
    assert await bring(shop, vault, report(file_at_bank.number, whole="RJCT")) is None
    assert await asked(shop) == [("bank_rejected", "bank_rejected_file")]


async def test_progress_is_no_question_and_no_evidence(shop: Shop, vault: Vault, file_at_bank: BankRun) -> None:
    assert (
        await bring(shop, vault, report(file_at_bank.number, (file_at_bank.number, "ACSC", "G000"), whole="ACCP"))
        is None
    )
    assert (await asked(shop), await shop.rows("SELECT 1 FROM payment_evidence")) == ([], [])


@pytest.mark.parametrize(("result", "asks"), [("RCVC", False), ("RVMC", True), ("RVNM", True), ("RVNA", False)])
async def test_a_check_of_names_is_no_rejection(
    shop: Shop, vault: Vault, file_at_bank: BankRun, result: str, asks: bool
) -> None:
    assert await bring(shop, vault, report(file_at_bank.number, ("PO-2026-0001", result, "X"))) is None
    assert await asked(shop) == ([("names_checked", "names_do_not_fit")] if asks else [])


async def test_a_report_of_another_file_is_refused(shop: Shop, vault: Vault, file_at_bank: BankRun) -> None:
    assert await bring(shop, vault, report("ZL-2026-0999", whole="RJCT")) == "report_of_no_run"
    assert await bring(shop, vault, report(file_at_bank.number, whole="RJCT", block="ANOTHER")) == "report_of_no_run"
    assert (await asked(shop), await shop.rows("SELECT 1 FROM statement_files")) == ([], [])
