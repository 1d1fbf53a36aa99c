"""How a VAT id stands, and what VIES said, in words."""

from api.pages.frame.languages import N_
from ledger.tax.vat_checks import VatAnswer
from ledger.tax.vat_proofs import Standing

STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.PROVEN: (N_("nachgewiesen"), "done"),
    Standing.MISSING: (N_("ohne Nachweis"), "waiting"),
    Standing.AGED: (N_("Nachweis zu alt"), "waiting"),
    Standing.AWAY: (N_("VIES antwortet nicht"), "trouble"),
    Standing.INVALID: (N_("nicht gültig"), "trouble"),
}
"""Word and tone."""
ANSWERS: dict[VatAnswer | None, str] = {
    None: N_("noch keine Antwort"),
    VatAnswer.VALID: N_("gültig"),
    VatAnswer.INVALID: N_("nicht gültig"),
    VatAnswer.REFUSED: N_("Frage nicht angenommen"),
    VatAnswer.UNANSWERED: N_("ohne Antwort aufgegeben"),
}
MATCHES = {"VALID": N_("stimmt überein"), "INVALID": N_("weicht ab"), "NOT_PROCESSED": N_("nicht verglichen")}
MATCHED = {
    "trader_name_match": N_("Name"),
    "trader_street_match": N_("Straße"),
    "trader_postal_code_match": N_("Postleitzahl"),
    "trader_city_match": N_("Ort"),
}
