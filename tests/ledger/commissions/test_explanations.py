"""How a commission came about, in both languages, from what is stored with it."""

from typing import Any

import pytest

from api.http.language import in_words, speaking
from ledger.commissions.explanations import explained_by
from words import ENGLISH, GERMAN

TIERS = [{"from_cents": 500_000, "percent": "12", "fixed_cents": 0}]
FLAT = {"tiers": "flat", "percent": "12", "fixed_cents": 200}
GRADUATED = {"tiers": "graduated", "percent": "10.33"}


def sale(*, net: int, base: int = 8_403, percent: str = "10", fixed: int = 0, **more: Any) -> dict[str, Any]:
    rate = {"level": 1, "percent": percent, "fixed_cents": fixed, "cap_per_sale_cents": more.pop("cap", None)}
    return {"rate": rate | {"tiers": more.pop("tiers", [])}, "base_cents": base, "net_cents": net, **more}


def month(*levels: dict[str, Any], cap: int | None = None, settled: int = 0) -> dict[str, Any]:
    known = {"level": 1, "revenue_cents": 600_000, "due_cents": 72_000, "given_cents": 60_000}
    return {
        "month": "2026-03",
        "part": 1,
        "settled_cents": settled,
        "plan_version": 2,
        "cap_per_month_cents": cap,
        "levels": [known | level for level in levels],
    }


STORED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a percent": (sale(net=840), "10 % von 84,03 €", "10% of €84.03"),
    "of the release before": (sale(net=840, words="10 % von 84,03 €"), "10 % von 84,03 €", "10% of €84.03"),
    "a fixed amount, capped": (
        sale(net=5_000, base=108_403, percent="12.5", fixed=100, cap=5_000),
        "12,5 % von 1.084,03 € + 1,00 €, höchstens 50,00 €",
        "12.5% of €1,084.03 + €1.00, at most €50.00",
    ),
    "nothing": (sale(net=0, percent="0"), "0,00 €", "€0.00"),
    "too late": (
        sale(net=0, payment_number=3, max_payments=2),
        "3. Zahlung; der Plan zahlt die ersten 2",
        "payment no. 3; the plan pays the first 2",
    ),
    "graduated": (
        sale(
            net=740,
            tiers=TIERS,
            tier_mode="graduated",
            revenue_before_cents=95_000,
            parts=[{"base_cents": 5_000, "percent": "10"}, {"base_cents": 2_000, "percent": "12"}],
        ),
        "10 % von 50,00 € + 12 % von 20,00 € (gestaffelt; Monatsumsatz davor 950,00 €)",
        "10% of €50.00 + 12% of €20.00 (graduated; the month’s revenue before: €950.00)",
    ),
    "flat, and cut": (
        sale(net=500, tiers=TIERS, tier_mode="flat", parts=[{"base_cents": 8_403, "percent": "10"}]),
        "10 % von 84,03 €, gekürzt auf 5,00 €: mehr gibt die Basis nicht her (Grundsatz; was die Staffel mehr bringt, "
        "kommt mit dem Monatsabschluss)",
        "10% of €84.03, cut to €5.00: the base does not hold more (basic rate; what the tiers add comes with the "
        "month’s close)",
    ),
    "a month with a cap": (
        month(FLAT, cap=9_000, settled=2_000),
        "Monatsabschluss 03.2026; Stufe 1: Umsatz 6.000,00 €, durchgehend 12 % + 2,00 € je Verkauf; höchstens 90,00 € "
        "im Monat; verdient 90,00 €, mit den Verkäufen gegeben 600,00 €; schon abgeschlossen 20,00 €",
        "Close of Mar 2026; level 1: revenue €6,000.00, throughout 12% + €2.00 per sale; at most €90.00 a month; "
        "earned €90.00, given with the sales €600.00; closed before €20.00",
    ),
    "a graduated month": (
        month(GRADUATED, {"level": 2}),
        "Monatsabschluss 03.2026; Stufe 1: Umsatz 6.000,00 €, gestaffelt im Mittel 10,33 %; verdient 1.440,00 €, mit "
        "den Verkäufen gegeben 1.200,00 €",
        "Close of Mar 2026; level 1: revenue €6,000.00, graduated, on average 10.33%; earned €1,440.00, given with "
        "the sales €1,200.00",
    ),
    "an empty month": (
        {"month": "2026-03", "part": 2, "settled_cents": 500},
        "Monatsabschluss 03.2026; kein Verkauf ist geblieben",
        "Close of Mar 2026; no sale is left",
    ),
}


@pytest.mark.parametrize("stored", STORED)
def test_what_is_stored_with_a_commission_is_told_in_both_languages(stored: str) -> None:
    calculation, german, english = STORED[stored]
    for language, said in ((GERMAN, german), (ENGLISH, english)):
        with speaking(language):
            assert in_words(explained_by(calculation)).replace("\xa0", " ") == said
