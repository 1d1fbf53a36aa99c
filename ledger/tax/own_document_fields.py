"""The fields without which no document of our own is written, each refused by its name.

§ 14 Abs. 4 Nr. 1, 2 and § 14a Abs. 1, 5 UStG: both parties in full, a tax number of who renders the service, and both
VAT ids where the recipient owes the tax. [K]
"""

from ledger.tax.document_rules import BlockedBy, PartnerFacts, TenantFacts
from ledger.types import TaxCase

_NUMBER_OF = {
    TaxCase.REGULAR: "lacks_partner_tax_number",
    TaxCase.SMALL_BUSINESS: "lacks_partner_tax_number",
    TaxCase.SMALL_BUSINESS_EU: "lacks_partner_ex_number",
}
_TENANT_OWES_TAX = (TaxCase.EU_BUSINESS, TaxCase.THIRD_COUNTRY)


def missing_field(partner: PartnerFacts, tenant: TenantFacts, case: TaxCase) -> BlockedBy | None:
    """The first field that the document of this tax case would lack; the partner's come first."""
    needed: list[tuple[str, str | None]] = [
        ("lacks_partner_name", partner.name),
        ("lacks_partner_street", partner.street),
        ("lacks_partner_zip", partner.zip),
        ("lacks_partner_city", partner.city),
        ("lacks_partner_country", partner.country_code),
        ("lacks_agreement", partner.agreement_version if partner.agreement_accepted else None),
    ]
    if case in _NUMBER_OF:
        needed.append((_NUMBER_OF[case], _either(partner.vat_id, partner.tax_number)))
    if case is TaxCase.EU_BUSINESS:
        needed.append(("lacks_partner_vat_id", partner.vat_id))
    needed += [
        ("lacks_tenant_name", tenant.name),
        ("lacks_tenant_street", tenant.street),
        ("lacks_tenant_zip", tenant.zip),
        ("lacks_tenant_city", tenant.city),
        ("lacks_tenant_country", tenant.country_code),
    ]
    if case in _TENANT_OWES_TAX:
        needed.append(("lacks_tenant_vat_id", tenant.vat_id))
    return next((BlockedBy(code=code) for code, text in needed if not (text and text.strip())), None)


def _either(*texts: str | None) -> str | None:
    return next((text for text in texts if text and text.strip()), None)
