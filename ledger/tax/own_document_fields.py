"""The fields of name and address without which no document of our own is written, each refused by its name.

§ 14 Abs. 4 Nr. 1 UStG: both parties in full. Their tax numbers and the agreement are judged with the tax case.
"""

from ledger.tax.document_rules import BlockedBy, PartnerFacts, TenantFacts


def missing_contact(partner: PartnerFacts) -> BlockedBy | None:
    """What XRechnung asks for of whom to ask at the seller (BR-DE-6 and 7); nothing else does."""
    needed = (("lacks_partner_phone", partner.phone), ("lacks_partner_mail", partner.mail))
    return next((BlockedBy(code=code) for code, text in needed if not (text and text.strip())), None)


def missing_field(partner: PartnerFacts, tenant: TenantFacts) -> BlockedBy | None:
    """The first field that the document would lack; the partner's come first."""
    needed = (
        ("lacks_partner_name", partner.name),
        ("lacks_partner_street", partner.street),
        ("lacks_partner_zip", partner.zip),
        ("lacks_partner_city", partner.city),
        ("lacks_partner_country", partner.country_code),
        ("lacks_tenant_street", tenant.street),
        ("lacks_tenant_zip", tenant.zip),
        ("lacks_tenant_city", tenant.city),
        ("lacks_tenant_country", tenant.country_code),
    )
    return next((BlockedBy(code=code) for code, text in needed if not (text and text.strip())), None)
