"""Partners, the tree, tax status, agreement and bank details come from a file as one act, or not at all."""

import pytest

from ledger import clock
from ledger.imports.columns import Kind
from ledger.privacy import retention
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.vault import Vault
from tests.fixtures import import_files
from tests.fixtures.bank_runs import iban
from tests.fixtures.importing import bring, chosen, counts, seen, take, taken
from tests.fixtures.ledger_shop import Shop

HEAD = "Partnercode;Name;Sponsor;Ort\n"


async def _problems(
    shop: Shop, vault: Vault, content: str, kind: Kind = Kind.PARTNERS
) -> list[tuple[int, str | None, str]]:
    told = await seen(shop, vault, await bring(shop, vault, content, kind))
    return [(one.line, one.column, one.code) for one in told.problems]


async def test_a_programme_is_one_act_with_one_entry(shop: Shop, vault: Vault) -> None:
    await shop.rows("UPDATE tenants SET agreement_version = '2025-01'")
    before = await shop.rows("SELECT count(*) AS n FROM audit_entries")
    file = await taken(shop, vault, import_files.partners(30))
    assert counts(file) == (30, 0, 0, 0)
    [after] = await shop.rows("SELECT count(*) AS n FROM audit_entries")
    assert after["n"] == before[0]["n"] + 1
    [entry] = await shop.rows("SELECT * FROM audit_entries ORDER BY seq DESC LIMIT 1")
    assert (entry["action"], entry["subject_id"]) == ("import.taken_over", str(file.id))
    assert entry["detail"]["acts"] == {
        "partner.created": 30,
        "partner.tax_status_recorded": 30,
        "partner.agreement_accepted": 30,
        "partner.bank_details_saved": 30,
    }
    [row] = await shop.rows(
        """
        SELECT p.name, s.code AS sponsor, b.state, b.iban_last4, t.status, p.agreement_version
          FROM partners p JOIN partners s ON s.id = p.sponsor_id
          JOIN partner_bank_details b ON b.partner_id = p.id JOIN partner_tax_statuses t ON t.partner_id = p.id
         WHERE p.code = 'P0007'
        """
    )
    assert tuple(row) == ("Vertrieb 0007 GmbH", "P0002", "pending", iban(7)[-4:], "private", "2025-01")
    [hands] = await shop.rows("SELECT count(*) AS n FROM hands WHERE subject = 'partner' AND actor = 'user:maker'")
    assert hands["n"] == 120, "who brought the file had a hand in all of it"
    [changes] = await shop.rows("SELECT count(*) AS n FROM import_changes WHERE import_id = $1", file.id)
    assert changes["n"] == 120


async def test_the_same_file_again_changes_nothing(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, import_files.partners(5))
    again = await bring(shop, vault, import_files.partners(5))
    assert counts(await seen(shop, vault, again)) == (0, 0, 5, 0)
    with pytest.raises(NotAcceptable, match="import_changes_nothing"):
        await take(shop, vault, again.id)


async def test_a_corrected_file_changes_what_differs_and_shows_it(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, import_files.partners(5))
    corrected = import_files.partners(5).decode().replace("Weg 3", "Allee 3").replace(iban(4), iban(44))
    file = await bring(shop, vault, corrected)
    told = await seen(shop, vault, file)
    assert [
        (one.about, one.is_new, [(d.column, d.before, d.after) for d in one.differences]) for one in told.shown
    ] == [
        ("P0002", False, [("street", "Weg 3", "Allee 3")]),
        (
            "P0004",
            False,
            [("iban", f"Vertrieb 0004 GmbH, •••• {iban(4)[-4:]}", f"Vertrieb 0004 GmbH, •••• {iban(44)[-4:]}")],
        ),
    ]
    assert counts((await take(shop, vault, file.id)).file) == (0, 2, 3, 0)
    with pytest.raises(NotAllowedNow, match="import_ended"):
        await take(shop, vault, file.id)
    [left] = await shop.rows("SELECT content_encrypted FROM imports WHERE id = $1", file.id)
    assert left["content_encrypted"] == b""


async def test_an_empty_cell_empties_its_field_and_a_missing_column_leaves_it(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, HEAD + "NEU;Neu GmbH;ANNA;Köln\n")
    await taken(shop, vault, "Partnercode;Ort\nNEU;Bonn\n", Kind.PARTNERS)
    [row] = await shop.rows("SELECT city, sponsor_id IS NOT NULL AS has FROM partners WHERE code = 'NEU'")
    assert tuple(row) == ("Bonn", True)
    await taken(shop, vault, "Partnercode;Sponsor\nNEU;\n", Kind.PARTNERS)
    [row] = await shop.rows("SELECT city, sponsor_id IS NOT NULL AS has FROM partners WHERE code = 'NEU'")
    assert tuple(row) == ("Bonn", False)


async def test_every_problem_stands_in_its_row_with_its_column(shop: Shop, vault: Vault) -> None:
    content = (
        "Partnercode;Name;Sponsor;E-Mail;Land;Steuerstatus;Steuerstatus ab;USt-IdNr.;IBAN;Mindestauszahlung\n"
        ";Ohne Code;;;;;;;;\n"
        "A 1;Leerzeichen;;;;;;;;\n"
        "A2;;NIEMAND;;;;;;;5,50\n"
        "A3;Anna;;keine Adresse;;Quatsch;2026-01-01;;;1,234\n"
        "A9;Anna;;keine Adresse;XX;;;;;\n"
        "A4;Anna;NIEMAND;;;;;;;\n"
        "A5;Anna;;;;Regelbesteuert;;DE123;;\n"
        "A5;Anna;;;;;;;;\n"
        "A6;=1+1;;;;;;;;\n"
        "A7;zu;wenig\n"
        "A8;Anna;;;;Regelbesteuert;2026-01-01;DE123;DE00;\n"
    )
    found = await _problems(shop, vault, content)
    assert found == [
        (2, "code", "cell_missing"),
        (3, "code", "cell_not_acceptable"),
        (4, "name", "cell_missing"),
        (5, "tax_status", "cell_unknown_word"),
        (5, "minimum_payout_cents", "cell_finer_than_cent"),
        (5, "email", "email_not_acceptable"),
        (6, "email", "email_not_acceptable"),
        (6, "country_code", "country_unknown"),
        (7, "sponsor_code", "unknown_sponsor"),
        (8, "tax_valid_from", "cell_missing"),
        (9, "code", "row_twice"),
        (10, "name", "cell_is_formula"),
        (11, None, "row_fields_differ"),
        (12, "vat_id", "vat_id_length"),
        (12, "iban", "iban_invalid"),
    ]
    assert not await shop.rows("SELECT 1 FROM partners WHERE code LIKE 'A_'")


async def test_a_circle_is_refused_also_one_that_goes_through_those_who_are_there(shop: Shop, vault: Vault) -> None:
    """ANNA stands below BERT, BERT below CARL."""
    inside = HEAD + "X;X GmbH;Y;\nY;Y GmbH;Z;\nZ;Z GmbH;X;\nW;W GmbH;X;\n"
    assert await _problems(shop, vault, inside) == [
        *((line, "sponsor_code", "sponsor_cycle") for line in (2, 3, 4)),
        (5, "sponsor_code", "named_row_is_wrong"),
    ]
    through = "Partnercode;Sponsor\nCARL;ANNA\n"
    assert await _problems(shop, vault, through) == [(2, "sponsor_code", "sponsor_cycle")]


async def test_a_tree_may_be_turned_round(shop: Shop, vault: Vault) -> None:
    await taken(shop, vault, "Partnercode;Sponsor\nCARL;BERT\nBERT;ANNA\nANNA;\n", Kind.PARTNERS)
    rows = await shop.rows(
        "SELECT p.code, s.code AS sponsor FROM partners p LEFT JOIN partners s ON s.id = p.sponsor_id ORDER BY p.code"
    )
    assert [tuple(row) for row in rows] == [("ANNA", None), ("BERT", "ANNA"), ("CARL", "BERT")]


async def test_half_of_the_rows_wrong_take_nothing_until_somebody_leaves_them_out(shop: Shop, vault: Vault) -> None:
    content = HEAD + "".join(f"H{place};{'' if place % 2 else 'Gut'};;\n" for place in range(10))
    file = await bring(shop, vault, content)
    assert counts(await seen(shop, vault, file)) == (5, 0, 0, 5)
    with pytest.raises(NotAcceptable, match="import_rows_wrong"):
        await take(shop, vault, file.id)
    assert not await shop.rows("SELECT 1 FROM partners WHERE code LIKE 'H_'")
    assert counts((await take(shop, vault, file.id, leave_out_wrong=True)).file) == (5, 0, 0, 5)
    assert len(await shop.rows("SELECT 1 FROM partners WHERE code LIKE 'H_'")) == 5


async def test_what_fails_in_the_middle_leaves_nothing(shop: Shop, vault: Vault) -> None:
    """A contact is one partner's: PostgreSQL says so for the second row, when the first is written."""
    contact = "0b9f6c1e-5a43-4f0e-9d0c-2f6a1f7a7c11"
    content = f"Partnercode;Name;lexoffice-Kontakt\nM1;Eins;{contact}\nM2;Zwei;{contact}\n"
    file = await bring(shop, vault, content, Kind.PARTNERS)
    with pytest.raises(Exception, match="a_contact_is_one_partner"):
        await take(shop, vault, file.id)
    assert not await shop.rows("SELECT 1 FROM partners WHERE code LIKE 'M_'")
    assert not await shop.rows("SELECT 1 FROM import_changes")
    [still] = await shop.rows("SELECT state FROM imports WHERE id = $1", file.id)
    assert still["state"] == "draft"


async def test_what_can_be_read_in_two_ways_is_asked_and_the_answer_remembered(shop: Shop, vault: Vault) -> None:
    content = "Partnercode;Name;Mindestauszahlung;Steuerstatus;Steuerstatus ab\nU1;Uwe;1.234;private;03/04/2026\n"
    file = await bring(shop, vault, content)
    assert [one.code for one in (await seen(shop, vault, file)).asked] == ["file_numbers_unclear", "file_days_unclear"]
    with pytest.raises(NotAcceptable, match="file_numbers_unclear"):
        await take(shop, vault, file.id)
    await chosen(shop, file, numbers="german", days="month_first")
    again = await bring(shop, vault, content)
    assert (again.mapping.numbers, again.mapping.days) == ("german", "month_first")
    await take(shop, vault, again.id)
    [row] = await shop.rows(
        "SELECT minimum_payout_cents, t.valid_from::text FROM partners p"
        " JOIN partner_tax_statuses t ON t.partner_id = p.id WHERE code = 'U1'"
    )
    assert tuple(row) == (123_400, "2026-03-04")


async def test_columns_are_chosen_once_each_and_code_is_needed(shop: Shop, vault: Vault) -> None:
    file = await bring(shop, vault, "Wer;Wie\nU1;Uwe\n", Kind.PARTNERS)
    with pytest.raises(NotAcceptable, match="mapping_column_missing"):
        await seen(shop, vault, file)
    for columns, code in (
        (("code", "code"), "mapping_column_twice"),
        (("code",), "mapping_not_of_file"),
        (("code", "net_cents"), "mapping_not_of_file"),
    ):
        with pytest.raises(NotAcceptable, match=code):
            await chosen(shop, file, columns=columns)
    await chosen(shop, file, columns=("code", "name"))
    await take(shop, vault, file.id)
    assert (await bring(shop, vault, "Wer;Wie\nU2;Ute\n", Kind.PARTNERS)).mapping.columns == ("code", "name")


async def test_a_file_that_nobody_takes_over_is_forgotten_after_a_month(shop: Shop, vault: Vault) -> None:
    old, young = [await bring(shop, vault, import_files.partners(1)) for _ in range(2)]
    await shop.rows("UPDATE imports SET brought_at = now() - interval '31 days' WHERE id = $1", old.id)
    async with shop.ledger.transaction(shop.tenant) as tx:
        assert await retention.forget(tx, today=clock.today()) == 1
    rows = await shop.rows("SELECT id, state, length(content_encrypted) > 0 AS held FROM imports ORDER BY seq")
    assert [tuple(row) for row in rows] == [(old.id, "discarded", False), (young.id, "draft", True)]
