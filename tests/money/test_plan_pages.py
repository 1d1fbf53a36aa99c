"""People make campaigns, see what a plan would pay, and save versions of it."""

import pytest

from ledger.roles import Role
from tests.fixtures.browsers import Browser, Firm
from tests.fixtures.people import firm, people_app, people_settings

__all__ = ["firm", "people_app", "people_settings"]
PLAN = {
    "valid_from": "2026-12-01",
    "percent_1": "20",
    "percent_2": "5",
    "fixed_2": "1,50",
    "cap_1": "150,00",
    "tier_mode": "flat",
    "tiers": "1; 10.000,00; 25\n",
    "cap_per_month": "5.000,00",
    "max_payments": "12",
}
PAGE = "/admin/kampagnen"


async def an_editor(firm: Firm) -> Browser:
    editor = await firm.person(Role.EDITOR)
    made = await editor.post(PAGE, {"slug": "sommer", "name": "Sommer"})
    assert made.status_code == 303, made.text
    assert (made.status_code, made.headers["location"]) == (303, f"{PAGE}/sommer")
    return editor


async def test_a_plan_is_tried_first_and_saved_with_the_other_button(firm: Firm) -> None:
    editor = await an_editor(firm)
    tried = await editor.post(f"{PAGE}/sommer/plan", PLAN | {"do": "preview"})
    assert tried.status_code == 200
    assert "Was bringt ein Verkauf über 1.000,00\xa0€?" in tried.text
    assert "20 % von 1.000,00\xa0€, höchstens 150,00\xa0€" in tried.text
    assert 'value="150,00"' in tried.text  # what was typed stays
    assert await firm.rows("SELECT 1 FROM plans") == []
    saved = await editor.post(f"{PAGE}/sommer/plan", PLAN | {"do": "save"})
    assert saved.status_code == 303
    [plan] = await firm.rows("SELECT * FROM plans")
    assert (plan["version"], plan["tier_mode"], plan["max_payments"]) == (1, "flat", 12)
    assert (plan["cap_per_month_cents"], plan["recorded_by"]) == (500_000, f"user:{editor.user}")
    shown = (await editor.get(f"{PAGE}/sommer")).text
    assert "gültig ab 01.12.2026 00:00" in shown
    assert "ab einem Monatsumsatz von 10.000,00\xa0€" in shown
    assert "Sommer" in (await editor.get(PAGE)).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"percent_1": "zwanzig"}, "Stufe 1: der Prozentsatz ist eine Zahl wie 12,5"),
        ({"fixed_2": "1.5"}, "Stufe 2: bitte ein Betrag wie 1.234,56."),
        ({"tiers": "3; 10.000,00; 12"}, "Staffel für Stufe 3: diese Stufe hat keinen Grundsatz."),
        ({"tiers": "1, 10.000,00, 12"}, "Staffeln, Zeile 1: bitte"),
        ({"tier_mode": ""}, "der Plan sagt nicht, welche Art"),
        ({"percent_2": "90"}, "übersteigen zusammen die Basis"),
        ({"valid_from": "morgen"}, "ist ein Tag wie 31.12.2026"),
        ({"valid_from": "9999-12-31"}, "ist ein Tag wie 31.12.2026"),
        ({"max_payments": "0"}, "eine ganze Zahl ab 1"),
        ({"max_payments": "99999"}, "höchstens 10.000 Zahlungen"),
        ({"tiers": "\n".join(f"1; {n}.000,00; 25" for n in range(1, 23))}, "20 Staffeln je Stufe"),
    ],
)
async def test_a_plan_that_is_wrong_is_refused_with_what_was_typed(
    firm: Firm, changed: dict[str, str], words: str
) -> None:
    editor = await an_editor(firm)
    for button in ("preview", "save"):
        answer = await editor.post(f"{PAGE}/sommer/plan", PLAN | changed | {"do": button})
        assert (answer.status_code, words in answer.text) == (422, True), answer.text
        assert "1,50" in answer.text or "fixed_2" in changed
    assert await firm.rows("SELECT 1 FROM plans") == []


async def test_the_next_version_keeps_that_a_discount_lowers_the_base(firm: Firm) -> None:
    editor = await an_editor(firm)
    lowers = {"cash_discount_lowers_base": "1"}
    await editor.post(f"{PAGE}/sommer/plan", PLAN | lowers | {"valid_from": "", "do": "save"})
    page = (await editor.get(f"{PAGE}/sommer")).text
    assert "mindert die Basis" in page
    assert 'name="cash_discount_lowers_base" value="1" checked' in page
    file = (await editor.get(f"{PAGE}/sommer/plan/1")).text.replace("sommer;;1;", "sommer;01.01.2027;1;")
    taken = await editor.post(f"{PAGE}/-/datei", {"csv": file.replace("sommer;;", "sommer;01.01.2027;"), "do": "save"})
    assert taken.status_code == 303, taken.text
    await editor.post(f"{PAGE}/sommer/plan", PLAN | {"valid_from": "2027-02-01", "do": "save"})
    rows = await firm.rows("SELECT cash_discount_lowers_base AS lowers FROM plans ORDER BY version")
    assert [row["lowers"] for row in rows] == [True, True, False]


async def test_a_file_is_shown_before_it_is_taken_in(firm: Firm) -> None:
    editor = await an_editor(firm)
    csv = "kampagne;gueltig_ab;stufe;prozent\nsommer;01.12.2026;1;20\nsommer;01.12.2026;2;{}\n"
    bad = await editor.post(f"{PAGE}/-/datei", {"csv": csv.format("viel"), "do": "save"})
    assert bad.status_code == 422
    assert "Zeile 3:" in bad.text
    seen = await editor.post(f"{PAGE}/-/datei", {"csv": csv.format("5"), "do": "preview"})
    assert "1 Plan übernehmen" in seen.text
    assert await firm.rows("SELECT 1 FROM plans") == []
    taken = await editor.post(f"{PAGE}/-/datei", {"csv": csv.format("5"), "do": "save"})
    assert taken.status_code == 303
    assert len(await firm.rows("SELECT 1 FROM plan_levels")) == 2
    file = await editor.get(f"{PAGE}/sommer/plan/1")
    assert file.headers["content-disposition"] == 'attachment; filename="plan-sommer-1.csv"'
    assert file.text.splitlines()[1] == "sommer;01.12.2026;1;;20;0,00;;;;;;;"


async def test_the_hold_of_a_campaign_is_a_number_of_days_or_the_tenants(firm: Firm) -> None:
    editor = await an_editor(firm)
    for typed, status, kept in (("30", 303, 30), ("400", 422, 30), ("x", 422, 30), ("", 303, None)):
        answer = await editor.post(f"{PAGE}/sommer", {"name": "Sommer", "hold_days": typed})
        assert answer.status_code == status
        [row] = await firm.rows("SELECT hold_days FROM campaigns")
        assert row["hold_days"] == kept


async def test_who_only_reads_sees_plans_and_no_forms(firm: Firm) -> None:
    await an_editor(firm)
    viewer = await firm.person(Role.VIEWER)
    page = await viewer.get(f"{PAGE}/sommer")
    assert page.status_code == 200
    assert "/plan#neu" not in page.text
    assert (await viewer.post(f"{PAGE}/sommer/plan", PLAN)).status_code == 403


async def test_rates_of_products_are_typed_line_by_line_and_shown(firm: Firm) -> None:
    editor = await an_editor(firm)
    typed = "Produkt; kurs-1; 1; 30; 5,00\nkategorie; Bücher; 2; 0\n"
    plain = {"valid_from": "", "percent_1": "20", "percent_2": "5", "do": "save"}
    for wrong, words in (
        ("kurs-1; 1; 30", "Zeile 1: erwartet wird"),
        ("Produkt; a; 3; 1", "Stufe 3 hat der Plan nicht"),
    ):
        answer = await editor.post(f"{PAGE}/sommer/plan", plain | {"product_rates": wrong})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert (await editor.post(f"{PAGE}/sommer/plan", plain | {"product_rates": typed})).status_code == 303
    shown = (await editor.get(f"{PAGE}/sommer")).text
    assert '<th scope="row">kurs-1</th>' in shown
    assert "Produkt; kurs-1; 1; 30; 5,00\nKategorie; Bücher; 2; 0; </textarea>" in shown
