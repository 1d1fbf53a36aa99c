"""What a payout's own document will say, gathered from the payout, its lines, both parties, agreement and account.

A field that the law asks for (§ 14 Abs. 4, § 14a Abs. 5 UStG) and that is missing blocks by its name, before anybody
approves: request, run and approval ask `why_not` (payout_requests.why_blocked).
"""

from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from ledger import clock
from ledger.books import NO_BOOKS
from ledger.database import TenantTransaction
from ledger.documents.own import circle, posting_rules
from ledger.documents.own.circle import Place
from ledger.documents.own.content import Contact, OwnDocument, OwnDocumentKind, OwnLine, OwnParty
from ledger.payouts import document_lines, document_parties, set_offs
from ledger.payouts.document_lines import DocumentLine
from ledger.payouts.document_parties import Party
from ledger.payouts.payouts import Payout
from ledger.refusals import Blocked
from ledger.tax.document_rules import BlockedBy, TenantFacts
from ledger.tax.own_document_rules import OwnDocumentRule, own_document_rule
from ledger.tax.tax_facts import partner_facts, tenant_facts
from ledger.types import TaxCase

_LARGEST_PLACE = 10**9 - 1
"""The widest number that a circle may come to (circle.require_pattern)."""


class Draft(NamedTuple):
    """A document without its number: the widest one stands there, and today's day."""

    document: OwnDocument
    must_be_e_invoice: bool


class _Terms(NamedTuple):
    german: str
    english: str


_TRANSFERRED = _Terms(
    "Der Betrag wird überwiesen, sobald dieser Beleg zugegangen ist.",
    "The amount is transferred as soon as this document has been received.",
)
_SET_OFF = _Terms(
    "Der Betrag ist vollständig verrechnet; es wird nichts überwiesen.",
    "The whole amount is set off; nothing is transferred.",
)


def _terms(is_transferred: bool) -> _Terms:
    return _TRANSFERRED if is_transferred else _SET_OFF


class _Account(NamedTuple):
    """As it may be printed: an IBAN is kept encrypted, and a document for ever."""

    holder: str
    last4: str


async def gather(tx: TenantTransaction, payout: Payout) -> Draft:
    """The document as it would be issued now. Raises Blocked with the name of the field that is missing."""
    lines = await document_lines.of_document(tx, payout.id)
    if not lines:
        raise Blocked("lacks_lines")
    first_day, last_day = document_lines.period_of(lines)
    rule = await _rule(tx, payout, lines)
    partner, tenant = await document_parties.partner_of(tx, payout), await document_parties.tenant_of(tx)
    told = await _told(tx, payout)
    set_off = await set_offs.printed(tx, payout.id)
    is_transferred = sum(one.cents for one in set_off) < payout.gross_cents
    english = bool(rule.sentences_english)
    try:
        document = OwnDocument(
            kind=OwnDocumentKind(rule.kind),
            number=await widest_number(tx),
            issued_on=clock.today(),
            period_from=first_day,
            period_to=last_day,
            # What proves the seat is printed, whatever else is known of the partner (rules.md, strategy B).
            seller=_party(partner, vat_id=rule.seller_vat_id).model_copy(
                update={
                    "code": payout.partner_code,
                    "mail": told.mail,
                    "tax_number": rule.seller_tax_number,
                    "contact": _contact(partner.name, told, rule),
                }
            ),
            buyer=_party(tenant, vat_id=tenant.vat_id),
            lines=_lines(lines, english=english),
            vat=rule.vat,
            payout_number=payout.number,
            agreement=told.agreement,
            set_offs=set_off,
            sentences=(*rule.sentences, *_of_account(told.account if is_transferred else None)),
            sentences_english=(*rule.sentences_english, *((_terms(is_transferred).english,) if english else ())),
            payment_terms=_terms(is_transferred).german,
            profile=rule.profile,
            buyer_reference=rule.buyer_reference,
            to_private_person=rule.tax_case is TaxCase.PRIVATE,
            without_xml=not rule.has_xml,
        )
    except ValidationError as error:
        fields = sorted({".".join(map(str, fault["loc"])) or fault["msg"] for fault in error.errors()})
        raise Blocked("document_field_unusable", fields=", ".join(fields)) from error
    if (document.net_cents, document.gross_cents) != (payout.net_cents, payout.gross_cents):
        raise Blocked("document_differs_from_payout")
    return Draft(document, rule.must_be_e_invoice)


async def why_not(tx: TenantTransaction, payout: Payout) -> BlockedBy | None:
    """What keeps the document from being written, or from being booked; None where nothing does."""
    try:
        await gather(tx, payout)
    except Blocked as blocked:
        return BlockedBy(code=blocked.code, params=blocked.params)
    if payout.books == NO_BOOKS or payout.document_stage is not None:
        return None
    unbookable = await posting_rules.why_not_bookable(tx, payout.tax_case)
    return None if unbookable is None else BlockedBy(code=unbookable.code, params=unbookable.params)


async def widest_number(tx: TenantTransaction) -> str:
    """As wide as any number of the tenant's circle: what fits with it fits with the next one, whichever that is."""
    return Place(await circle.get_pattern(tx), clock.today().year, _LARGEST_PLACE).number


async def _rule(tx: TenantTransaction, payout: Payout, lines: list[DocumentLine]) -> OwnDocumentRule:
    """What the last of its own days says; every one of them must be of the payout's tax case.

    What takes back keeps the case of the line that it answers, whatever the partner has become.
    """
    facts = await tenant_facts(tx, payout.books)
    days = sorted({line.service_date for line in lines if not line.takes_back} or {payout.period_to})
    rules = [await _rule_of(tx, payout, facts, day) for day in days]
    return rules[-1]


async def _rule_of(tx: TenantTransaction, payout: Payout, facts: TenantFacts, day: date) -> OwnDocumentRule:
    rule = own_document_rule(await partner_facts(tx, payout.partner_id, day), facts, day)
    if isinstance(rule, BlockedBy):
        raise Blocked(rule.code, **rule.params)
    if rule.tax_case is not payout.tax_case:
        raise Blocked("tax_case_changed")
    return rule


class _Told(NamedTuple):
    mail: str | None
    phone: str | None
    agreement: str | None
    account: _Account | None


async def _told(tx: TenantTransaction, payout: Payout) -> _Told:
    row = await tx.fetchrow(
        """
        SELECT p.email, p.phone, p.agreement_version, b.account_holder, b.iban_last4
          FROM partners p
          LEFT JOIN partner_bank_details b
                 ON b.tenant_id = p.tenant_id AND b.partner_id = p.id AND b.state = 'active'
         WHERE p.tenant_id = $1 AND p.id = $2
        """,
        tx.tenant.id,
        payout.partner_id,
    )
    assert row is not None
    account = _Account(row["account_holder"], row["iban_last4"]) if row["iban_last4"] else None
    return _Told(row["email"], row["phone"], row["agreement_version"], account)


def _contact(name: str, told: _Told, rule: OwnDocumentRule) -> Contact | None:
    """Only XRechnung asks for one."""
    if rule.profile != "xrechnung" or not told.mail or not told.phone:
        return None
    return Contact(name=name, phone=told.phone, mail=told.mail)


def _party(party: Party, *, vat_id: str | None) -> OwnParty:
    return OwnParty(
        name=party.name,
        supplement=party.supplement,
        street=party.street or "",
        zip=party.zip or "",
        city=party.city or "",
        country_code=party.country_code or "",
        vat_id=vat_id,
    )


def _lines(lines: list[DocumentLine], *, english: bool) -> tuple[OwnLine, ...]:
    texts = document_lines.texts_of(lines, english=english)
    return tuple(OwnLine(text=text.title, note=text.note, net_cents=text.net_cents) for text in texts)


def _of_account(account: _Account | None) -> tuple[str, ...]:
    if account is None:
        return ()
    return (f"Auszahlung auf das hinterlegte Konto von {account.holder} (IBAN endet auf {account.last4}).",)
